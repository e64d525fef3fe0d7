import Failover

/// A provider of virtual machines that has as many as are wanted.
struct SimulatedCompute: ComputeProvider {
  let world: World

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await world.pause(\.samplers.standbyCreation, timeout: timeout, "create \(machine.machineType)")
    let model = world.model.standby
    let now = world.simulation.clock.now
    let host = world.state { state in
      let number = state.hosts.standbysCreated
      let (id, address) = model.name(ofMachine: number)
      let host = SimulatedHost(
        id: id, role: .standby, address: address, price: machine.price, status: .running, sshReadyAt: now)
      // An image holds what was there when it was made: at the start.
      let isFilled = model.startsFilled && number == 0
      state.addHost(host, holding: isFilled ? .initial : .empty, of: Array(state.workspaces.indices))
      return host
    }
    world.schedulePreemption(of: host.id)
    return host.description
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.standbyCreation, timeout: timeout, "start \(id)")
    let now = world.simulation.clock.now
    try world.state { state throws(PortError) in
      guard let host = state.hosts[id] else { throw PortError(.notFound, "machine \(id)") }
      if host.isUp { return }
      state.hosts.update(id) {
        $0.status = .running
        $0.sshReadyAt = now
      }
      // Users who were sent here and found nobody find it again.
      for number in state.workspaces.indices where state.workspaces[number].endpoint == host.address {
        state.serve(host.address, number, at: now)
      }
    }
    world.schedulePreemption(of: id)
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
