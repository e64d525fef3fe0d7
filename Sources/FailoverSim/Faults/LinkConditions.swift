import Failover

/// What faults make of the ways between places at one moment, for questions and answers; the bytes of transfers feel
/// them through the links of the network, on which they are laid as well.
struct LinkConditions {
  private let faults: [ActiveFaults.Active]

  init(_ all: [ActiveFaults.Active]) { faults = all.filter { $0.kind.way != nil } }

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
}
