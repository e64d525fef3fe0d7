import Failover

/// A provider of virtual machines with one machine to give.
struct SimulatedCompute: ComputeProvider {
  let world: World

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await world.pause(\.samplers.standbyCreation, timeout: timeout, "create \(machine.machineType)")
    let model = world.model.standby
    let now = world.simulation.clock.now
    return world.state { state in
      let host = SimulatedHost(
        id: model.id, role: .standby, address: model.address, price: machine.price, status: .running,
        sshReadyAt: now)
      state.addHost(host, holding: model.startsFilled ? Content(history: 0, written: .zero) : .empty)
      return host.description
    }
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.standbyCreation, timeout: timeout, "start \(id)")
    let now = world.simulation.clock.now
    try world.state { state throws(PortError) in
      guard state.hosts[id] != nil else { throw PortError(.notFound, "machine \(id)") }
      state.hosts.update(id) {
        $0.status = .running
        $0.sshReadyAt = now
      }
    }
  }

  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.standbyDescribe, timeout: timeout, "stop \(id)")
    let now = world.simulation.clock.now
    try world.state { state throws(PortError) in
      guard state.hosts[id] != nil else { throw PortError(.notFound, "machine \(id)") }
      state.settle(at: now)
      state.stopServing(id)
      state.hosts.update(id) { $0.status = .stopped }
    }
    world.disrupt()
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await world.pause(\.samplers.standbyDescribe, timeout: timeout, "describe \(id)")
    guard let host = world.state({ $0.hosts[id] }) else {
      throw PortError(.notFound, "machine \(id)")
    }
    return host.description
  }

  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.standbyDescribe, timeout: timeout, "delete \(id)")
    world.state { $0.removeHost(id) }
    world.disrupt()
  }
}
