import Failover

/// The way of lone transfers between the same sites, worked out once for as long as nothing changes: one sync after the
/// other takes it.
struct LoneWay {
  private let source: SiteID
  private let destination: SiteID
  private let relay: SiteID?
  private let control: SiteID?
  private let stream: TCPStream
  private let limit: DataRate?
  /// What a transfer moves at on each leg, alone; without a relay the first is not used.
  private let firstRate: DataRate
  private let lastRate: DataRate
  /// What has been moved and not been counted at the links yet.
  private var carried: Int64 = 0

  init(of transfer: Transfer, in topology: inout Topology) {
    source = transfer.source
    destination = transfer.destination
    relay = transfer.relay
    control = transfer.control
    stream = transfer.stream
    limit = transfer.limit
    func rate(_ leg: Flow.Stage) -> DataRate {
      let (from, to) = transfer.ends(of: leg)
      guard topology.isControlled(transfer, in: leg) else { return .zero }
      let route = topology.route(from: from, to: to)
      let limit = min(topology.routes[route].limit(of: transfer.stream), transfer.limit ?? .unlimited)
      return min(topology.routes[route].capacity, limit)
    }
    firstRate = rate(.toRelay)
    lastRate = rate(.toDestination)
  }

  /// Whether a transfer takes this way at these rates.
  func serves(_ transfer: Transfer) -> Bool {
    transfer.source == source && transfer.destination == destination && transfer.relay == relay
      && transfer.control == control && transfer.stream == stream && transfer.limit == limit
  }

  /// When a transfer that begins now is through if nothing happens before; `nil` when something stops it first.
  func end(of transfer: Transfer, from now: Int64) -> Int64? {
    var end = now.addingClamped(max(0, transfer.lead.wholeNanoseconds))
    if relay != nil {
      guard let duration = nanoseconds(of: .toRelay, of: transfer) else { return nil }
      end = end.addingClamped(duration)
    }
    guard let duration = nanoseconds(of: .toDestination, of: transfer) else { return nil }
    end = end.addingClamped(duration)
    return end < .max && end <= transfer.deadline?.nanoseconds ?? .max ? end : nil
  }

  /// How long one leg takes; `nil` when it never ends.
  func nanoseconds(of leg: Flow.Stage, of transfer: Transfer) -> Int64? {
    guard let alone = (leg == .toRelay ? firstRate : lastRate).nanoseconds(for: transfer.bytes) else { return nil }
    // Nothing to move takes no time, whatever the pace.
    guard let pace = transfer.pace, transfer.bytes > .zero else { return alone }
    return max(alone, pace.wholeNanoseconds)
  }

  /// Counts a transfer as carried.
  mutating func add(_ transfer: Transfer) { carried = carried.addingClamped(max(0, transfer.bytes.bytes)) }

  /// Hands over to the links what has been counted here.
  mutating func credit(to topology: inout Topology) {
    guard carried > 0 else { return }
    let legs = relay.map { [(source, $0), ($0, destination)] } ?? [(source, destination)]
    for (from, to) in legs {
      let route = topology.route(from: from, to: to)
      topology.credit(carried, over: topology.routes[route].places)
    }
    carried = 0
  }
}

extension DataRate {
  /// As `duration(for:)`, in nanoseconds and without 128-bit arithmetic; `nil` also when 64 bits do not hold the
  /// number.
  fileprivate func nanoseconds(for amount: ByteCount) -> Int64? {
    let rate = UInt64(clamping: bytesPerSecond)
    let product = UInt64(clamping: amount.bytes).multipliedFullWidth(by: 1_000_000_000)
    // Also sees to it that the rate is not zero.
    guard product.high < rate else { return nil }
    let (quotient, remainder) = rate.dividingFullWidth(product)
    return Int64(exactly: remainder == 0 ? quotient : quotient &+ 1)
  }
}
