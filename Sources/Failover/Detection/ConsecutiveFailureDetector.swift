/// Calls a machine down after so many failed checks in a row, and up again after so many successes.
public struct ConsecutiveFailureDetector: Sendable, Hashable {
  /// What one more check has changed.
  public enum Change: Sendable, Hashable {
    /// Failures are being counted, but the threshold is not reached; the count so far.
    case suspected(failures: Int)
    /// The threshold has just been reached.
    case wentDown(failures: Int)
    /// A machine under suspicion answered again after this many failures.
    case cleared(failures: Int)
    /// A machine that was down has just met the success threshold.
    case cameUp
  }

  public let failureThreshold: Int
  public let successThreshold: Int
  public private(set) var isDown = false
  /// Failures in a row so far.
  public private(set) var failures = 0
  /// Whether one more success changes nothing.
  public var isQuiet: Bool { !isDown && failures == 0 }
  private var successes = 0

  /// Both thresholds are at least 1.
  public init(failureThreshold: Int, successThreshold: Int = 1) {
    self.failureThreshold = max(1, failureThreshold)
    self.successThreshold = max(1, successThreshold)
  }

  /// A detector with the thresholds of `policy`, which has seen nothing yet.
  public init(_ policy: HealthCheckPolicy) {
    self.init(failureThreshold: policy.failureThreshold, successThreshold: policy.successThreshold)
  }

  /// Counts one check. Returns `nil` when nothing has changed.
  public mutating func record(healthy: Bool) -> Change? {
    healthy ? recordSuccess() : recordFailure()
  }

  private mutating func recordFailure() -> Change? {
    successes = 0
    failures += 1
    if isDown { return nil }
    guard failures >= failureThreshold else { return .suspected(failures: failures) }
    isDown = true
    return .wentDown(failures: failures)
  }

  private mutating func recordSuccess() -> Change? {
    guard isDown else {
      defer { failures = 0 }
      return failures > 0 ? .cleared(failures: failures) : nil
    }
    successes += 1
    guard successes >= successThreshold else { return nil }
    self = Self(failureThreshold: failureThreshold, successThreshold: successThreshold)
    return .cameUp
  }
}
