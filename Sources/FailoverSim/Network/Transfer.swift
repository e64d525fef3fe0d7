import Failover

/// What to move, which way, and how long to try.
public struct Transfer: Sendable, Hashable {
  public var bytes: ByteCount
  public var source: SiteID
  public var destination: SiteID
  /// A site at which everything arrives before any of it is sent on; `nil` for the straight way.
  public var relay: SiteID?
  /// How long its programs work before the first byte moves, such as rsync over the list of files; zero or more.
  public var lead: Duration
  /// What its programs manage at most, such as rsync or a codec; `nil` for as much as the links give.
  public var limit: DataRate?
  /// How long a leg takes at least, whatever the links: what else is done with the bytes at the same time, such as
  /// reading and compressing them. They flow at an even pace. `nil` for nothing.
  public var pace: Duration?
  /// The site from which the programs at the source have been started, over a connection that must not break: while it
  /// is cut, nothing leaves the source. `nil` when they need none beside that of the data.
  public var control: SiteID?
  /// The kind of TCP connection; there is one on each leg of the way.
  public var stream: TCPStream
  /// When to give up; `nil` for never. Bytes that are through at this very instant are in time.
  public var deadline: VirtualClock.Instant?
  /// How long a connection outlives a time in which nothing gets through, like ssh's `ServerAliveInterval` times
  /// `ServerAliveCountMax`; `nil` for ever.
  public var stallLimit: Duration?

  public init(
    _ bytes: ByteCount, from source: SiteID, to destination: SiteID, by relay: SiteID? = nil,
    after lead: Duration = .zero, limit: DataRate? = nil, pace: Duration? = nil, control: SiteID? = nil,
    stream: TCPStream = TCPStream(), until deadline: VirtualClock.Instant? = nil, stallLimit: Duration? = nil
  ) {
    self.bytes = bytes
    self.source = source
    self.destination = destination
    self.relay = relay
    self.lead = lead
    self.limit = limit
    self.pace = pace
    self.control = control
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
  /// What had arrived at the destination, rounded down to a byte.
  public var arrived: ByteCount

  /// Of a transfer that was lost: when it would have been through, as things stood; `nil` for never.
  public var foreseenEnd: VirtualClock.Instant?

  /// Whether everything had arrived at the relay; false where there is none.
  public var isPastRelay = false

  public init(_ reason: Reason, arrived: ByteCount) {
    self.reason = reason
    self.arrived = arrived
  }

  public var description: String { "\(reason.rawValue), \(arrived) arrived" }
}
