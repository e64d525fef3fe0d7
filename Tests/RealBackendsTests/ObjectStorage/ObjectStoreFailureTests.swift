import Failover
import NIOHTTP1
import Testing

@testable import RealBackends

/// Against a server that answers what it is told to.
@Suite(.timeLimit(.minutes(1))) struct ObjectStoreFailureTests {
  private func client<Value: Sendable>(
    _ server: CannedServer, silence: Duration = .seconds(20), _ body: (ObjectStoreClient) async throws -> Value
  ) async throws -> Value {
    let settings = try ObjectStoreSettings(
      endpoint: "http://127.0.0.1:\(server.port)", region: "here", bucket: "bucket", keyID: "id",
      secret: Secret("hush-hush"))
    return try await ObjectStoreClient.with(settings, silenceTolerated: silence) { client in
      var client = client
      client.backoff = .constant(.milliseconds(5))
      return try await body(client)
    }
  }

  private static func refusal(_ code: String, _ more: String = "") -> String {
    "<?xml version=\"1.0\"?>"
      + "<Error><Code>\(code)</Code><Message>because &lt;hush-hush&gt;\nof it</Message>\(more)</Error>"
  }

  @Test(arguments: [
    (503, "SlowDown"), (429, ""), (500, "InternalError"), (502, ""), (400, "RequestTimeout"),
  ])
  func `trouble of the moment is tried again`(_ status: Int, _ code: String) async throws {
    try await CannedServer.run { number, _ in
      number < 2
        ? CannedServer.Answer(status: .init(statusCode: status), body: code.isEmpty ? "" : Self.refusal(code))
        : CannedServer.Answer(status: .ok)
    } _: { server in
      try await client(server) { client in _ = try await client.put("x", [1, 2, 3], timeout: .seconds(20)) }
      #expect(server.heads.count == 3)
    }
  }

  @Test(arguments: [
    (503, "SlowDown", PortError.Reason.rateLimited, 5), (500, "", .unreachable, 5),
    (403, "AccessDenied", .unauthorized, 1), (403, "SignatureDoesNotMatch", .unauthorized, 1),
    (403, "RequestTimeTooSkewed", .unauthorized, 1), (404, "NoSuchBucket", .notFound, 1),
    (400, "AuthorizationHeaderMalformed", .refused, 1), (301, "PermanentRedirect", .refused, 1),
    (400, "InvalidArgument", .refused, 1),
  ])
  func `a refusal has its reason, one line, and no secret`(
    _ status: Int, _ code: String, _ reason: PortError.Reason, _ tries: Int
  ) async throws {
    try await CannedServer.run { _, _ in
      CannedServer.Answer(
        status: .init(statusCode: status),
        body: code.isEmpty ? "" : Self.refusal(code, "<Region>elsewhere</Region>"))
    } _: { server in
      let error = try await client(server) { client in
        try await portError { () async throws(PortError) in try await client.put("x", [1], timeout: .seconds(20)) }
      }
      #expect(error.reason == reason)
      #expect(server.heads.count == tries)
      #expect(!error.description.contains("hush-hush") && !error.description.contains("\n"))
      if reason == .refused, code != "InvalidArgument" {
        #expect(error.detail.contains("'here'") && error.detail.contains("'elsewhere'"))
      }
    }
  }

  @Test(arguments: [200, 404, 403])
  func `a page for people is not taken for an object store's answer`(_ status: Int) async throws {
    try await CannedServer.run { _, _ in
      CannedServer.Answer(
        status: .init(statusCode: status), headers: [("content-type", "text/html; charset=utf-8")],
        body: "<!DOCTYPE html><html><body>Welcome to the hotel</body></html>")
    } _: { server in
      try await client(server) { client in
        for error in [
          try await portError { () async throws(PortError) in try await client.list(prefix: "", timeout: .seconds(20))
          },
          try await portError { () async throws(PortError) in try await client.get("x", timeout: .seconds(20)) },
        ] {
          if status != 403 { #expect(error.reason == .invalidAnswer) }
          if status != 403 { #expect(error.detail.contains("a page for people")) }
        }
      }
    }
  }

  @Test func `silence is given up, and time-outs fire`() async throws {
    try await CannedServer.run { _, _ in nil } _: { server in
      let silent = try await client(server, silence: .milliseconds(100)) { client in
        try await portError { () async throws(PortError) in try await client.head("x", timeout: .seconds(20)) }
      }
      #expect(silent.reason == .timedOut)
      #expect(server.heads.count == 5)
      let late = try await client(server) { client in
        try await portError { () async throws(PortError) in try await client.head("x", timeout: .milliseconds(100)) }
      }
      #expect(late.reason == .timedOut)
    }
  }

  @Test func `a refused connection is said to be unreachable at once`() async throws {
    let port = try await CannedServer.run({ _, _ in nil }, { $0.port })
    let settings = try ObjectStoreSettings(
      endpoint: "http://127.0.0.1:\(port)", bucket: "bucket", keyID: "id", secret: Secret("hush-hush"))
    let error = try await ObjectStoreClient.with(settings) { client in
      var client = client
      client.backoff = .constant(.milliseconds(5))
      let fixed = client
      return try await portError { () async throws(PortError) in try await fixed.head("x", timeout: .seconds(20)) }
    }
    #expect(error.reason == .unreachable)
  }

  @Test func `a download that breaks off goes on where it ended`() async throws {
    let content = "0123456789"
    try await CannedServer.run { number, head in
      switch number {
      // Shorter than it says: the connection breaks.
      case 0:
        CannedServer.Answer(
          status: .ok, headers: [("etag", "\"a\""), ("content-length", "10"), ("connection", "close")], body: "0123")
      default:
        CannedServer.Answer(status: .partialContent, headers: [("etag", "\"a\"")], body: String(content.dropFirst(4)))
      }
    } _: { server in
      let read = try await client(server) { try await $0.get("x", timeout: .seconds(20)) }
      #expect(String(decoding: read, as: UTF8.self) == content)
      #expect(server.heads.last?.headers.first(name: "range") == "bytes=4-")
      #expect(server.heads.last?.headers.first(name: "if-match") == "\"a\"")
    }
  }

  @Test func `no bytes make the reader of answers fall over`() {
    var generator = Numbers(state: 3)
    let sound = Array("<?xml version=\"1.0\"?><a><b>x&amp;y</b><c/><d><![CDATA[<z>]]></d></a>".utf8)
    #expect(XMLElement(parsing: sound)?["b"] == "x&y")
    for _ in 0..<10_000 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0 ... .max, using: &generator)
      }
      _ = XMLElement(parsing: Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))))
    }
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(XMLElement(parsing: Array(deep.utf8)) == nil)
  }

  @Test func `settings say what is wrong, and never show the secret`() throws {
    let settings = try ObjectStoreSettings(
      endpoint: "s3.us-west-004.backblazeb2.com", bucket: "bucket", keyID: "id", secret: Secret("hush-hush"))
    #expect(settings.region == "us-west-004" && settings.isEncrypted && settings.service == "B2")
    var shown = "\(settings) \(String(reflecting: settings))"
    dump(settings, to: &shown)
    #expect(!shown.contains("hush"))
    let r2 = try ObjectStoreSettings(
      endpoint: "https://x.r2.cloudflarestorage.com/", bucket: "bucket", keyID: "id", secret: Secret("hush-hush"))
    #expect(r2.region == "auto" && r2.service == "R2")
    #expect(throws: PortError.self) {
      try ObjectStoreSettings(endpoint: "http://a b", bucket: "bucket", keyID: "i", secret: Secret("s"))
    }
    #expect(throws: PortError.self) {
      try ObjectStoreSettings(endpoint: "a", bucket: "../x", keyID: "i", secret: Secret("s"))
    }
    let missing = #expect(throws: PortError.self) { try ObjectStoreSettings(environment: ["B2_BUCKET": "bucket"]) }
    #expect(missing?.detail == "not set in the environment: B2_ENDPOINT, B2_KEY_ID, B2_APPLICATION_KEY")
  }
}
