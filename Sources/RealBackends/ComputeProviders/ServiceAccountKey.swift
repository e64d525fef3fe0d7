import CryptoExtras
import Failover
import Foundation
import SystemPackage

/// The key of a Google service account, as the console hands it out: a JSON file.
public struct ServiceAccountKey: Sendable {
  /// Whose key it is.
  public let email: String
  /// The project it was made in.
  public let project: String?
  let keyID: String?
  /// Where a signed claim is exchanged for a token.
  let tokenURL: String
  let privateKey: _RSA.Signing.PrivateKey

  /// In bytes; a key file has about 2,400.
  private static let largestFile = 64 << 10

  /// Reads a key file, such as the one that `GOOGLE_APPLICATION_CREDENTIALS` names.
  ///
  /// - Throws: `SettingsError`, in one clear line and without anything of what is in the file but its `type`.
  public init(file path: String) throws(SettingsError) {
    let content: [UInt8]
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly)
      content = try file.closeAfter {
        var buffer = [UInt8](repeating: 0, count: Self.largestFile + 1)
        var count = 0
        while count < buffer.count {
          let read = try buffer.withUnsafeMutableBytes { try file.read(into: .init(rebasing: $0[count...])) }
          if read == 0 { break }
          count += read
        }
        return Array(buffer.prefix(count))
      }
    } catch {
      throw SettingsError("Google key file \(path)", "\(error)")
    }
    guard content.count <= Self.largestFile else {
      throw SettingsError("Google key file \(path)", "longer than \(Self.largestFile) bytes; not a key file")
    }
    try self.init(json: content, name: "Google key file \(path)")
  }

  /// - Parameter name: what the JSON is called in errors.
  init(json: [UInt8], name: String) throws(SettingsError) {
    guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(json)) else {
      throw SettingsError(name, "not a JSON object")
    }
    guard fields.type == "service_account" else {
      let type = fields.type.map { "its type is \(ProgramFailure.printable($0))" } ?? "it has no type"
      throw SettingsError(name, "not the key of a service account: \(type)")
    }
    guard let email = fields.email, !email.isEmpty else { throw SettingsError(name, "client_email is missing") }
    guard let pem = fields.privateKey else { throw SettingsError(name, "private_key is missing") }
    guard let tokenURL = fields.tokenURL, tokenURL.hasPrefix("https://") || tokenURL.hasPrefix("http://") else {
      throw SettingsError(name, "token_uri is missing, or not an address")
    }
    // The library's errors are left out: they are about the key's inside.
    guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) else {
      throw SettingsError(name, "private_key is not an RSA key in PEM of 2,048 bits or more")
    }
    self.email = email
    self.tokenURL = tokenURL
    project = fields.project
    keyID = fields.keyID
    privateKey = key
  }

  private struct Fields: Decodable {
    var type, project, keyID, privateKey, email, tokenURL: String?

    private enum CodingKeys: String, CodingKey {
      case type, project = "project_id", keyID = "private_key_id", privateKey = "private_key"
      case email = "client_email", tokenURL = "token_uri"
    }

    init(from decoder: any Decoder) throws {
      let file = try decoder.container(keyedBy: CodingKeys.self)
      type = file.text(.type)
      project = file.text(.project)
      keyID = file.text(.keyID)
      privateKey = file.text(.privateKey)
      email = file.text(.email)
      tokenURL = file.text(.tokenURL)
    }
  }
}
