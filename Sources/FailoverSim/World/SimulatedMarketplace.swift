import Failover

/// A marketplace with a list of offers and, when a trace is played, with capacity that comes and goes.
struct SimulatedMarketplace: GPUMarketplace {
  let world: World

  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    try await world.pause(\.samplers.search, timeout: timeout, "search")
    return world.state { $0.hasCapacity } ? world.model.marketplace.offers.filter(query.accepts) : []
  }

  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    let offer = order.offer
    try await world.pause(\.samplers.create, timeout: timeout, "create")
    guard world.state({ $0.hasCapacity }) else {
      throw PortError(.refused, "offer \(offer.id) is gone")
    }
    let (id, boot) = world.state { state in (add(offer, to: &state), state.samplers.boot.next()) }
    // In a trace the wait for capacity holds the launch: what is rented after it runs at once.
    if case .trace = world.model.interruptions {
      start(id)
    } else {
      world.simulation.schedule(after: boot) { start(id) }
    }
    return id
  }

  private func add(_ offer: Offer, to state: inout WorldState) -> InstanceID {
    let names = world.model.marketplace.newInstances
    let number = state.instancesCreated
    state.instancesCreated += 1
    let isNamed = number < names.count
    let id = isNamed ? names[number].id : InstanceID("\(1001 + number)")
    let address =
      isNamed ? names[number].address : HostAddress(host: "gpu-\(1001 + number).example", port: 22)
    state.addHost(
      SimulatedHost(
        id: id, role: .gpu, address: address, price: offer.price, status: .provisioning,
        sshReadyAt: .start, machine: offer.machine))
    return id
  }

  /// The instance has booted, unless it was given back meanwhile.
  private func start(_ id: InstanceID) {
    let now = world.simulation.clock.now
    let started = world.state { state in
      guard state.hosts[id]?.status == .provisioning else {
        return false
      }
      var untilSSH = state.samplers.sshStart.next()
      if case .trace = world.model.interruptions { untilSSH = .zero }
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
    world.state { $0.removeHost(id) }
    world.disrupt()
  }

  // TODO volumes, start and stop
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {}
  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID { VolumeID("1") }
  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {}
}
