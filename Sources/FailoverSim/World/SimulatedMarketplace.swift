import Failover

/// A marketplace with a list of offers, with machines that can be lost and, when a trace is played, with capacity that
/// comes and goes.
struct SimulatedMarketplace: GPUMarketplace {
  let world: World
  /// Whose GPUs are rented.
  var workspace = 0

  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    try await world.pause(\.samplers.search, timeout: timeout, "search")
    let market = world.model.marketplace
    let now = world.simulation.clock.now
    return world.state { state in
      let found = market.offers.filter { query.accepts($0) && state.canRent($0, market, at: now) }
      if found.isEmpty, let machine = query.machine { state.noteOutOfReach(machine) }
      return found
    }
  }

  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    let offer = order.offer
    try await world.pause(\.samplers.create, timeout: timeout, "create")
    let now = world.simulation.clock.now
    let (id, boot) = try world.state { state throws(PortError) in
      guard state.canRent(offer, world.model.marketplace, at: now) else {
        state.noteOutOfReach(offer.machine)
        throw PortError(.refused, "offer \(offer.id) is gone")
      }
      return (try add(order, to: &state), state.samplers.boot.next())
    }
    // In a trace the wait for capacity holds the launch: what is rented after it runs at once.
    if case .trace = world.model.interruptions {
      begin(id) { _ in .zero }
    } else {
      world.simulation.schedule(after: boot) { begin(id) { $0.samplers.sshStart.next() } }
    }
    return id
  }

  private func add(_ order: InstanceOrder, to state: inout WorldState) throws(PortError) -> InstanceID {
    let offer = order.offer
    var volume: Int?
    if let wanted = order.volume {
      volume = state.disk(of: wanted)
      guard let volume, state.disks[volume].machine == offer.machine else {
        throw PortError(.notFound, "volume \(wanted) on machine \(offer.machine)")
      }
    }
    let names = world.model.marketplace.newInstances
    let number = state.instancesCreated
    state.instancesCreated += 1
    let isNamed = number < names.count
    let id = isNamed ? names[number].id : InstanceID("\(1001 + number)")
    let address =
      isNamed ? names[number].address : HostAddress(host: "gpu-\(1001 + number).example", port: 22)
    let host = SimulatedHost(
      id: id, role: .gpu, address: address, price: offer.price, status: .provisioning,
      sshReadyAt: .start, workspace: workspace, machine: offer.machine, offer: offer.id)
    if let volume { state.addHost(host, on: volume) } else { state.addHost(host) }
    return id
  }

  /// The instance has booted, unless it was stopped, lost or given back meanwhile; ssh answers a time later.
  func begin(_ id: InstanceID, untilSSH: (inout WorldState) -> Duration) {
    let now = world.simulation.clock.now
    let started = world.state { state in
      guard state.hosts[id]?.status == .provisioning else {
        return false
      }
      let untilSSH = untilSSH(&state)
      state.hosts.update(id) {
        $0.status = .running
        $0.sshReadyAt = now.advanced(by: untilSSH)
      }
      return true
    }
    guard started else { return }
    world.scheduleEndOfLife(of: id)
    world.scheduleFalseAlarms(of: id)
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await world.pause(\.samplers.describe, timeout: timeout, "describe \(id)")
    guard let host = world.state({ $0.hosts[id] }) else {
      throw PortError(.notFound, "instance \(id)")
    }
    return host.description
  }

  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.destroy, timeout: timeout, "destroy \(id)")
    world.state { state in
      if let host = state.hosts[id], !host.hasServed { state.noteOutOfReach(disk: host.disk) }
      state.removeHost(id)
    }
    world.disrupt()
  }
}
