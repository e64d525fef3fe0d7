/// Why a call through a port did not do what was asked.
public struct PortError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// No answer within the time allowed.
    case timedOut = "timed out"
    /// The connection could not be made, or broke.
    case unreachable
    /// The other side answered and said no: an offer that is gone, a capacity that is used up.
    case refused
    case notFound = "not found"
    /// Too many calls; try again later.
    case rateLimited = "rate limited"
    /// The credentials are wrong or have expired.
    case unauthorized
    /// The receiving disk is full.
    case diskFull = "disk full"
    /// What came back makes no sense.
    case invalidAnswer = "invalid answer"
    /// The calling task was cancelled.
    case cancelled
  }

  public var reason: Reason
  /// What was being done, and what the other side said; never a secret.
  public var detail: String
  /// The host that was to blame, where a call had to do with several and the adapter can tell; `nil` otherwise.
  public var host: HostAddress?

  public init(_ reason: Reason, _ detail: String, host: HostAddress? = nil) {
    self.reason = reason
    self.detail = detail
    self.host = host
  }

  public var description: String { detail.isEmpty ? reason.rawValue : "\(reason.rawValue): \(detail)" }

  /// Whether the same call may well succeed a little later, since nothing has been decided.
  public var isPassing: Bool {
    switch reason {
    case .timedOut, .unreachable, .rateLimited, .invalidAnswer: true
    case .refused, .notFound, .unauthorized, .diskFull, .cancelled: false
    }
  }
}
