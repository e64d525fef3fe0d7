import Failover
import Testing

@testable import RealBackends

/// HTTP over real sockets, against a server that behaves as it is told.
@Suite(.timeLimit(.minutes(2))) struct NetworkTransportTests {
  /// Longer than anything here takes that is meant to succeed.
  private let long = Duration.seconds(30)
  private let short = Duration.milliseconds(200)

  private func outcome(
    of treatment: StubServer.Treatment, timeout: Duration, request: HTTPRequest.Method = .get, body: [UInt8] = [],
    bearer: Secret? = nil
  ) async throws -> (answer: HTTPAnswer?, error: PortError?, requests: [String]) {
    let server = try StubServer(treatment)
    defer { server.stop() }
    let transport = NetworkTransport()
    var sent = HTTPRequest(method: request, url: "http://127.0.0.1:\(server.port)/path?a=b", bearer: bearer)
    sent.body = body
    sent.contentType = body.isEmpty ? nil : "application/json"
    do throws(PortError) {
      return (try await transport.send(sent, timeout: timeout, "try"), nil, server.requests)
    } catch {
      return (nil, error, server.requests)
    }
  }

  private func response(_ head: String, _ body: String = "") -> [UInt8] {
    Array("HTTP/1.1 \(head)\r\n\r\n\(body)".utf8)
  }

  @Test func `a request and its answer arrive whole`() async throws {
    let bytes = response("418 Teapot\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close", "short")
    let (answer, _, requests) = try await outcome(
      of: .bytes(bytes), timeout: long, request: .put, body: Array("{\"x\":1}".utf8), bearer: Secret("key-1"))
    #expect(answer == HTTPAnswer(status: 418, contentType: "text/plain", body: Array("short".utf8)))
    let request = try #require(requests.first)
    #expect(request.hasPrefix("PUT /path?a=b HTTP/1.1\r\n"))
    #expect(request.lowercased().contains("authorization: bearer key-1\r\n"))
    #expect(request.hasSuffix("\r\n\r\n{\"x\":1}"))
  }

  @Test func `the time is over also while a body trickles`() async throws {
    let trickle = response("200 OK\r\nContent-Length: 100000")
    #expect(try await outcome(of: .trickle(trickle), timeout: short).error?.reason == .timedOut)
  }

  @Test func `a server that says nothing times out`() async throws {
    #expect(try await outcome(of: .silence, timeout: short).error?.reason == .timedOut)
  }

  @Test func `a body without end is cut off`() async throws {
    let flood = response("200 OK\r\nConnection: close")
    let error = try await outcome(of: .flood(flood), timeout: long).error
    #expect(error?.reason == .invalidAnswer)
    #expect(error?.detail.contains("longer than 8388608 bytes") == true)
  }

  @Test func `a connection closed before or within the answer is a broken one`() async throws {
    #expect(try await outcome(of: .bytes([]), timeout: long).error?.reason == .unreachable)
    let half = response("200 OK\r\nContent-Length: 100", "half")
    #expect(try await outcome(of: .bytes(half), timeout: long).error?.reason == .unreachable)
  }

  @Test func `what is not HTTP is an invalid answer`() async throws {
    let greeting = Array("SSH-2.0-OpenSSH_9.9\r\n\r\n".utf8)
    #expect(try await outcome(of: .bytes(greeting), timeout: long).error?.reason == .invalidAnswer)
  }

  @Test func `a redirect is not followed`() async throws {
    let bytes = response("302 Found\r\nLocation: http://127.0.0.1:1/other\r\nContent-Length: 0\r\nConnection: close")
    #expect(try await outcome(of: .bytes(bytes), timeout: long).answer?.status == 302)
  }

  @Test func `a refused connection is told with its reason`() async throws {
    // A port that was just free.
    let server = try StubServer(.silence)
    server.stop()
    let request = HTTPRequest(method: .get, url: "http://127.0.0.1:\(server.port)/")
    let error = await failure {
      try await NetworkTransport().send(request, timeout: long, "try")
    }
    #expect(error?.reason == .unreachable)
    #expect(error?.detail.contains("Connection refused") == true)
  }

  @Test func `a cancelled call ends although the server goes on`() async throws {
    let server = try StubServer(.trickle(response("200 OK\r\nContent-Length: 100000")))
    defer { server.stop() }
    let request = HTTPRequest(method: .get, url: "http://127.0.0.1:\(server.port)/")
    let call = Task { [long] in
      await failure {
        try await NetworkTransport().send(request, timeout: long * 100, "try")
      }
    }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    call.cancel()
    #expect(await call.value?.reason == .cancelled)
  }

  @Test func `an address that is none and a header that is none name no secret`() async throws {
    for url in ["", "nonsense", "ftp://127.0.0.1/", "http://"] {
      let error = await failure {
        try await NetworkTransport().send(HTTPRequest(method: .get, url: url), timeout: long, "try")
      }
      #expect(error?.reason == .unreachable, "\(url)")
    }
    let secret = "two\r\nlines"
    let error = try await outcome(of: .silence, timeout: long, bearer: Secret(secret)).error
    #expect(error?.detail.contains("lines") == false)
  }
}
