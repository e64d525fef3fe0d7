import Failover

/// Something that data crosses: an access line, a data centre's uplink, the long way between two regions.
///
/// A link has two directions, forward and backward, that share nothing. Seen from a site, the forward direction of its
/// access links leads away from it: an upload.
public struct Link: Sendable, Hashable {
  /// For reports and for finding it again; unique in a network.
  public var name: String
  public var forwardCapacity: DataRate
  public var backwardCapacity: DataRate
  /// How long a packet takes to cross it, either way; zero or more.
  public var latency: Duration
  /// The share of packets that it loses, either way, from 0 to 1.
  public var loss: Ratio

  /// - Parameters:
  ///   - capacity: what it carries forward, in bytes per second.
  ///   - backwardCapacity: what it carries backward; as much, when `nil`.
  public init(
    _ name: String, capacity: DataRate = .unlimited, backwardCapacity: DataRate? = nil, latency: Duration = .zero,
    loss: Ratio = .zero
  ) {
    self.name = name
    forwardCapacity = capacity
    self.backwardCapacity = backwardCapacity ?? capacity
    self.latency = latency
    self.loss = loss
  }
}

/// What is wrong with a link for a while. Several faults on one link add up: factors and arrivals multiply, latencies
/// add, and one that blocks blocks.
public struct LinkFault: Sendable, Hashable {
  /// What is left of the capacity; zero or more, each result rounded down to a byte per second.
  public var capacityFactor: Ratio
  /// On top of the link's latency, one way; zero or more.
  public var extraLatency: Duration
  /// What the link's latency counts as at least, one way, before anything is added: where a model leaves distance out
  /// until it plays a part. The greatest of several counts.
  public var leastLatency: Duration
  /// On top of the link's loss: the share of what would have arrived that does not, from 0 to 1.
  public var loss: Ratio
  /// Whether nothing gets through at all.
  public var isBlocked: Bool

  public init(
    capacityFactor: Ratio = .one, extraLatency: Duration = .zero, leastLatency: Duration = .zero, loss: Ratio = .zero,
    isBlocked: Bool = false
  ) {
    self.capacityFactor = capacityFactor
    self.extraLatency = extraLatency
    self.leastLatency = leastLatency
    self.loss = loss
    self.isBlocked = isBlocked
  }

  /// A link that is cut.
  public static let blocked = LinkFault(isBlocked: true)
}

/// Names a link of one network; it means nothing to another.
public struct LinkID: Sendable, Hashable {
  let index: Int

  public var forward: Hop { Hop(link: self, direction: .forward) }
  public var backward: Hop { Hop(link: self, direction: .backward) }
}

/// Names a place of one network that sends and receives: a machine, a store, a provider's interface. It means nothing
/// to another network.
public struct SiteID: Sendable, Hashable {
  let index: Int
}

/// Names a fault that has been laid on a link, to lift it.
public struct FaultID: Sendable, Hashable {
  let number: Int
}

/// One direction of one link.
public struct Hop: Sendable, Hashable {
  public enum Direction: Sendable, Hashable {
    case forward, backward
  }

  public var link: LinkID
  public var direction: Direction

  public init(link: LinkID, direction: Direction) {
    self.link = link
    self.direction = direction
  }

  /// The other direction of the same link.
  public var reversed: Hop { Hop(link: link, direction: direction == .forward ? .backward : .forward) }

  /// Its place in a list that holds both directions of every link; that of the other direction differs in the last bit.
  var place: Int { link.index << 1 | (direction == .forward ? 0 : 1) }
}
