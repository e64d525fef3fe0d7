import Failover

// Stopping and starting, and volumes.

extension SimulatedMarketplace {
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.stop, timeout: timeout, "stop \(id)")
    let now = world.simulation.clock.now
    try world.state { state throws(PortError) in
      guard let host = state.hosts[id] else { throw PortError(.notFound, "instance \(id)") }
      guard host.status != .offline else { return }
      state.settle(at: now)
      state.stopServing(id)
      state.hosts.update(id) { $0.status = .stopped }
    }
    world.disrupt()
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.start, timeout: timeout, "start \(id)")
    guard let host = world.state({ $0.hosts[id] }) else { throw PortError(.notFound, "instance \(id)") }
    switch host.status {
    case .offline: throw PortError(.refused, "the machine of instance \(id) is offline")
    case .running, .provisioning:
      // Told to run, it is no mere second GPU any more.
      guard host.number == nil else { return }
      world.state { $0.hosts.makeCandidate(id) }
      if host.isUp { world.scheduleEndOfLife(of: id) }
    case .stopped: try startStopped(host)
    }
  }

  private func startStopped(_ host: SimulatedHost) throws(PortError) {
    let id = host.id
    let wait = obstacle(to: host)
    if let wait, world.model.machines.whenRentedAway == .refused || wait == .forAnotherInstance {
      world.state { $0.noteOutOfReach(disk: host.disk) }
      world.record(.rentedAway(id), on: .gpu(id))
      throw PortError(.refused, "the GPU of instance \(id) is rented to somebody else")
    }
    world.state { $0.hosts.update(id) { $0.status = .provisioning } }
    guard let wait else { return resume(id) }
    world.record(.rentedAway(id), on: .gpu(id))
    switch wait {
    case .until(let instant): world.simulation.schedule(at: instant) { resume(id) }
    case .forCapacity: world.state { $0.supply.waiting.append(id) }
    case .forAnotherInstance: break
    }
  }

  private enum Obstacle: Equatable {
    case until(VirtualClock.Instant)
    case forCapacity
    /// Another instance of the same customer has the GPU.
    case forAnotherInstance
  }

  /// What keeps the GPU of a stopped instance from running again; `nil` when it is free.
  private func obstacle(to host: SimulatedHost) -> Obstacle? {
    let now = world.simulation.clock.now
    let machines = world.model.machines
    let number = world.state { state in
      defer { state.supply.starts += 1 }
      return state.supply.starts
    }
    func rental(_ name: String) -> RandomStream { world.simulation.stream(name) }
    var chance = rental("standby rented away").draw(number)
    if chance.nextChance(machines.standbyRentedAway) {
      let length = machines.rentalByOthers.sampleDuration(rental("rentals of stopped GPUs"), at: number)
      let end = now.advanced(by: length)
      if let offer = host.offer { world.state { $0.supply.rentToOthers(offer, until: end) } }
      return .until(end)
    }
    return world.state { state in
      guard state.hasCapacity else { return .forCapacity }
      guard let offer = host.offer, world.model.marketplace.singleGPUs.contains(offer) else { return nil }
      if let end = state.supply.othersKeep(offer, at: now) { return .until(end) }
      return state.holder(of: offer) == nil ? nil : .forAnotherInstance
    }
  }

  /// The GPU is there: the instance runs again after the time that takes.
  func resume(_ id: InstanceID) {
    guard world.state({ $0.hosts[id]?.status }) == .provisioning else { return }
    let delay = world.state { $0.samplers.resume.next() }
    world.simulation.schedule(after: delay) {
      world.state { if $0.hosts[id]?.status == .provisioning { $0.hosts.makeCandidate(id) } }
      begin(id) { $0.samplers.sshAfterResume.next() }
    }
  }

  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    try await world.pause(\.samplers.createVolume, timeout: timeout, "create a volume on machine \(machine)")
    let now = world.simulation.clock.now
    return try world.state { state throws(PortError) in
      guard world.model.marketplace.offers.contains(where: { $0.machine == machine }) else {
        throw PortError(.notFound, "machine \(machine)")
      }
      guard !state.supply.isLost(machine, at: now) else { throw PortError(.refused, "machine \(machine) is offline") }
      return state.addVolume(size, on: machine)
    }
  }

  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.deleteVolume, timeout: timeout, "delete volume \(id)")
    try world.state { state throws(PortError) in
      guard let disk = state.disk(of: id) else { return }
      if let user = state.hosts.existing.first(where: { $0.disk == disk }) {
        throw PortError(.refused, "instance \(user.id) still uses volume \(id)")
      }
      state.disks[disk].isLost = true
    }
  }
}
