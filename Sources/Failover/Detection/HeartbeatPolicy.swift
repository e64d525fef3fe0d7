/// How often an agent on the serving machine says that it is alive, and how long a silence means that it is not.
public struct HeartbeatPolicy: Sendable, Hashable {
  /// When silence becomes suspicion.
  public enum Rule: Sendable, Hashable {
    /// After so long without a heartbeat. It should be longer than the interval, by as many intervals as heartbeats may
    /// be lost and half an interval more: at a whole multiple, one that is a little late comes too late.
    case silence(timeout: Duration)
    /// After a silence that the heartbeats seen before make too unlikely.
    case accrual(AccrualPolicy)
  }

  /// From one heartbeat sent to the next; greater than zero.
  public var interval: Duration
  public var rule: Rule

  public init(interval: Duration, rule: Rule) {
    self.interval = interval
    self.rule = rule
  }

  /// The silence after the last heartbeat at which the machine counts as down.
  ///
  /// With `.accrual`, that of a detector that has heard only heartbeats a whole interval apart: interval + pause +
  /// z(threshold) · smallest deviation. Where heartbeats are lost but none is late, no detector is less patient (for
  /// thresholds from 0.31 on): a loss that it forgives lengthens the mean and the deviation it learns.
  public var patience: Duration {
    switch rule {
    case .silence(let timeout): timeout
    case .accrual(let policy):
      .nanoseconds(
        policy.patience(mean: interval.wholeNanoseconds, deviation: 0, deviations: policy.deviations))
    }
  }
}
