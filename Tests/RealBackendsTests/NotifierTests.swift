import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(3))) struct NotifierTests {
  private let notice = Failover.Notification(.failoverStarted, "GPU 1 <lost> & \"gone\"\nfor good")
  private static let path = "/services/T0/B0/very-secret"

  private func webhook(_ format: WebhookNotifier.Format, _ server: HostAddress) -> WebhookNotifier {
    WebhookNotifier(format, address: Secret("http://\(server)\(Self.path)"))
  }

  private func failure(_ notifier: some Notifier, _ timeout: Duration = .seconds(30)) async throws -> PortError {
    try await portError { () async throws(PortError) in try await notifier.send(notice, timeout: timeout) }
  }

  @Test(arguments: [
    (WebhookNotifier.Format.slack, ["text": "failover started: GPU 1 &lt;lost&gt; &amp; \"gone\"\nfor good"]),
    (.discord, ["content": "failover started: GPU 1 <lost> & \"gone\"\nfor good"]),
    (.json, ["subject": "failover started", "message": "GPU 1 <lost> & \"gone\"\nfor good"]),
  ])
  func `each format is what its readers expect`(
    _ format: WebhookNotifier.Format, _ expected: [String: String]
  ) async throws {
    let got = Mutex<[ScriptedWebServer.Request]>([])
    try await ScriptedWebServer.run({ request in
      got.withLock { $0.append(request) }
      return .answer(204, "")
    }) { server in try await webhook(format, server).send(notice, timeout: .seconds(30)) }
    let request = try #require(got.withLock { $0.first })
    #expect(request.line == "POST " + Self.path)
    #expect(try JSONDecoder().decode([String: String].self, from: Data(request.body.utf8)) == expected)
  }

  @Test func `Discord gets no more than it takes`() throws {
    let long = Failover.Notification(.syncFailing, String(repeating: "é", count: 5000))
    let body = WebhookNotifier.Format.discord.body(for: long)
    let content = try JSONDecoder().decode([String: String].self, from: Data(body))["content"]
    #expect(content?.count == 2000)
  }

  @Test func `a server that asks for patience is obeyed, while there is time`() async throws {
    let calls = Mutex(0)
    let reply: @Sendable (ScriptedWebServer.Request) -> ScriptedWebServer.Reply = { _ in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      return call < 3 ? .answer(429, "slow down", headers: ["Retry-After: 0.05"]) : .answer(200, "ok")
    }
    try await ScriptedWebServer.run(reply) { server in
      let start = ContinuousClock.now
      try await webhook(.slack, server).send(notice, timeout: .seconds(30))
      #expect(start.duration(to: .now) >= .milliseconds(100))
    }
    #expect(calls.withLock { $0 } == 3)
    try await ScriptedWebServer.run({ _ in .answer(429, "", headers: ["Retry-After: 3600"]) }) { server in
      // It does not wait for what cannot come.
      let error = try await failure(webhook(.slack, server), .seconds(30))
      #expect(error.reason == .rateLimited, "\(error)")
    }
    try await ScriptedWebServer.run({ _ in .answer(429, "", headers: ["Retry-After: 60"]) }) { server in
      let call = Task { try await failure(webhook(.slack, server), .seconds(600)) }
      try await Task.sleep(for: .milliseconds(100))
      call.cancel()
      #expect(try await call.value.reason == .cancelled)
    }
  }

  @Test(arguments: [
    (ScriptedWebServer.Reply.answer(403, "no_service"), PortError.Reason.unauthorized), (.answer(404, path), .notFound),
    (.answer(400, path), .refused), (.answer(429, ""), .rateLimited), (.answer(500, path), .unreachable),
    (.answer(302, "", headers: ["Location: " + path]), .refused), (.hangUp, .unreachable), (.silence, .timedOut),
    (.pieces(["rubbish \(path)\r\n\r\n"], pause: .zero), .invalidAnswer),
  ])
  func `whatever goes wrong, the address is not told`(
    _ reply: ScriptedWebServer.Reply, _ reason: PortError.Reason
  ) async throws {
    try await ScriptedWebServer.run({ _ in reply }) { server in
      let error = try await failure(webhook(.json, server), .milliseconds(500))
      #expect(error.reason == reason, "\(error)")
      for part in ["very-secret", "services", "\(server.port)"] { #expect(!"\(error)".contains(part), "\(error)") }
      var dumped = ""
      dump(webhook(.json, server), to: &dumped)
      for part in ["very-secret", "services", "\(server.port)"] { #expect(!dumped.contains(part), "\(dumped)") }
    }
  }

  @Test(arguments: [
    "", "not an address", "ftp://127.0.0.1/x-secret", "http://no-such-host.invalid/x-secret", "http://",
  ])
  func `an address that leads nowhere is not told either`(_ address: String) async throws {
    let error = try await failure(WebhookNotifier(.json, address: Secret(address)), .seconds(5))
    #expect([.refused, .unreachable, .timedOut].contains(error.reason), "\(error)")
    #expect(!"\(error)".contains("secret") && !"\(error)".contains("invalid/"), "\(error)")
  }

  @Test(arguments: [
    ("0", Duration.zero), ("7", .seconds(7)), ("86400", .seconds(86_400)), ("0.5", .milliseconds(501)),
    ("1.2345", .milliseconds(1235)), ("86401", nil), ("", nil), ("-1", nil), ("1.", nil), (".5", nil), ("1.2.3", nil),
    ("Wed, 21 Oct 2026 07:28:00 GMT", nil), ("99999999999999999999", nil), ("１", nil),
  ] as [(String, Duration?)])
  func `Retry-After is a number of seconds`(_ text: String, _ pause: Duration?) {
    #expect(RetryAfter.pause(text) == pause)
  }

  @Test func `one that fails does not keep the others from telling`() async throws {
    let (first, second) = (Recorder(), Recorder())
    let broken = WebhookNotifier(.slack, address: Secret("http://127.0.0.1:1/secret"))
    let group = NotifierGroup([("log", first), ("chat", broken), ("mail", second)])
    let error = try await failure(group)
    #expect(error.reason == .unreachable)
    #expect(error.detail.hasPrefix("1 of 3 not told: chat: "), "\(error)")
    #expect(first.got == [notice] && second.got == [notice])
    try await NotifierGroup([("log", first), ("mail", second)]).send(notice, timeout: .seconds(1))
    try await NotifierGroup([]).send(notice, timeout: .seconds(1))
    #expect(first.got.count == 2)
  }
}

private final class Recorder: Notifier {
  private let notices = Mutex<[Failover.Notification]>([])
  var got: [Failover.Notification] { notices.withLock { $0 } }

  func send(_ notification: Failover.Notification, timeout: Duration) async throws(PortError) {
    notices.withLock { $0.append(notification) }
  }
}
