import AsyncHTTPClient
import Crypto
import Failover
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A client of an object store that speaks S3's protocol: B2, R2, S3 and others.
///
/// Every request is signed, and its body's SHA-256 with it, so that a body damaged on its way is refused.
/// Errors of the moment (5xx, 429, a broken connection, silence) are tried again, with growing waits; a
/// download goes on where it broke off. Every call returns or throws within its `timeout`.
public struct ObjectStoreClient: Sendable {
  public let settings: ObjectStoreSettings
  let http: HTTPClient
  /// How often a request is tried; at least 1.
  public var attempts = 5
  /// The waits between tries, each shortened by up to a half at random so that many clients do not come back
  /// in step.
  public var backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(10))
  private let jitter = SystemJitter()
  private let now: @Sendable () -> Int64

  /// - Parameters:
  ///   - http: made by `makeHTTPClient`; whoever made it shuts it down.
  ///   - now: seconds since 1970, for signatures.
  public init(
    _ settings: ObjectStoreSettings, http: HTTPClient,
    now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
  ) {
    self.settings = settings
    self.http = http
    self.now = now
  }

  /// A connection pool fit for object stores; `shutdown()` it in the end.
  ///
  /// - Parameter silenceTolerated: a connection on which nothing moves for so long is given up.
  public static func makeHTTPClient(silenceTolerated: Duration = .seconds(20)) -> HTTPClient {
    let silence = TimeAmount.nanoseconds(silenceTolerated.wholeNanoseconds)
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: min(silence, .seconds(10)), read: silence, write: silence))
    // Otherwise a refused connection is tried until the deadline, and nobody learns that it was refused.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    return HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
  }

  /// Gives `body` a client with connections of its own, which are closed afterwards.
  public static func with<Value: Sendable>(
    _ settings: ObjectStoreSettings, silenceTolerated: Duration = .seconds(20),
    _ body: (ObjectStoreClient) async throws -> Value
  ) async throws -> Value {
    let http = makeHTTPClient(silenceTolerated: silenceTolerated)
    do {
      let value = try await body(ObjectStoreClient(settings, http: http))
      try await http.shutdown()
      return value
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  // MARK: Requests

  /// A request that can be sent again and again.
  struct Call: Sendable {
    var method: HTTPMethod
    /// `nil`: the bucket itself.
    var key: String?
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = ByteBuffer()
    /// For errors.
    var what: String
  }

  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// SHA-256 of what was sent, in lowercase hexadecimal digits.
    var sentHash: String
  }

  /// More than any answer that is no object's content.
  private static let answerKept = 8 << 20

  /// Sends a request until it is answered for good.
  func perform(_ call: Call, timeout: Duration) async throws(PortError) -> Answer {
    let hash = call.body.readableBytes == 0 ? Self.emptyHash : SignatureV4.hex(SHA256.hash(buffer: call.body))
    return try await withTimeout(timeout, call.what) { () throws(PortError) in
      try await retrying(call.what) { () throws(Retry) in
        do {
          let response = try await http.execute(request(call, payloadHash: hash), deadline: .distantFuture)
          let body = try await Self.collect(response, limit: Self.answerKept)
          let status = Int(response.status.code)
          // Completing an upload can fail after the store has begun to answer that all is well.
          if (200...299).contains(status), !Self.isError(body) {
            return Answer(status: status, headers: response.headers, body: body, sentHash: hash)
          }
          let failure = ObjectStoreFailure(
            status: (200...299).contains(status) ? 500 : status, headers: response.headers, body: body,
            settings: settings, call.what)
          throw Retry(failure: failure)
        } catch let retry as Retry {
          throw retry
        } catch {
          throw Retry(failure: ObjectStoreFailure(error, settings: settings, call.what))
        }
      }
    }
  }

  /// An attempt that failed.
  struct Retry: Error {
    var failure: ObjectStoreFailure
    /// Whether it got further than the one before it, so that it does not count as a failure.
    var hasProgressed = false
  }

  func retrying<Value>(
    _ what: String, _ attempt: () async throws(Retry) -> Value
  ) async throws(PortError) -> Value {
    var tried = 0
    while true {
      do throws(Retry) {
        return try await attempt()
      } catch {
        if Task.isCancelled { throw PortError(.cancelled, what) }
        tried = error.hasProgressed ? 1 : tried + 1
        guard error.failure.isWorthRetrying, tried < max(1, attempts) else { throw error.failure.error }
        let delay = max(wait(after: tried), error.failure.retryAfter ?? .zero)
        do { try await Task.sleep(for: delay) } catch { throw PortError(.cancelled, what) }
      }
    }
  }

  private func wait(after attempt: Int) -> Duration {
    let delay = backoff.delay(after: attempt)
    return delay - (delay / 2).scaled(by: Int64(jitter.fraction(UInt64(attempt))), over: 1 << 32)
  }

  func request(_ call: Call, payloadHash: String) -> HTTPClientRequest {
    let (host, prefix) =
      switch settings.addressing {
      case .path: (settings.host, "/\(settings.bucket)")
      case .virtualHost: ("\(settings.bucket).\(settings.host)", "")
      }
    let path = call.key.map { "\(prefix)/\($0)" } ?? (prefix.isEmpty ? "/" : prefix)
    let time = SigningTime(secondsSince1970: now())
    let signed =
      call.headers + [("host", host), ("x-amz-content-sha256", payloadHash), ("x-amz-date", time.stamp)]
    let authorization = SignatureV4.authorization(
      SignatureV4.Request(
        method: call.method.rawValue, path: path, query: call.query, headers: signed, payloadHash: payloadHash),
      SignatureV4.Key(id: settings.keyID, secret: settings.secret, region: settings.region), at: time)
    let query = call.query.isEmpty ? "" : "?" + SignatureV4.encodedQuery(call.query)
    var request = HTTPClientRequest(
      url: "\(settings.isEncrypted ? "https" : "http")://\(host)\(SignatureV4.encodedPath(path))\(query)")
    request.method = call.method
    for (name, value) in signed { request.headers.add(name: name, value: value) }
    request.headers.add(name: "authorization", value: authorization)
    if call.body.readableBytes > 0 {
      request.body = .stream(Slices(whole: call.body), length: .known(Int64(call.body.readableBytes)))
    } else if call.method == .PUT || call.method == .POST {
      request.body = .bytes(ByteBuffer())
    }
    return request
  }

  private static func collect(_ response: HTTPClientResponse, limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await piece in response.body where bytes.count < limit {
      bytes += piece.readableBytesView.prefix(limit - bytes.count)
    }
    return bytes
  }

  private static func isError(_ body: [UInt8]) -> Bool {
    guard !body.isEmpty, body.count < 64 << 10 else { return false }
    return XMLElement(parsing: body)?.name == "Error"
  }
}

/// A body in slices of its own memory, so that an encrypted connection does not hold a second copy of all of it.
private struct Slices: AsyncSequence, Sendable {
  typealias Element = ByteBuffer
  static let sliceBytes = 512 << 10
  let whole: ByteBuffer

  struct AsyncIterator: AsyncIteratorProtocol {
    var rest: ByteBuffer

    mutating func next() async -> ByteBuffer? {
      rest.readableBytes == 0 ? nil : rest.readSlice(length: Swift.min(rest.readableBytes, sliceBytes))
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: whole) }
}

extension SHA256 {
  static func hash(buffer: ByteBuffer) -> SHA256Digest {
    var hash = SHA256()
    buffer.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    return hash.finalize()
  }
}
