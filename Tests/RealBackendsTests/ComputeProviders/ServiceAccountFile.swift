import Foundation
import Testing

@testable import RealBackends

/// A key file as Google hands it out, with a key that is made for one run of the tests.
struct ServiceAccountFile {
  var fields: [String: String]

  /// Made once, since making one takes a while.
  private static let made = Task { () -> String in
    let directory = NSTemporaryDirectory() + "service-account-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/key"
    try await shell("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "", "-f", path)
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  static func made(tokenURL: String = "https://oauth2.example/token") async throws -> ServiceAccountFile {
    ServiceAccountFile(fields: [
      "type": "service_account", "project_id": "project-1", "private_key_id": "id-1",
      "private_key": try await made.value, "client_email": "robot@project-1.example", "token_uri": tokenURL,
    ])
  }

  var json: [UInt8] { Array((try? JSONSerialization.data(withJSONObject: fields)) ?? Data()) }

  func key() throws -> ServiceAccountKey { try ServiceAccountKey(json: json, name: "key file") }

  /// The middle of the private key, which nothing may show.
  var secretPart: String { fields["private_key"]?.split(separator: "\n").dropFirst(3).first.map(String.init) ?? "" }
}

/// Python with its `cryptography`, as a second implementation.
enum PythonCryptography {
  static func isInstalled() async -> Bool { (try? await shell("python3", "-c", "import cryptography")) != nil }
}

extension Trait where Self == ConditionTrait {
  static var needsPythonCryptography: Self {
    .enabled("needs Python with the package cryptography") { await PythonCryptography.isInstalled() }
  }
}
