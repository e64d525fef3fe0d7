import AsyncHTTPClient
import Failover
import NIOCore
import NIOHTTP1

/// Why an object store did not do what was asked, as far as its answer tells.
struct ObjectStoreFailure: Sendable {
  var error: PortError
  /// Whether the same request may succeed a moment later.
  var isWorthRetrying: Bool
  /// How long the store asks to wait.
  var retryAfter: Duration?

  /// What an answer that is no success means.
  ///
  /// - Parameter what: what was being done; it begins the error's detail.
  init(status: Int, headers: HTTPHeaders, body: [UInt8], settings: ObjectStoreSettings, _ what: String) {
    let document = XMLElement(parsing: body)
    let code = document?["Code"] ?? ""
    // Before it is cut to a line, which could leave half of the secret.
    let said = ProgramFailure.printable(settings.secret.redacted(from: document?["Message"] ?? ""))
    let explanation = said.isEmpty ? "" : ": \(said)"
    let name = code.isEmpty ? "HTTP \(status)" : ProgramFailure.printable(code)
    let region = document?["Region"] ?? headers.first(name: "x-amz-bucket-region")

    func fail(_ reason: PortError.Reason, _ detail: String) -> PortError {
      PortError(reason, "\(what): \(detail)")
    }
    isWorthRetrying = false
    retryAfter = headers.first(name: "retry-after").flatMap(Int64.init).map {
      .seconds(min(max($0, 0), 60))
    }
    switch (status, code) {
    case (429, _), (_, "SlowDown"), (_, "TooManyRequests"):
      error = fail(.rateLimited, "\(name)\(explanation)")
      isWorthRetrying = true
    case (500...599, _), (408, _), (_, "RequestTimeout"), (_, "InternalError"), (_, "OperationAborted"):
      error = fail(.unreachable, "the store has trouble of its own, \(name)\(explanation)")
      isWorthRetrying = status != 501
    case (_, "AuthorizationHeaderMalformed"), (_, "InvalidRegionName"), (_, "IllegalLocationConstraintException"),
      (_, "PermanentRedirect"), (_, "TemporaryRedirect"), (301, _), (307, _):
      let expected = region.map { ", the bucket is in '\(ProgramFailure.printable($0))'" } ?? ""
      error = fail(.refused, "wrong region or address: '\(settings.region)' is set\(expected), \(name)\(explanation)")
    case (_, "NoSuchBucket"):
      error = fail(.notFound, "there is no bucket '\(settings.bucket)' at \(settings.host)")
    case (_, "SignatureDoesNotMatch"):
      error = fail(
        .unauthorized, "the secret key does not fit key id \(settings.keyID) (or the region is wrong), \(name)")
    case (_, "InvalidAccessKeyId"):
      error = fail(.unauthorized, "the store does not know key id \(settings.keyID), \(name)")
    case (_, "RequestTimeTooSkewed"):
      error = fail(.unauthorized, "this machine's clock is wrong, \(name)\(explanation)")
    case (401, _), (403, _):
      error = fail(.unauthorized, "key id \(settings.keyID) may not do this, \(name)\(explanation)")
    case (404, _) where Self.isPage(headers, body):
      error = fail(.invalidAnswer, Self.pageFound(settings))
    case (404, _):
      error = fail(.notFound, "\(name)\(explanation)")
    case (416, _):
      error = fail(.notFound, "the object ends before these bytes, \(name)")
    case (507, _), (_, "EntityTooLarge"), (_, "QuotaExceeded"):
      error = fail(.refused, "no room in the bucket, \(name)\(explanation)")
    default:
      let isPage = Self.isPage(headers, body)
      error = isPage ? fail(.invalidAnswer, Self.pageFound(settings)) : fail(.refused, "\(name)\(explanation)")
    }
  }

  /// What it means that there was no answer.
  init(_ thrown: any Error, settings: ObjectStoreSettings, _ what: String) {
    isWorthRetrying = true
    let host = settings.host
    switch thrown {
    case let thrown as PortError:
      error = thrown
      isWorthRetrying = false
    case let thrown as HTTPClientError:
      switch thrown {
      case .cancelled:
        error = PortError(.cancelled, what)
        isWorthRetrying = false
      case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout:
        error = PortError(.timedOut, "\(what): no answer from \(host) (\(thrown.shortDescription))")
      case .invalidURL, .emptyHost, .emptyScheme:
        error = PortError(.refused, "\(what): not an address: \(host)")
        isWorthRetrying = false
      default:
        error = PortError(.unreachable, "\(what): connection to \(host): \(thrown.shortDescription)")
      }
    case is CancellationError:
      error = PortError(.cancelled, what)
      isWorthRetrying = false
    case is ChannelError:
      error = PortError(.unreachable, "\(what): connection to \(host) broke")
    default:
      error = PortError(
        .unreachable, "\(what): no connection to \(host): \(ProgramFailure.printable(String(describing: thrown)))")
    }
  }

  static func pageFound(_ settings: ObjectStoreSettings) -> String {
    "a page for people came back; is \(settings.host) an object store's address?"
  }

  /// Whether somebody else has answered, such as a proxy or a web server.
  static func isPage(_ headers: HTTPHeaders, _ body: [UInt8]) -> Bool {
    if headers.first(name: "content-type")?.lowercased().hasPrefix("text/html") == true { return true }
    let start = String(decoding: body.prefix(64), as: UTF8.self).lowercased()
    return start.contains("<!doctype html") || start.contains("<html")
  }
}
