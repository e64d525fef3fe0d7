import Failover
import Foundation
import Synchronization
import Testing

@testable import RealBackends

/// A transport that answers by a function and keeps what it was asked.
final class ScriptedTransport: HTTPTransport {
  typealias Script = @Sendable (_ request: HTTPRequest, _ number: Int) throws(PortError) -> HTTPAnswer

  private let script: Script
  private let log = Mutex<[HTTPRequest]>([])

  /// - Parameter script: gets the number of the request, counted from 0.
  init(_ script: @escaping Script) { self.script = script }

  var requests: [HTTPRequest] { log.withLock { $0 } }

  func send(_ request: HTTPRequest, timeout: Duration, _ what: String) async throws(PortError) -> HTTPAnswer {
    if Task.isCancelled { throw PortError(.cancelled, what) }
    let number = log.withLock { log in
      log.append(request)
      return log.count - 1
    }
    return try script(request, number)
  }
}

extension HTTPAnswer {
  static func json(_ text: String, status: Int = 200) -> HTTPAnswer {
    HTTPAnswer(status: status, contentType: "application/json", body: Array(text.utf8))
  }

  static func text(_ text: String, status: Int) -> HTTPAnswer {
    HTTPAnswer(status: status, contentType: "text/plain", body: Array(text.utf8))
  }

  static func page(_ html: String, status: Int) -> HTTPAnswer {
    HTTPAnswer(status: status, contentType: "text/html; charset=utf-8", body: Array(html.utf8))
  }
}

extension HTTPRequest {
  /// The path and the query.
  var target: String {
    let rest = url.replacing("https://", with: "").replacing("http://", with: "")
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
  }

  /// `PUT /api/v0/asks/1/`.
  var line: String { "\(method.rawValue) \(target)" }

  /// The body as a second implementation reads it.
  var json: NSDictionary? { (try? JSONSerialization.jsonObject(with: Data(body))) as? NSDictionary }
}

/// The reason an operation fails with; `nil` when it does not.
func reason<Value>(_ operation: () async throws -> Value) async -> PortError.Reason? {
  await failure(operation)?.reason
}

/// The error of a port that an operation fails with; `nil` when it does not fail.
func failure<Value>(_ operation: () async throws -> Value) async -> PortError? {
  do {
    _ = try await operation()
    return nil
  } catch let error as PortError {
    return error
  } catch {
    Issue.record(error, "not an error of a port")
    return nil
  }
}
