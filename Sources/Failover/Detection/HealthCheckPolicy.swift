/// When and how the serving machine is checked, and how many failures mean that it is down.
public struct HealthCheckPolicy: Sendable, Hashable {
  /// From the start of one check to the start of the next; greater than zero.
  public var interval: Duration
  /// How long one check waits for its answer; greater than zero.
  public var timeout: Duration
  /// Failures in a row until the machine counts as down; at least 1.
  public var failureThreshold: Int
  /// Successes in a row until a machine that was not up counts as up, such as a new GPU; at least 1.
  public var successThreshold: Int
  /// Each interval is stretched by a random share of itself between zero and this many per cent.
  public var intervalJitterPercent: Int64
  /// How long a machine that has just begun to serve is left alone.
  public var initialDelay: Duration
  /// What is looked at. They are asked in this order, one after the other, until the outcome is certain.
  public var methods: [ProbeMethod]
  /// How many of the methods must pass for a check to pass.
  public var requirement: Requirement

  /// How the methods of one check make its outcome.
  public enum Requirement: String, Sendable, Hashable, CaseIterable {
    /// A check passes when every method does: any of them can tell that the machine is down, and any can be wrong.
    case all
    /// A check passes when one method does: the failure of one counts only if all others confirm it.
    case any
  }

  public init(
    interval: Duration, timeout: Duration, failureThreshold: Int, successThreshold: Int = 1,
    intervalJitterPercent: Int64 = 0, initialDelay: Duration = .zero, methods: [ProbeMethod] = [.api],
    requirement: Requirement = .all
  ) {
    self.interval = interval
    self.timeout = timeout
    self.failureThreshold = failureThreshold
    self.successThreshold = successThreshold
    self.intervalJitterPercent = intervalJitterPercent
    self.initialDelay = initialDelay
    self.methods = methods
    self.requirement = requirement
  }

  /// From the start of one check to the start of the next in the mean, with half of the largest jitter.
  public var meanInterval: Duration { interval.scaled(by: 200 + intervalJitterPercent, over: 200) }

  /// From a moment unrelated to the checks to the next one: E[L²] / 2E[L] for the intervals' length L, since a moment
  /// falls into a long interval more often than into a short one. Half an interval without jitter; with J per cent of
  /// it (30000 + 300 J + J²) / (300 (200 + J)) intervals.
  public var meanTimeToNextCheck: Duration {
    let jitter = intervalJitterPercent
    return interval.scaled(by: 30_000 + 300 * jitter + jitter * jitter, over: 300 * (200 + jitter))
  }

  /// The mean time to detect a fault that comes at a moment unrelated to the checks, when each failing check takes
  /// `probeTime`: the time to the next check, N - 1 more intervals for N the threshold, and the probe time; without
  /// jitter (N - 1/2) I + probe time. Holds as long as a check ends before the next one is due.
  public func meanDetectionTime(probeTime: Duration) -> Duration {
    meanTimeToNextCheck + meanInterval * (failureThreshold - 1) + probeTime
  }

  /// The longest time to detect a fault: N I + probe time, with the largest jitter.
  public func worstDetectionTime(probeTime: Duration) -> Duration {
    interval.scaled(by: 100 + intervalJitterPercent, over: 100) * failureThreshold + probeTime
  }
}
