import Foundation
import Hummingbird
import Logging
import NIOCore

/// What a client asked.
struct ServerRequest: Sendable {
  var method: String
  /// The parts of the path, without empty ones.
  var path: [String]
  var query: [String: String]
  /// By their names in lower case.
  var headers: [String: String]
  var body: Data

  var json: JSON { JSON(parsing: body) ?? .null }
  /// What stands behind `Authorization: Bearer `.
  var bearer: String? {
    guard let header = headers["authorization"], header.lowercased().hasPrefix("bearer ") else { return nil }
    return String(header.dropFirst("bearer ".count))
  }
}

/// What a server answers.
struct ServerAnswer: Sendable {
  var status: Int
  var contentType: String
  var body: Data

  static func json(_ value: JSON, status: Int = 200) -> ServerAnswer {
    ServerAnswer(status: status, contentType: "application/json", body: value.data)
  }

  static func text(_ text: String, status: Int) -> ServerAnswer {
    ServerAnswer(status: status, contentType: "text/plain", body: Data(text.utf8))
  }
}

/// An HTTP server on a port of its own on this machine's loopback address.
final class LabServer: Sendable {
  /// `http://127.0.0.1:` and the port.
  let url: String
  private let running: Task<Void, any Error>

  private init(url: String, running: Task<Void, any Error>) {
    self.url = url
    self.running = running
  }

  /// Starts a server whose answers `answer` gives.
  ///
  /// - Throws: `.failed` when it cannot listen.
  static func start(
    _ name: String, _ answer: @escaping @Sendable (ServerRequest) async -> ServerAnswer
  ) async throws(LabError) -> LabServer {
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: name)
    logger.logLevel = .critical
    let application = Application(
      responder: CallbackResponder<BasicRequestContext> { request, _ in
        let query = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        let headers = request.headers.map { ($0.name.canonicalName, $0.value) }
        // More than any request has that these servers understand.
        var body = try await request.body.collect(upTo: 8 << 20)
        let answer = await answer(
          ServerRequest(
            method: request.method.rawValue,
            path: request.uri.path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) },
            query: Dictionary(query) { _, last in last },
            headers: Dictionary(headers) { _, last in last },
            body: Data(body.readBytes(length: body.readableBytes) ?? [])))
        return Response(
          status: .init(code: answer.status), headers: [.contentType: answer.contentType],
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
      },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0), serverName: name),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { listening.yield(port) }
        listening.finish()
      },
      logger: logger)
    let running = Task {
      defer { listening.finish() }
      try await application.runService(gracefulShutdownSignals: [])
    }
    for await port in ports { return LabServer(url: "http://127.0.0.1:\(port)", running: running) }
    running.cancel()
    let reason = await running.result
    throw .failed("starting the \(name)", "\(reason)")
  }

  /// Stops listening and cuts open connections.
  func stop() async {
    running.cancel()
    _ = await running.result
  }
}
