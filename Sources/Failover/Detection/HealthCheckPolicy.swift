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
  /// What is looked at. With several, a check passes only when all of them do; they are asked in this order.
  public var methods: [ProbeMethod]

  public init(
    interval: Duration, timeout: Duration, failureThreshold: Int, successThreshold: Int = 1,
    intervalJitterPercent: Int64 = 0, initialDelay: Duration = .zero, methods: [ProbeMethod] = [.api]
  ) {
    self.interval = interval
    self.timeout = timeout
    self.failureThreshold = failureThreshold
    self.successThreshold = successThreshold
    self.intervalJitterPercent = intervalJitterPercent
    self.initialDelay = initialDelay
    self.methods = methods
  }

  /// The time to detect a fault that comes at a moment unrelated to the checks, when each failing check takes
  /// `probeTime`: (N - 1/2) I + probe time, for N the threshold and I the interval with its mean jitter. Holds as
  /// long as a check ends before the next one is due.
  public func meanDetectionTime(probeTime: Duration) -> Duration {
    let meanInterval = interval.scaled(by: 200 + intervalJitterPercent, over: 200)
    return meanInterval.scaled(by: Int64(2 * failureThreshold - 1), over: 2) + probeTime
  }

  /// The longest time to detect a fault: N I + probe time, with the largest jitter.
  public func worstDetectionTime(probeTime: Duration) -> Duration {
    interval.scaled(by: 100 + intervalJitterPercent, over: 100) * failureThreshold + probeTime
  }
}
