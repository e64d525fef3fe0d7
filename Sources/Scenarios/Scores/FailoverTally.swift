import Failover

/// How the failovers and recoveries of a log ended.
struct FailoverTally: Sendable, Hashable {
  /// Failovers begun, whatever came of them.
  private(set) var failovers = 0
  /// Those after which a warm GPU or the standby served, and those after which nobody did although something had been
  /// there to move to. What a strategy without either does is no failed failover.
  private(set) var succeeded = 0
  private(set) var failed = 0
  /// Attempts to get a GPU back.
  private(set) var recoveriesSucceeded = 0
  private(set) var recoveriesFailed = 0

  private var hasTarget = false
  private var firstRental = FirstRental()

  init(_ events: [Event]) {
    for event in events { read(event.kind) }
  }

  static func + (a: FailoverTally, b: FailoverTally) -> FailoverTally {
    var sum = a
    sum.failovers += b.failovers
    sum.succeeded += b.succeeded
    sum.failed += b.failed
    sum.recoveriesSucceeded += b.recoveriesSucceeded
    sum.recoveriesFailed += b.recoveriesFailed
    return sum
  }

  private mutating func read(_ kind: EventKind) {
    let rentsFirst = firstRental.includes(kind)
    switch kind {
    case .phaseChanged(_, to: .failingOver):
      failovers += 1
      hasTarget = false
    case .failoverStarted, .warmFailoverStarted: hasTarget = true
    case .phaseChanged(from: .failingOver, to: .down): failed += hasTarget ? 1 : 0
    case .phaseChanged(from: .failingOver, _): succeeded += 1
    case .recoveryCompleted where !rentsFirst: recoveriesSucceeded += 1
    case .recoveryFailed where !rentsFirst: recoveriesFailed += 1
    default: break
    }
  }
}

/// Tells renting the first GPU, which goes the way of a recovery, from recovering.
struct FirstRental: Sendable, Hashable {
  private var isUnderWay = false

  /// Whether an event, in the order of the log, belongs to renting the first GPU.
  mutating func includes(_ kind: EventKind) -> Bool {
    switch kind {
    case .phaseChanged(from: .preparing, to: .recovering): isUnderWay = true
    case .recoveryCompleted where isUnderWay:
      isUnderWay = false
      return true
    default: break
    }
    return isUnderWay
  }
}
