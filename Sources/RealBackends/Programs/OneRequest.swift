import AsyncHTTPClient
import Failover
import NIOCore
import NIOHTTP1

/// One HTTP request on a connection of its own, for calls that are made seldom.
///
/// Errors never hold the address: a webhook's is a password. Redirections are not followed, for the same reason.
struct OneRequest: Sendable {
  var url: String
  /// What is sent by POST; GET without.
  var json: [UInt8]?
  /// What is being done, for errors.
  var what: String

  init(_ url: String, json: [UInt8]? = nil, what: String) {
    self.url = url
    self.json = json
    self.what = what
  }

  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
  }

  /// In bytes: more than any answer that is of use.
  static let largestAnswer = 1 << 20

  /// The whole answer, whatever its status. The time is the caller's to limit.
  func send() async throws(PortError) -> Answer {
    try await send { status, headers, pieces in
      var body: [UInt8] = []
      for try await piece in pieces {
        guard body.count + piece.readableBytes <= Self.largestAnswer else { throw tooLarge }
        body += piece.readableBytesView
      }
      return Answer(status: status, headers: headers, body: body)
    }
  }

  /// - Parameter read: takes the answer as it comes in; what it throws and is no `PortError` counts as a broken
  ///   connection.
  func send<Value>(
    _ read: (_ status: Int, _ headers: HTTPHeaders, _ body: HTTPClientResponse.Body) async throws -> Value
  ) async throws(PortError) -> Value {
    var request = HTTPClientRequest(url: url)
    if let json {
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(json)
    }
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.httpVersion = .http1Only
    // A refused connection would be tried again until the deadline. Only the socket file of a tunnel is worth that: it is
    // there a moment before ssh listens to it.
    configuration.connectionPool.retryConnectionEstablishment = url.hasPrefix("http+unix:")
    do {
      return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
        let response = try await client.execute(request, deadline: .distantFuture)
        return try await read(Int(response.status.code), response.headers, response.body)
      }
    } catch let error as PortError {
      throw error
    } catch {
      throw failure(error)
    }
  }

  var tooLarge: PortError { PortError(.invalidAnswer, "\(what): an answer of more than 1 MiB") }

  private func failure(_ error: any Error) -> PortError {
    if Task.isCancelled || error is CancellationError { return PortError(.cancelled, what) }
    switch error as? HTTPClientError {
    case HTTPClientError.invalidURL?, HTTPClientError.emptyHost?, HTTPClientError.emptyScheme?,
      HTTPClientError.missingSocketPath?:
      return PortError(.refused, "\(what): not an address of a web server")
    case HTTPClientError.connectTimeout?: return PortError(.timedOut, "\(what): no connection")
    case HTTPClientError.remoteConnectionClosed?:
      return PortError(.unreachable, "\(what): the connection was closed without an answer")
    default: break
    }
    switch error {
    case is HTTPParserError: return PortError(.invalidAnswer, "\(what): the answer is not HTTP")
    // Neither says more than that, but for the address.
    default: return PortError(.unreachable, "\(what): no connection, or one that broke")
    }
  }
}
