/// How long to wait before trying again: a delay that grows by a whole-number ratio up to a maximum.
public struct Backoff: Sendable, Hashable {
  /// Before the second attempt; greater than zero.
  public var initial: Duration
  /// Each delay is the one before it times this many per cent; at least 100.
  public var growthPercent: Int64
  /// No delay is longer; at least `initial`.
  public var maximum: Duration

  public init(initial: Duration, growthPercent: Int64 = 200, maximum: Duration) {
    self.initial = initial
    self.growthPercent = growthPercent
    self.maximum = maximum
  }

  /// The same delay every time.
  public static func constant(_ delay: Duration) -> Backoff {
    Backoff(initial: delay, growthPercent: 100, maximum: delay)
  }

  /// The delay after the `attempt`-th attempt, counted from 1.
  public func delay(after attempt: Int) -> Duration {
    var delay = initial
    // A delay that no longer grows will not grow later either.
    for _ in 1..<max(1, attempt) {
      let next = min(delay.scaled(by: growthPercent, over: 100), maximum)
      if next == delay { break }
      delay = next
    }
    return min(delay, maximum)
  }
}
