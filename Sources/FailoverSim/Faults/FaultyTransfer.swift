import Failover

/// A pass of rsync whose way faults can slow, stall and break.
struct FaultyTransfer {
  struct End {
    let spot: Spot
    let id: InstanceID
    let address: HostAddress

    init(_ host: SimulatedHost) {
      spot = Spot(host)
      id = host.id
      address = host.address
    }
  }

  let source: End
  let destination: End
  let bytes: ByteCount
  /// The listing of the source before anything is sent.
  let scan: Duration
  let route: SyncRoute
}

extension World {
  /// Moves the bytes of a pass: on a relay first to the orchestrator's machine, then on.
  ///
  /// - Throws: `.unreachable` when a host is lost, or nothing has got through for `NetworkModel.keepAlive`; `.diskFull`
  ///   once the destination has no room left; `.timedOut`; `.cancelled`.
  func carry(_ transfer: FaultyTransfer, until deadline: VirtualClock.Instant) async throws(PortError) {
    let clock = simulation.clock
    let (source, destination) = (transfer.source, transfer.destination)
    let listed = clock.now.advanced(by: transfer.scan)
    try await sleepUnlessLost(transfer, until: min(listed, deadline))
    guard listed <= deadline else { throw PortError(.timedOut, "sync to \(destination.address)") }
    let room = state { $0.disk(of: destination.id, capacity: model.faults.standbyDisk, at: clock.now) }
      .map { $0.capacity - $0.used }
    let fitting = min(transfer.bytes, room ?? transfer.bytes)
    switch transfer.route {
    case .direct: try await move(fitting, of: transfer, from: source.spot, to: destination.spot, until: deadline)
    case .relay:
      try await move(transfer.bytes, of: transfer, from: source.spot, to: .orchestrator, until: deadline)
      try await move(fitting, of: transfer, from: .orchestrator, to: destination.spot, until: deadline)
    }
    if fitting < transfer.bytes {
      throw PortError(
        .diskFull, "\(transfer.bytes) to write, room for \(fitting) on \(destination.id)", host: destination.address)
    }
  }

  /// Listing the source; a host that is lost meanwhile ends it.
  private func sleepUnlessLost(
    _ transfer: FaultyTransfer, until deadline: VirtualClock.Instant
  ) async throws(PortError) {
    try await wait(until: deadline, "sync") { Self.loss(in: transfer, $0) }
  }

  private static func loss(in transfer: FaultyTransfer, _ state: WorldState) -> PortError? {
    let lost = [transfer.source, transfer.destination].first { state.hosts[$0.id]?.isUp != true }
    return lost.map {
      PortError(.unreachable, "connection to \($0.id) lost during the transfer", host: $0.address)
    }
  }

  private func move(
    _ bytes: ByteCount, of transfer: FaultyTransfer, from: Spot, to: Spot, until deadline: VirtualClock.Instant
  ) async throws(PortError) {
    let clock = simulation.clock
    var left = bytes
    var stalledSince: VirtualClock.Instant?
    while left > .zero {
      let now = clock.now
      let (loss, rate, disruption) = state { state in
        (Self.loss(in: transfer, state), Self.rate(from: from, to: to, of: transfer, state, model.network), state.disruption)
      }
      if let loss { try await give(up: loss, after: model.network.keepAlive, until: deadline) }
      if rate > .zero { stalledSince = nil } else if stalledSince == nil { stalledSince = now }
      // ssh gives a silent connection up.
      let giveUp = stalledSince?.advanced(by: model.network.keepAlive)
      let end = giveUp ?? rate.duration(for: left).map { now.advanced(by: $0) } ?? deadline
      let wasDisturbed: Bool
      do {
        wasDisturbed = try await simulation.sleep(until: min(end, deadline), unless: disruption)
      } catch {
        throw PortError(.cancelled, "sync")
      }
      if wasDisturbed {
        left = left - rate.amount(in: now.duration(to: clock.now))
      } else if end > deadline {
        throw PortError(.timedOut, "sync to \(transfer.destination.address)")
      } else if giveUp != nil {
        let silent = from == .orchestrator ? transfer.destination : transfer.source
        throw PortError(.unreachable, "nothing got through from \(from.name) to \(to.name)", host: silent.address)
      } else {
        return
      }
    }
  }

  private func give(
    up error: PortError, after delay: Duration, until deadline: VirtualClock.Instant
  ) async throws(PortError) {
    let left = simulation.clock.now.duration(to: deadline)
    try await fail(error, after: min(delay, left), timeout: left)
  }

  /// What gets through now: nothing between machines that are frozen or cut off, or when the source, which runs rsync,
  /// is cut off from the orchestrator, which has started it.
  private static func rate(
    from: Spot, to: Spot, of transfer: FaultyTransfer, _ state: WorldState, _ network: NetworkModel
  ) -> DataRate {
    guard !state.faults.isEmpty else { return network.rate }
    if state.faults.isFrozen(from) || state.faults.isFrozen(to) { return .zero }
    let links = state.faults.links
    guard links.areConnected(.orchestrator, transfer.source.spot) || from == .orchestrator else { return .zero }
    return links.rate(from: from, to: to, network)
  }
}
