import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

@Suite(.timeLimit(.minutes(3))) struct OllamaProbeTests {
  private let long = Duration.seconds(30)
  private static let models = #"{"models":[{"name":"qwen2.5:0.5b"},{"name":"tiny:latest"}]}"#
  private static let words = """
    {"model":"m","response":"rea","done":false}
    {"model":"m","response":"dy","done":false}
    {"model":"m","response":"","done":true,"total_duration":5000000,"load_duration":1000,"eval_count":2}

    """

  private static func server(
    _ answer: @escaping @Sendable (ScriptedWebServer.Request) -> ScriptedWebServer.Reply
  ) -> @Sendable (ScriptedWebServer.Request) -> ScriptedWebServer.Reply {
    { $0.line == "GET /api/tags" ? .answer(200, models) : answer($0) }
  }

  private func failure(
    _ probe: OllamaProbe, _ model: String = "tiny", on host: HostAddress, _ timeout: Duration? = nil
  ) async throws -> PortError {
    try await portError { () async throws(PortError) in
      try await probe.firstAnswer(of: model, on: host, timeout: timeout ?? long)
    }
  }

  @Test(arguments: ["tiny", "tiny:latest", "qwen2.5:0.5b"])
  func `a model that is there answers, and the server says how long it loaded`(_ model: String) async throws {
    let asked = Mutex<[ScriptedWebServer.Request]>([])
    let reply = Self.server { request in
      asked.withLock { $0.append(request) }
      return .answer(200, Self.words)
    }
    try await ScriptedWebServer.run(reply) { server in
      let probe = OllamaProbe(.direct, port: server.port)
      let answer = try await probe.answer(of: model, on: server, timeout: .seconds(30))
      #expect(answer.text == "ready")
      #expect(answer.load == .nanoseconds(1000))
      #expect(answer.serverTotal == .milliseconds(5))
      #expect(answer.firstToken >= answer.load && answer.total >= answer.firstToken)
      let report = try await probe.firstAnswer(of: model, on: server, timeout: .seconds(30))
      #expect(report.model == model)
      #expect(report.load == .nanoseconds(1000))
      #expect(report.answer > .zero)
    }
    let question = try #require(asked.withLock { $0.first })
    #expect(question.line == "POST /api/generate")
    let object = try JSONSerialization.jsonObject(with: Data(question.body.utf8)) as? [String: Any]
    #expect(object?["model"] as? String == model)
    #expect(object?["stream"] as? Bool == true)
  }

  @Test func `loading cannot have taken longer than the first word did`() async throws {
    let boast = #"{"response":"a","done":true,"load_duration":3600000000000}"#
    try await ScriptedWebServer.run(Self.server { _ in .answer(200, boast) }) { server in
      let probe = OllamaProbe(.direct, port: server.port)
      let report = try await probe.firstAnswer(of: "tiny", on: server, timeout: .seconds(30))
      #expect(report.load < .seconds(3600))
      #expect(report.answer == .zero)
    }
  }

  @Test func `a missing model is named, and so are those that are there`() async throws {
    try await ScriptedWebServer.run(Self.server { _ in .hangUp }) { server in
      let error = try await failure(OllamaProbe(.direct, port: server.port), "llama3", on: server)
      #expect(error.reason == .notFound)
      for name in ["llama3", "qwen2.5:0.5b", "tiny:latest"] { #expect(error.detail.contains(name), "\(error)") }
    }
    try await ScriptedWebServer.run({ _ in .answer(200, #"{"models":[]}"#) }) { server in
      let error = try await failure(OllamaProbe(.direct, port: server.port), on: server)
      #expect(error.reason == .notFound && error.detail.contains("no model at all"), "\(error)")
    }
  }

  @Test(arguments: [
    (ScriptedWebServer.Reply.answer(500, #"{"error":"model requires more system memory"}"#), PortError.Reason.refused),
    (.answer(404, #"{"error":"model 'tiny' not found"}"#), .notFound),
    (.answer(404, "<html>nginx</html>"), .invalidAnswer), (.answer(200, "<html>nginx</html>\n"), .invalidAnswer),
    (.answer(302, "", headers: ["Location: http://127.0.0.1:1/"]), .invalidAnswer),
    (.answer(200, #"{"response":"","done":true}"# + "\n"), .invalidAnswer), (.answer(200, ""), .invalidAnswer),
    (.answer(200, #"{"response":"rea","done":false}"# + "\n"), .invalidAnswer),
    (.answer(200, #"{"response":"rea"}"# + "\n" + #"{"error":"out of memory"}"# + "\n"), .refused),
    (.answer(200, String(repeating: "x", count: OneRequest.largestAnswer + 1)), .invalidAnswer),
    (.answer(401, ""), .unauthorized), (.answer(503, ""), .rateLimited), (.hangUp, .unreachable),
    (.pieces(["not HTTP at all\r\n\r\n"], pause: .zero), .invalidAnswer),
  ])
  func `an answer that is none is called what it is`(
    _ reply: ScriptedWebServer.Reply, _ reason: PortError.Reason
  ) async throws {
    try await ScriptedWebServer.run(Self.server { _ in reply }) { server in
      let error = try await failure(OllamaProbe(.direct, port: server.port), on: server)
      #expect(error.reason == reason, "\(error)")
      #expect(error.detail.count < 500)
    }
  }

  @Test(arguments: [
    ScriptedWebServer.Reply.silence,
    .pieces(["HTTP/1.1 200 OK\r\n\r\n"] + Array(repeating: " ", count: 5000), pause: .milliseconds(20)),
  ])
  func `a server that takes too long is given up`(_ reply: ScriptedWebServer.Reply) async throws {
    try await ScriptedWebServer.run(Self.server { _ in reply }) { server in
      let error = try await failure(
        OllamaProbe(.direct, port: server.port), on: server, .milliseconds(200))
      #expect(error.reason == .timedOut, "\(error)")
      let call = Task { try await failure(OllamaProbe(.direct, port: server.port), on: server, .seconds(600)) }
      try await Task.sleep(for: .milliseconds(50))
      call.cancel()
      #expect(try await call.value.reason == .cancelled)
    }
  }

  @Test func `nobody listening is unreachable`() async throws {
    let host = HostAddress(host: "127.0.0.1", port: 22)
    #expect(try await failure(OllamaProbe(.direct, port: 1), on: host).reason == .unreachable)
  }

  // MARK: Through ssh

  @Test(.needsHosts) func `the host's own server is asked through ssh, and the tunnel goes with the answer`()
    async throws
  {
    try await LoopbackLab.run([.directory]) { lab in
      // The hosts share this machine's network, so its 127.0.0.1 is theirs.
      try await ScriptedWebServer.run(Self.server { _ in .answer(200, Self.words) }) { server in
        let host = lab.hosts[0].address
        let probe = OllamaProbe(.tunnel(lab.ssh, start: nil), port: server.port)
        let report = try await probe.firstAnswer(of: "tiny", on: host, timeout: .seconds(30))
        #expect(report.load == .nanoseconds(1000))
        #expect(try await failure(probe, "llama3", on: host).reason == .notFound)
        let silent = OllamaProbe(.tunnel(lab.ssh, start: nil), port: 1)
        #expect(try await failure(silent, on: host).reason == .unreachable)
        try await expectNoClients(host)
      }
    }
  }

  @Test(.needsHosts) func `a server that does not run yet is started and waited for`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let marker = lab.directory + "/started"
      let reply = Self.server { _ in .answer(200, Self.words) }
      try await ScriptedWebServer.run(
        { request in FileManager.default.fileExists(atPath: marker) ? reply(request) : .hangUp }
      ) { server in
        let probe = OllamaProbe(
          .tunnel(lab.ssh, start: ["sh", "-c", "sleep 0.1; touch \"$1\"", "it's", marker]), port: server.port)
        _ = try await probe.firstAnswer(of: "tiny", on: lab.hosts[0].address, timeout: .seconds(30))
      }
    }
  }

  @Test(.needsHosts) func `a host that is dead or frozen is no server that is`() async throws {
    try await LoopbackLab.run([.directory]) { lab in
      let host = lab.hosts[0]
      let probe = OllamaProbe(.tunnel(lab.ssh, start: ["true"]), port: 1)
      try await host.freeze()
      #expect(try await failure(probe, on: host.address, .milliseconds(300)).reason == .timedOut)
      let call = Task { try await failure(probe, on: host.address, .seconds(600)) }
      try await Task.sleep(for: .milliseconds(50))
      call.cancel()
      #expect(try await call.value.reason == .cancelled)
      await host.powerOff()
      let error = try await failure(probe, on: host.address)
      #expect(error.reason == .unreachable && error.detail.contains("Connection refused"), "\(error)")
      try await expectNoClients(host.address)
    }
  }

  private func expectNoClients(_ host: HostAddress) async throws {
    let ours = try await RunningProcess.all().filter {
      $0.command.hasPrefix("ssh ") && $0.command.split { " @:[]".contains($0) }.contains { $0 == host.host }
    }
    #expect(ours.map(\.command) == [])
  }
}
