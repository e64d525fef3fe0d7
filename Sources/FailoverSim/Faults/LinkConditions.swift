import Failover

/// What faults make of the ways between places at one moment.
struct LinkConditions {
  private let faults: [ActiveFaults.Active]

  init(_ all: [ActiveFaults.Active]) { faults = all.filter { $0.kind.way != nil } }

  /// The round trip of a path to which a fault adds loss or delay: 24 ms, that of the measured "single ssh stream" in
  /// a discussion of slow rsync (serverfault.com/questions/434724). Without such a fault distance plays no part.
  static let roundTrip = Duration.milliseconds(24)

  /// Round trips from the first packet until a command runs by ssh: one each for the TCP handshake, the version strings,
  /// the algorithms, the keys, the request of the authentication service, the offered key, its signature, and the
  /// channel with its command (RFC 4253, 4252 and 4254).
  static let roundTripsToLogIn = 8

  private func hitting(_ from: Spot, _ to: Spot) -> [FaultKind] {
    faults.filter { fault in
      fault.spots == [from, to] || (fault.kind.way?.isOneWay == false && fault.spots == [to, from])
    }.map(\.kind)
  }

  /// Whether a packet sent from one place arrives at the other.
  func isOpen(from: Spot, to: Spot) -> Bool {
    !hitting(from, to).contains { if case .partition = $0 { true } else { false } }
  }

  /// Whether a TCP connection works: packets arrive both ways.
  func areConnected(_ a: Spot, _ b: Spot) -> Bool {
    faults.isEmpty || isOpen(from: a, to: b) && isOpen(from: b, to: a)
  }

  /// By how much a question and its answer take longer.
  func addedRoundTrip(_ a: Spot, _ b: Spot) -> Duration {
    (hitting(a, b) + hitting(b, a)).reduce(.zero) { sum, kind in
      if case .latency(_, let added) = kind { sum + added } else { sum }
    }
  }

  /// What one stream of rsync over ssh moves from one place to another; zero when it moves nothing.
  func rate(from: Spot, to: Spot, _ network: NetworkModel) -> DataRate {
    guard !faults.isEmpty else { return network.rate }
    guard areConnected(from, to) else { return .zero }
    var link = network.link
    var arriving = 1.0
    for kind in hitting(from, to) {
      switch kind {
      case .slowLink(_, .factor(let factor)):
        link = DataRate(bytesPerSecond: factor.of(ByteCount(link.bytesPerSecond)).bytes)
      case .slowLink(_, .rate(let rate)): link = min(link, rate)
      case .packetLoss(_, let share): arriving *= 1 - share.value
      default: break
      }
    }
    let added = addedRoundTrip(from, to)
    guard added > .zero || arriving < 1 else { return min(link, network.rsync) }
    let path = PathModel(roundTrip: Self.roundTrip + added, loss: 1 - arriving)
    return min(min(link, network.rsync), path.limit(of: .ssh))
  }
}
