import AsyncHTTPClient
import Failover
import Foundation
import NIOCore

/// Asks a model something through Ollama's HTTP interface.
///
/// It never pulls a model: a download of gigabytes is not part of a failover, and one that is missing after a restore
/// is what this check is there to find.
public struct OllamaProbe: InferenceProbe {
  /// How the server is reached.
  public enum Way: Sendable, Hashable {
    /// Through ssh to the host's own 127.0.0.1, where Ollama listens unless told otherwise. Nothing has to be open to
    /// the world.
    ///
    /// - Parameter start: a program and its arguments that start the server where it does not run yet, such as
    ///   `["ollama", "serve"]`; it goes on when the connection has ended. `nil` starts nothing.
    case tunnel(SSHSettings, start: [String]?)
    /// By HTTP to the host's name.
    case direct
  }

  public var way: Way
  /// 1 to 65535.
  public var port: Int
  /// What is asked.
  public var prompt: String
  /// How many tokens the answer may have; at least 1. A few will do: only the first one is timed.
  public var tokens: Int

  /// - Parameter port: Ollama's own default.
  public init(
    _ way: Way, port: Int = 11434, prompt: String = "Say the word ready.", tokens: Int = 8
  ) {
    self.way = way
    self.port = port
    self.prompt = prompt
    self.tokens = max(1, tokens)
  }

  /// - Throws: `.notFound` when the server has no such model; the detail names those that are there. `.unreachable`
  ///   when no server answers on a host that does. `.refused` when the server cannot run the model.
  ///   `.invalidAnswer` when what comes back is not Ollama's, or no word at all.
  public func firstAnswer(
    of model: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> InferenceReport {
    let answer = try await answer(of: model, on: host, timeout: timeout)
    return InferenceReport(model: model, load: answer.load, answer: answer.firstToken - answer.load)
  }

  /// The same with everything that was measured.
  public func answer(
    of model: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> OllamaAnswer {
    try host.validate()
    let what = "\(ProgramFailure.printable(model)) on \(host)"
    return try await withTimeout(timeout, what) { () throws(PortError) in
      switch way {
      case .direct:
        let address = HostAddress(host: host.host, port: port)
        let server = OllamaServer(base: "http://\(address)", what: what)
        return try await server.ask(model, prompt, tokens: tokens)
      case .tunnel(let ssh, let start):
        return try await SSHTunnel.with(port: port, on: host, ssh) { socket throws(PortError) in
          let name = socket.replacing("/", with: "%2F")
          let server = OllamaServer(base: "http+unix://\(name)", what: what)
          if let start { try await server.start(start, on: host, ssh) }
          return try await server.ask(model, prompt, tokens: tokens)
        }
      }
    }
  }
}

/// An answer of a model, and how long it took.
public struct OllamaAnswer: Sendable, Hashable {
  /// Loading the model, as the server says; zero when it was loaded already. Never more than `firstToken`.
  public var load: Duration
  /// From the request to the first word, by this machine's clock; loading included.
  public var firstToken: Duration
  /// From the request to the end of the answer, by this machine's clock.
  public var total: Duration
  /// The whole request, as the server says; `nil` when it does not say.
  public var serverTotal: Duration?
  public var text: String
}

/// The calls of a server that can be reached.
struct OllamaServer: Sendable {
  /// The address without a path.
  var base: String
  var what: String

  /// From one look at a server that is starting to the next.
  private static let pollInterval = Duration.milliseconds(200)

  /// Starts the server unless it answers already, and waits until it does.
  func start(_ command: [String], on host: HostAddress, _ ssh: SSHSettings) async throws(PortError) {
    if try await answers() { return }
    let words = ["sh", "-c", #"nohup "$@" >/dev/null 2>&1 </dev/null &"#, "start"] + command
    let result = try await RemoteShell(ssh).run(words, on: host)
    guard result.exitCode == 0 else { throw ProgramFailure.error(result, "start of the server for \(what)") }
    while try await !answers() {
      do { try await Task.sleep(for: Self.pollInterval) } catch { throw PortError(.cancelled, what) }
    }
  }

  private func answers() async throws(PortError) -> Bool {
    do throws(PortError) {
      _ = try await models()
      return true
    } catch {
      if error.reason == .unreachable { return false }
      throw error
    }
  }

  /// The names of the models that are there.
  func models() async throws(PortError) -> [String] {
    let answer = try await OneRequest(base + "/api/tags", what: what).send()
    guard answer.status == 200, let list = try? JSONDecoder().decode(OllamaModels.self, from: Data(answer.body))
    else { throw failure(answer.status, answer.body) }
    return list.models.map(\.name)
  }

  func ask(_ model: String, _ prompt: String, tokens: Int) async throws(PortError) -> OllamaAnswer {
    let models = try await models()
    // A name without a tag means the one called so.
    guard models.contains(model) || models.contains(model + ":latest") else {
      let there = models.isEmpty ? "no model at all" : models.prefix(20).joined(separator: ", ")
      throw PortError(.notFound, "no model \(what); there is \(ProgramFailure.printable(there))")
    }
    let question = OllamaQuestion(model: model, prompt: prompt, options: .init(num_predict: tokens))
    guard let json = try? JSONEncoder().encode(question) else { throw PortError(.refused, what) }
    let clock = ContinuousClock()
    let start = clock.now
    return try await OneRequest(base + "/api/generate", json: Array(json), what: what).send {
      status, _, body in
      var stream = OllamaStream()
      var firstToken: Duration?
      var received = 0
      var failed: [UInt8] = []
      for try await piece in body {
        received += piece.readableBytes
        guard received <= OneRequest.largestAnswer else {
          throw PortError(.invalidAnswer, "\(what): an answer of more than 1 MiB")
        }
        guard status == 200 else {
          failed += piece.readableBytesView
          continue
        }
        try stream.receive(piece.readableBytesView, what)
        if firstToken == nil, stream.hasSpoken { firstToken = start.duration(to: clock.now) }
      }
      guard status == 200 else { throw failure(status, failed) }
      try stream.finish(what)
      if firstToken == nil, stream.hasSpoken { firstToken = start.duration(to: clock.now) }
      guard let firstToken, stream.isDone else {
        throw PortError(.invalidAnswer, "\(what) gave no answer")
      }
      // The server's clock can run faster than ours, but a model that has answered has been loaded.
      let load = min(.nanoseconds(max(0, stream.loadNanoseconds ?? 0)), firstToken)
      return OllamaAnswer(
        load: load, firstToken: firstToken, total: start.duration(to: clock.now),
        serverTotal: stream.totalNanoseconds.map { .nanoseconds(max(0, $0)) }, text: stream.text)
    }
  }

  private func failure(_ status: Int, _ body: [UInt8]) -> PortError {
    let said = (try? JSONDecoder().decode(OllamaFailure.self, from: Data(body)))?.error
    let detail = what + (said.map { ": " + ProgramFailure.printable($0) } ?? ": HTTP status \(status)")
    switch status {
    case 404 where said != nil: return PortError(.notFound, detail)
    case 401, 403: return PortError(.unauthorized, detail)
    case 429, 503: return PortError(.rateLimited, detail)
    case _ where said != nil: return PortError(.refused, detail)
    default: return PortError(.invalidAnswer, "\(detail); is it Ollama that answers there?")
    }
  }
}
