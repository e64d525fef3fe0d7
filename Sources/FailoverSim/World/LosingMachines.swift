import Failover

extension World {
  /// Takes a GPU away: it stops without a warning, and every connection to it breaks. With the probability that the model
  /// names its whole machine goes.
  public func interrupt(_ id: InstanceID, cause: String) {
    guard let host = state({ $0.hosts[id] }), host.isUp else { return }
    if let machine = host.machine, takesMachine(host) {
      lose(machine, cause: cause, number: host.number)
    } else {
      takeAway(host, leaving: .stopped, cause: cause)
      rentToOthers(host)
      disrupt()
    }
  }

  /// Takes a physical machine away, with every instance and every volume on it.
  ///
  /// - Parameter number: which draw says how long it is gone; that of the GPU which was interrupted.
  public func lose(_ machine: MachineID, cause: String, number: Int? = nil) {
    let now = simulation.clock.now
    let outage = model.machines.outage.sampleDuration(
      simulation.stream("machine outage"), at: UInt64(number ?? 0))
    let (running, volumes) = state { state in
      state.settle(at: now)
      state.supply.lose(machine, until: now.advanced(by: outage))
      var volumes: [VolumeID] = []
      for index in state.disks.indices where state.disks[index].machine == machine && !state.disks[index].isLost {
        if let volume = state.disks[index].volume { volumes.append(volume) }
        state.disks[index].isLost = true
      }
      let there = state.hosts.existing.filter { $0.machine == machine }
      for host in there where !host.isUp { state.hosts.update(host.id) { $0.status = .offline } }
      return (there.filter(\.isUp), volumes)
    }
    for host in running { takeAway(host, leaving: .offline, cause: cause) }
    record(.machineLost(machine), on: .marketplace)
    for volume in volumes { record(.volumeLost(volume), on: .marketplace) }
    disrupt()
  }

  private func takeAway(_ host: SimulatedHost, leaving status: InstanceStatus, cause: String) {
    let now = simulation.clock.now
    let unsynced = state { state in
      state.settle(at: now)
      let unsynced = state.unsynced(of: host)
      if !state.workspaces.contains(where: { $0.serving == host.id }) { state.noteOutOfReach(disk: host.disk) }
      state.hosts.update(host.id) { $0.status = status }
      state.stopServing(host.id)
      return unsynced
    }
    record(.interrupted(host.id, cause: cause, unsynced: unsynced), on: .gpu(host.id))
  }

  /// Whoever has taken an offer's single GPU keeps it for a while.
  private func rentToOthers(_ host: SimulatedHost) {
    guard let offer = host.offer, model.marketplace.singleGPUs.contains(offer), let number = host.number else { return }
    let stream = simulation.stream("rentals of interrupted GPUs")
    let rental = model.machines.rentalByOthers.sampleDuration(stream, at: UInt64(number))
    let end = simulation.clock.now.advanced(by: rental)
    state { $0.supply.rentToOthers(offer, until: end) }
  }

  /// The n-th GPU has the n-th luck, whatever the strategy.
  private func takesMachine(_ host: SimulatedHost) -> Bool {
    let probability = model.machines.interruptionTakesMachine
    guard probability > .zero, let number = host.number else { return false }
    var draw = simulation.stream("machine losses").draw(UInt64(number))
    return draw.nextChance(probability)
  }
}

extension Draw {
  /// True with a probability from 0 to 1.
  mutating func nextChance(_ probability: Ratio) -> Bool {
    nextChance(numerator: UInt64(clamping: probability.numerator), over: UInt64(clamping: probability.denominator))
  }
}
