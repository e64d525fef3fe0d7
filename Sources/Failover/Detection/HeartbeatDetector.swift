/// Calls a machine down when its heartbeat stays away too long, by either rule of a `HeartbeatPolicy`.
///
/// It never waits: feed it what comes, and sleep until `suspectAt`. Instants are durations since any fixed origin.
public struct HeartbeatDetector: Sendable {
  /// When the last heartbeat came, or watching began.
  public private(set) var lastHeartbeat: Duration?
  private let timeout: Duration
  /// For the rule that needs more than a time-out.
  private var accrual: PhiAccrualDetector?

  /// A detector that has heard nothing yet.
  public init(_ policy: HeartbeatPolicy) {
    switch policy.rule {
    case .silence(let timeout): self.timeout = max(.zero, timeout)
    case .accrual(let accrual):
      timeout = .zero
      self.accrual = PhiAccrualDetector(accrual, firstHeartbeatEstimate: policy.interval)
    }
  }

  /// Watching begins, of a machine of which nothing is known: as if a heartbeat had just come, so that one that never
  /// speaks is suspected too.
  public mutating func begin(at instant: Duration) {
    accrual?.begin(at: instant)
    lastHeartbeat = instant
  }

  /// Counts a heartbeat, which ends a suspicion. One that is older than the last is passed over.
  ///
  /// - Returns: whether it came in time, before suspicion arose.
  @discardableResult
  public mutating func heartbeat(at instant: Duration) -> Bool {
    if let last = lastHeartbeat, instant < last { return true }
    let isInTime = accrual?.heartbeat(at: instant) ?? !isSuspect(at: instant)
    lastHeartbeat = instant
    return isInTime
  }

  /// The first instant at which the machine counts as down if no heartbeat comes before it; `nil` until something has
  /// been heard. A heartbeat at that very instant comes too late.
  public var suspectAt: Duration? {
    if let accrual { return accrual.suspectAt }
    return lastHeartbeat.map { $0 + timeout }
  }

  /// Whether the machine counts as down at `instant`.
  public func isSuspect(at instant: Duration) -> Bool {
    guard let suspectAt else { return false }
    return instant >= suspectAt
  }

  /// How long nothing has been heard at `instant`; `nil` until something has been.
  public func silence(at instant: Duration) -> Duration? {
    lastHeartbeat.map { max(.zero, instant - $0) }
  }
}
