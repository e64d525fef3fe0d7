import AsyncHTTPClient
import Crypto
import Failover
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import RealBackends

/// Against rclone's server.
@Suite(.needsObjectStore, .timeLimit(.minutes(1))) struct ObjectStoreClientTests {
  private static let limit = Duration.seconds(20)

  @Test func `an object comes back as it was stored, whole and in ranges, until it is deleted`() async throws {
    try await ObjectStoreServer.run { server, client in
      for key in ["plain", "a/b/c", "with blank", "ünïcödé/漢字", "odd+&=%20'()~!*;:@,$"] {
        let content = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await client.put(key, content, timeout: Self.limit)
        #expect(try await client.get(key, timeout: Self.limit) == content)
        #expect(try await client.get(key, range: 10..<20, timeout: Self.limit) == Array(content[10..<20]))
        #expect(try await client.get(key, range: 2990..<5000, timeout: Self.limit) == Array(content[2990...]))
        #expect(try await client.head(key, timeout: Self.limit).size == ByteCount(3000))
        #expect(try await client.list(prefix: key, timeout: Self.limit).map(\.key) == [key])
        // Another program finds the very file.
        #expect(try Data(contentsOf: URL(fileURLWithPath: server.bucket + "/" + key)) == Data(content))
        try await client.delete(key, timeout: Self.limit)
        try await client.delete(key, timeout: Self.limit)
        #expect(
          try await portError { () async throws(PortError) in try await client.get(key, timeout: Self.limit) }.reason
            == .notFound)
        #expect(
          try await portError { () async throws(PortError) in try await client.head(key, timeout: Self.limit) }.reason
            == .notFound)
      }
      try await client.put("empty", [], timeout: Self.limit)
      #expect(try await client.get("empty", timeout: Self.limit) == [])
    }
  }

  @Test func `a listing of many pages is whole`() async throws {
    try await ObjectStoreServer.run { server, client in
      let names = (0..<2300).map { "many/\(10_000 + $0)" }
      try FileManager.default.createDirectory(
        atPath: server.bucket + "/many", withIntermediateDirectories: true)
      for name in names { #expect(FileManager.default.createFile(atPath: server.bucket + "/" + name, contents: nil)) }
      #expect(try await client.list(prefix: "many/", timeout: Self.limit).map(\.key) == names)
      #expect(try await client.list(prefix: "none/", timeout: Self.limit).isEmpty)
    }
  }

  @Test func `an upload in parts is one object, and rclone reads it`() async throws {
    try await ObjectStoreServer.run { server, client in
      let parts = Shared((0..<4).map { [UInt8](repeating: UInt8($0), count: $0 == 3 ? 17 : 5 << 20) })
      let whole = parts.read().flatMap { $0 }
      let object = try await client.upload(
        "folder/large", partBytes: 5 << 20, inFlight: 3, timeout: Self.limit
      ) { () throws(PortError) in
        let rest = parts.read()
        parts.update { $0 = Array($0.dropFirst()) }
        return rest.first.map { ByteBuffer(bytes: $0) }
      }
      #expect(object.parts.map(\.bytes) == [5 << 20, 5 << 20, 5 << 20, 17])
      #expect(object.bytes == Int64(whole.count))
      #expect(try await client.get("folder/large", timeout: Self.limit) == whole)
      #expect(try await client.unfinishedUploads(prefix: "", timeout: Self.limit).isEmpty)
      let read = try await shell(
        "sh", "-c", #""$0" rclone --config /dev/null cat ":s3:bucket/folder/large" | sha256sum"#,
        ObjectStoreTools.script,
        environment: [
          "RCLONE_S3_PROVIDER": "Rclone", "RCLONE_S3_ENDPOINT": "http://127.0.0.1:\(server.port)",
          "RCLONE_S3_ACCESS_KEY_ID": "an-id", "RCLONE_S3_SECRET_ACCESS_KEY": "a/secret+key",
        ])
      let file = try await shell("sha256sum", server.bucket + "/folder/large")
      #expect(read.prefix(64) == file.prefix(64))
    }
  }

  @Test func `a single part is one object, whether it is full or not`() async throws {
    try await ObjectStoreServer.run { server, client in
      for length in [0, 17, 5 << 20] {
        let part = Shared<ByteBuffer?>(ByteBuffer(repeating: 7, count: length))
        let object = try await client.upload(
          "single", partBytes: 5 << 20, inFlight: 3, timeout: Self.limit
        ) { () throws(PortError) in part.take() }
        #expect(object.parts.map(\.bytes) == [Int64(length)])
        #expect(try await client.get("single", timeout: Self.limit) == [UInt8](repeating: 7, count: length))
        #expect(try await client.unfinishedUploads(prefix: "", timeout: Self.limit).isEmpty)
      }
    }
  }

  @Test func `an upload that fails in the middle leaves nothing, neither object nor parts`() async throws {
    try await ObjectStoreServer.run { server, client in
      let count = Shared(0)
      let error = try await portError { () async throws(PortError) in
        try await client.upload(
          "broken", partBytes: 5 << 20, inFlight: 2, timeout: Self.limit
        ) { () throws(PortError) in
          count.update { $0 += 1 }
          if count.read() == 4 { throw PortError(.unreachable, "the source broke") }
          return ByteBuffer(repeating: 1, count: 5 << 20)
        }
      }
      #expect(error == PortError(.unreachable, "the source broke"))
      #expect(try await client.list(prefix: "", timeout: Self.limit).isEmpty)
      #expect(try await client.unfinishedUploads(prefix: "", timeout: Self.limit).isEmpty)
      #expect(
        try await portError { () async throws(PortError) in try await client.get("broken", timeout: Self.limit) }.reason
          == .notFound)
    }
  }

  @Test func `an upload whose connection breaks is never listed`() async throws {
    try await ObjectStoreServer.run { server, client in
      let call = ObjectStoreClient.Call(method: .PUT, key: "cut", body: ByteBuffer(repeating: 7, count: 1000), what: "")
      let request = client.request(call, payloadHash: SignatureV4.hex(SHA256.hash(data: Data(repeating: 7, count: 1000))))
      let headers = request.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
      // Signed for a thousand bytes, of which a hundred come.
      let text =
        "PUT /bucket/cut HTTP/1.1\r\n\(headers)content-length: 1000\r\n\r\n" + String(repeating: "\u{7}", count: 100)
      try await shell(
        "python3", "-c",
        "import socket,sys; s=socket.create_connection(('127.0.0.1',int(sys.argv[1]))); "
          + "s.sendall(sys.argv[2].encode()); s.close()",
        "\(server.port)", text)
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await client.list(prefix: "", timeout: Self.limit).isEmpty)
    }
  }

  @Test func `wrong keys and missing buckets are said in one line, without the secret`() async throws {
    try await ObjectStoreServer.run { server, _ in
      func error(_ settings: ObjectStoreSettings) async throws -> PortError {
        try await ObjectStoreClient.with(settings) { client in
          try await portError { () async throws(PortError) in try await client.put("x", [1], timeout: Self.limit) }
        }
      }
      let wrongSecret = try await error(server.settings(secret: "another-secret"))
      #expect(wrongSecret.reason == .unauthorized)
      let wrongID = try await error(server.settings(keyID: "nobody"))
      #expect(wrongID.reason == .unauthorized)
      let noBucket = try await error(server.settings(bucket: "missing"))
      #expect(noBucket.reason == .notFound)
      #expect(noBucket.detail.contains("no bucket 'missing'"))
      for error in [wrongSecret, wrongID, noBucket] {
        #expect(!error.description.contains("another-secret"))
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
