/// Suspects a machine more the longer its heartbeat stays away, measured by how regularly it came before.
///
/// Where a fixed time-out must be set for the worst network, this one learns: see `AccrualPolicy` for the rule and its
/// sources. It follows Akka's detector in what the paper leaves open:
/// - after the first heartbeat it goes by two made-up intervals, a quarter below and above the estimate;
/// - an interval that ended in suspicion is not learned, since one long pause would spoil the figures. A sender that
///   slows down for good by more than the rule forgives is therefore suspected at every beat;
/// - the next heartbeat ends every suspicion.
///
/// Nothing is polled: `suspectAt` is the instant at which suspicion will arise, and a waiting loop sleeps until then.
/// Instants are durations since any fixed origin.
public struct PhiAccrualDetector: Sendable {
  public let policy: AccrualPolicy
  /// When the last heartbeat came, or watching began.
  public private(set) var lastHeartbeat: Duration?
  private var history: ArrivalHistory
  private let estimate: Int64
  private let deviations: Int64

  /// - Parameter firstHeartbeatEstimate: the time between heartbeats to go by until some have been seen, most often the
  ///   one at which they are sent; greater than zero.
  public init(_ policy: AccrualPolicy, firstHeartbeatEstimate: Duration) {
    self.policy = policy
    deviations = policy.deviations
    estimate = min(max(1, firstHeartbeatEstimate.wholeNanoseconds), ArrivalHistory.longestInterval)
    history = Self.firstHistory(policy, estimate)
  }

  private static func firstHistory(_ policy: AccrualPolicy, _ estimate: Int64) -> ArrivalHistory {
    var history = ArrivalHistory(capacity: policy.sampleSize)
    history.append(estimate - estimate / 4)
    history.append(estimate + estimate / 4)
    return history
  }

  /// Watching begins, of a machine of which nothing is known: as if a heartbeat had just come, so that one that never
  /// speaks is suspected too. The time until its first heartbeat is not learned.
  public mutating func begin(at instant: Duration) {
    history = Self.firstHistory(policy, estimate)
    hasHeartbeat = false
    lastHeartbeat = instant
  }

  /// Whether `lastHeartbeat` is a heartbeat, not the beginning.
  private var hasHeartbeat = false

  /// Counts a heartbeat. One that is older than the last is passed over.
  ///
  /// - Returns: whether it came in time, before suspicion arose.
  @discardableResult
  public mutating func heartbeat(at instant: Duration) -> Bool {
    guard let last = lastHeartbeat else {
      lastHeartbeat = instant
      hasHeartbeat = true
      return true
    }
    guard instant >= last else { return true }
    let isInTime = !isSuspect(at: instant)
    if isInTime && hasHeartbeat { history.append((instant - last).wholeNanoseconds) }
    lastHeartbeat = instant
    hasHeartbeat = true
    return isInTime
  }

  /// The first instant at which phi is at the threshold if no heartbeat comes before it, to the nanosecond; `nil` until
  /// something has been heard. A heartbeat at that very instant comes too late.
  public var suspectAt: Duration? {
    guard let last = lastHeartbeat else { return nil }
    let patience = policy.patience(mean: history.mean, deviation: history.deviation, deviations: deviations)
    return last + .nanoseconds(patience)
  }

  /// Whether the machine counts as down at `instant`.
  public func isSuspect(at instant: Duration) -> Bool {
    guard let suspectAt else { return false }
    return instant >= suspectAt
  }

  /// The level of suspicion at `instant`, from zero up; zero until something has been heard.
  ///
  /// A figure to show: what is decided is decided by `suspectAt`, in whole numbers.
  public func phi(at instant: Duration) -> Double {
    guard let last = lastHeartbeat else { return 0 }
    let expected = Int128(history.mean) + Int128(policy.pause)
    let excess = Double(Int128((instant - last).wholeNanoseconds) - expected)
    let y = excess / Double(max(history.deviation, policy.leastDeviation))
    return max(0, -Self.logarithmOfUpperTail(y) / AccrualPolicy.naturalLogarithmOfTen)
  }

  /// The mean time between the heartbeats remembered, rounded down to a nanosecond.
  public var meanInterval: Duration { .nanoseconds(history.mean) }

  /// The standard deviation of the same, rounded down to a nanosecond; not raised to the policy's minimum.
  public var deviation: Duration { .nanoseconds(history.deviation) }

  /// The natural logarithm of the probability that a standard normal number is above `y`.
  private static func logarithmOfUpperTail(_ y: Double) -> Double {
    guard y > 37 else { return ExactMath.log(ExactMath.normalCumulative(-y)) }
    // Where the probability itself is nearly too small for a double: density / y · (1 - 1/y² + 3/y⁴ - 15/y⁶), the
    // asymptotic series of Mills' ratio, whose next term is below 3e-11.
    let inverse = 1 / (y * y)
    let series = 1 - inverse * (1 - inverse * (3 - inverse * 15))
    let halfLogTwoPi = 0x1.d67f1c864beb5p-1
    return -0.5 * y * y - halfLogTwoPi - ExactMath.log(y) + ExactMath.log(series)
  }
}
