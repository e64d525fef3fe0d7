import Failover

/// What to move, which way, and how long to try.
public struct Transfer: Sendable, Hashable {
  public var bytes: ByteCount
  public var source: SiteID
  public var destination: SiteID
  /// What the programs at its ends manage at most, such as rsync or a codec; `nil` for as much as the links give.
  public var limit: DataRate?
  /// The one TCP connection that carries it.
  public var stream: TCPStream
  /// When to give up; `nil` for never. Bytes that are through at this very instant are in time.
  public var deadline: VirtualClock.Instant?
  /// How long the connection outlives a time in which nothing gets through, like ssh's `ServerAliveInterval` times
  /// `ServerAliveCountMax`; `nil` for ever.
  public var stallLimit: Duration?

  public init(
    _ bytes: ByteCount, from source: SiteID, to destination: SiteID, limit: DataRate? = nil,
    stream: TCPStream = TCPStream(), until deadline: VirtualClock.Instant? = nil, stallLimit: Duration? = nil
  ) {
    self.bytes = bytes
    self.source = source
    self.destination = destination
    self.limit = limit
    self.stream = stream
    self.deadline = deadline
    self.stallLimit = stallLimit
  }
}

/// Why a transfer ended before its bytes were through.
public struct TransferFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// One of the hosts is gone.
    case lost = "connection lost"
    /// The deadline came.
    case timedOut = "timed out"
    /// Nothing got through for too long.
    case stalled
    /// The calling task was cancelled.
    case cancelled
  }

  public var reason: Reason
  /// What had been moved, rounded down to a byte.
  public var moved: ByteCount

  public init(_ reason: Reason, moved: ByteCount) {
    self.reason = reason
    self.moved = moved
  }

  public var description: String { "\(reason.rawValue) after \(moved)" }
}

/// A transfer under way.
struct Flow {
  let number: UInt64
  let transfer: Transfer
  /// The hops that it crosses.
  var places: [Int] = []
  /// The least capacity of a hop.
  var capacity = DataRate.zero
  /// What it moves at most beside that: by TCP and by its own limit.
  var limit = DataRate.zero
  private(set) var left: FairAmount
  private(set) var rate = FairRate.zero
  /// When its bytes are through if nothing changes; `Int64.max` when never.
  private(set) var finishesAt = Int64.max
  /// Since when nothing has got through.
  private var stalledSince: Int64?
  /// How many of its bytes have been counted as carried by the links.
  private var credited: Int64 = 0

  init(number: UInt64, _ transfer: Transfer) {
    self.number = number
    self.transfer = transfer
    left = FairAmount(transfer.bytes)
  }

  /// Sets what it moves at from now on. A flow whose bytes are through keeps the instant at which they were.
  mutating func move(at rate: FairRate, from now: Int64) {
    guard !left.isZero else {
      self.rate = .zero
      return
    }
    self.rate = rate
    if rate > .zero {
      stalledSince = nil
    } else if stalledSince == nil {
      stalledSince = now
    }
    let (end, overflow) = now.addingReportingOverflow(left.nanoseconds(at: rate) ?? .max)
    finishesAt = overflow ? .max : end
  }

  /// Accounts for so many nanoseconds until now at its rate.
  mutating func advance(by elapsed: Int64, to now: Int64) {
    if now >= finishesAt {
      left = FairAmount(.zero)
    } else {
      left.subtract(rate, for: elapsed)
    }
  }

  var moved: ByteCount { transfer.bytes - left.roundedUp }

  /// What it has moved since it was last asked, in whole bytes.
  mutating func takeUncredited() -> Int64 {
    defer { credited = moved.bytes }
    return moved.bytes - credited
  }

  var isThrough: Bool { left.isZero && finishesAt <= deadline }

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
    let (end, overflow) = stalledSince.addingReportingOverflow(limit.wholeNanoseconds)
    return overflow ? .max : end
  }
}
