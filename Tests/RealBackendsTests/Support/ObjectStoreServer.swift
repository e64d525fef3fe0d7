import Foundation
import Synchronization
import Testing

@testable import RealBackends

/// `rclone serve s3`, which is not ours and checks every signature.
struct ObjectStoreServer: Sendable {
  /// The bucket is a folder of it.
  let directory: String
  let port: Int

  var bucket: String { directory + "/bucket" }

  func settings(
    bucket: String = "bucket", keyID: String = "an-id", secret: String = "a/secret+key"
  ) throws -> ObjectStoreSettings {
    try ObjectStoreSettings(
      endpoint: "http://127.0.0.1:\(port)", bucket: bucket, keyID: keyID, secret: Secret(secret))
  }

  /// Starts the server, gives `body` a client of it, and takes everything away again.
  static func run<Value: Sendable>(
    _ body: (ObjectStoreServer, ObjectStoreClient) async throws -> Value
  ) async throws -> Value {
    let directory = "/tmp/failover store's \(getpid())-\(nextServer.add(1, ordering: .relaxed).oldValue)"
    try FileManager.default.createDirectory(
      atPath: directory + "/files/bucket", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let daemon = try await Daemon(
      """
      cd "$1" && RCLONE_CONFIG=/dev/null exec "$2" serve s3 --auth-key 'an-id,a/secret+key' \
        --addr 127.0.0.1:0 files 2>log >&2
      """, directory, await ObjectStoreTools.rclone)
    do {
      let server = ObjectStoreServer(directory: directory + "/files", port: try await port(in: directory + "/log"))
      let value = try await ObjectStoreClient.with(try server.settings()) { try await body(server, $0) }
      await daemon.stop()
      return value
    } catch {
      await daemon.stop()
      throw error
    }
  }

  private static func port(in log: String) async throws -> Int {
    for _ in 0..<1000 {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      if let match = text.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)\//), let port = Int(match.1) { return port }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw CommandFailed(description: "rclone did not start")
  }
}

private let nextServer = Atomic<Int>(0)

/// rclone and botocore, where they can be had.
enum ObjectStoreTools {
  static let script = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("object-store/run").path

  static var areThere: Bool {
    get async { await search.value }
  }

  /// The program's path; found once, because each start of it takes a moment.
  static var rclone: String {
    get async { await program.value }
  }

  private static let search = Task { (try? await shell(script, "--check")) != nil }
  private static let program = Task { () -> String in
    ((try? await shell(script, "which")) ?? "").filter { $0 != "\n" }
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that need `ObjectStoreServer` or botocore.
  static var needsObjectStore: Self {
    .enabled("needs rclone and botocore (scripts/install-lab-tools)") { await ObjectStoreTools.areThere }
  }
}

@Suite struct ObjectStoreToolsTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["REQUIRE_LOOPBACK_HOSTS"] != nil))
  func `an object store can be had where hosts are required`() async {
    #expect(await ObjectStoreTools.areThere)
  }
}
