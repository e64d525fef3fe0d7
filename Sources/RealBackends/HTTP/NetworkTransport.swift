import AsyncHTTPClient
import Failover
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

/// HTTP over the network.
///
/// Redirects are not followed: an interface that answers one is not the interface that was meant, and the credentials
/// are not for others.
struct NetworkTransport: HTTPTransport {
  /// In bytes; more than any answer that is read here. An answer that goes on is cut off and refused.
  static let longestAnswer = 8 << 20

  private let connections = Connections()

  func send(_ request: HTTPRequest, timeout: Duration, _ what: String) async throws(PortError) -> HTTPAnswer {
    // The client's own deadline ends with the head of the answer; a body may trickle for ever.
    try await withTimeout(timeout, what) { () throws(PortError) in
      do {
        return try await exchange(request, what)
      } catch {
        throw Self.portError(error, what)
      }
    }
  }

  private func exchange(_ request: HTTPRequest, _ what: String) async throws -> HTTPAnswer {
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    outgoing.headers.add(name: "User-Agent", value: "failover")
    outgoing.headers.add(name: "Accept", value: "application/json")
    if let type = request.contentType { outgoing.headers.add(name: "Content-Type", value: type) }
    if let bearer = request.bearer {
      outgoing.headers.add(name: "Authorization", value: "Bearer " + bearer.revealed)
    }
    if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
    let response = try await connections.client.execute(outgoing, deadline: .distantFuture)
    var body: [UInt8] = []
    for try await part in response.body {
      guard body.count + part.readableBytes <= Self.longestAnswer else {
        throw PortError(.invalidAnswer, "\(what): the answer is longer than \(Self.longestAnswer) bytes")
      }
      body += part.readableBytesView
    }
    try Task.checkCancellation()
    return HTTPAnswer(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
      body: body)
  }

  /// The libraries' errors in the words of the ports. Their full descriptions may hold a header's value, so only what
  /// is known to hold none is repeated.
  private static func portError(_ error: any Error, _ what: String) -> PortError {
    switch error {
    case let error as PortError: return error
    case is CancellationError: return PortError(.cancelled, what)
    case let error as HTTPClientError:
      switch error {
      case .cancelled: return PortError(.cancelled, what)
      case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout:
        return PortError(.timedOut, "\(what): \(error.shortDescription)")
      case .remoteConnectionClosed, .uncleanShutdown:
        return PortError(.unreachable, "\(what): the connection was closed before the answer")
      default: return PortError(.unreachable, "\(what): \(error.shortDescription)")
      }
    case let error as NIOConnectionError:
      if error.connectionErrors.isEmpty { return PortError(.unreachable, "\(what): no address for \(error.host)") }
      let cause = error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }.first
      let reason = cause.map { "\(Errno(rawValue: $0))" } ?? "no connection"
      return PortError(.unreachable, "\(what): \(error.host):\(error.port): \(reason)")
    case let error as IOError:
      return PortError(.unreachable, "\(what): \(Errno(rawValue: error.errnoCode))")
    case HTTPParserError.invalidEOFState:
      return PortError(.unreachable, "\(what): the connection was closed within the answer")
    case is HTTPParserError:
      return PortError(.invalidAnswer, "\(what): the answer is not HTTP")
    default:
      return PortError(.unreachable, "\(what): \(type(of: error))")
    }
  }
}

/// The connections of one transport; closed when nobody holds it any more.
private final class Connections: Sendable {
  let client: HTTPClient

  init() {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)),
      // Shorter than servers keep idle connections, so that a request is seldom sent into a closing one.
      connectionPool: .init(idleTimeout: .seconds(10)))
    // A refused connection is told at once, not tried again until the time is over.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
  }

  deinit { _ = client.shutdown() as EventLoopFuture<Void> }
}
