import Failover

/// A transfer under way, in one of its stages: first its lead, then each leg of its way.
struct Flow {
  let number: UInt64
  let transfer: Transfer
  /// The hops that this stage crosses; none in the lead.
  private(set) var places: [Int] = []
  /// The least capacity of a hop.
  private(set) var capacity = DataRate.unlimited
  /// What it moves at most beside that: by TCP and by its own limit. Zero in the lead.
  private(set) var limit = FairRate.zero
  private var left: FairAmount
  private var rate = FairRate.zero
  /// When this stage is over if nothing changes; `Int64.max` when never.
  private(set) var finishesAt = Int64.max
  /// Whether this stage has come to its end.
  private var isOver = false
  /// Since when nothing has got through.
  private var stalledSince: Int64?
  /// How many bytes of this leg have been counted as carried by the links.
  private var credited: Int64 = 0
  private(set) var stage: Stage

  enum Stage {
    case lead, toRelay, toDestination

    /// The leg that follows in a transfer; `nil` after the last one.
    func next(in transfer: Transfer) -> Stage? {
      switch self {
      case .lead: transfer.relay == nil ? .toDestination : .toRelay
      case .toRelay: .toDestination
      case .toDestination: nil
      }
    }
  }

  init(number: UInt64, _ transfer: Transfer, at now: Int64) {
    self.number = number
    self.transfer = transfer
    left = FairAmount(transfer.bytes)
    stage = .lead
    let lead = max(0, transfer.lead.wholeNanoseconds)
    finishesAt = now.addingClamped(lead)
    if lead == 0, let first = stage.next(in: transfer) { begin(first, at: now) }
  }

  /// Goes on to the next leg, whose route must be laid then.
  mutating func begin(_ leg: Stage, at now: Int64) {
    stage = leg
    left = FairAmount(transfer.bytes)
    isOver = left.isZero
    finishesAt = isOver ? now : .max
    stalledSince = nil
    credited = 0
  }

  /// The sites between which this stage moves data; `nil` in the lead.
  var ends: (from: SiteID, to: SiteID)? { stage == .lead ? nil : transfer.ends(of: stage) }

  /// - Parameter isControlled: whether whoever has started the programs still reaches the source.
  mutating func lay(_ route: inout Route, isControlled: Bool) {
    places = route.places
    capacity = route.capacity
    guard isControlled else {
      limit = .zero
      return
    }
    limit = FairRate(min(route.limit(of: transfer.stream), transfer.limit ?? .unlimited))
    if let pace = transfer.pace, pace > .zero { limit = min(limit, FairRate(transfer.bytes, in: pace)) }
  }

  /// Sets what it moves at from now on. A stage that is over keeps the instant at which it was.
  mutating func move(at rate: FairRate, from now: Int64) {
    guard stage != .lead, !isOver else { return }
    self.rate = rate
    if rate > .zero {
      stalledSince = nil
    } else if stalledSince == nil {
      stalledSince = now
    }
    finishesAt = now.addingClamped(left.nanoseconds(at: rate) ?? .max)
  }

  /// Accounts for so many nanoseconds until now at its rate.
  mutating func advance(by elapsed: Int64, to now: Int64) {
    if now >= finishesAt {
      isOver = true
      left = FairAmount(.zero)
      rate = .zero
    } else {
      left.subtract(rate, for: elapsed)
    }
  }

  /// Whether this stage has come to its end, and in time.
  var isThrough: Bool { isOver && finishesAt <= deadline }

  /// Whether it has to be given up at `now`, and why.
  func failure(at now: Int64) -> TransferFailure.Reason? {
    if now >= deadline { return .timedOut }
    return now >= stallEnd ? .stalled : nil
  }

  /// When to look at it again if nothing changes; `Int64.max` when there is no such instant.
  var wakesAt: Int64 { min(finishesAt, deadline, stallEnd) }

  private var deadline: Int64 { transfer.deadline?.nanoseconds ?? .max }

  private var stallEnd: Int64 {
    guard let stalledSince, let limit = transfer.stallLimit else { return .max }
    return stalledSince.addingClamped(max(0, limit.wholeNanoseconds))
  }

  /// What has arrived at the destination.
  var arrived: ByteCount { stage == .toDestination ? moved : .zero }

  /// What this leg has moved since it was last asked, in whole bytes.
  mutating func takeUncredited() -> Int64 {
    guard stage != .lead else { return 0 }
    let moved = moved.bytes
    defer { credited = moved }
    return moved - credited
  }

  private var moved: ByteCount { max(.zero, transfer.bytes) - left.roundedUp }
}

extension Transfer {
  /// The sites between which a stage moves data.
  func ends(of leg: Flow.Stage) -> (from: SiteID, to: SiteID) {
    guard let relay else { return (source, destination) }
    return leg == .toRelay ? (source, relay) : (relay, destination)
  }
}
