import Failover

/// A marketplace as faults let it be seen.
struct FaultyMarketplace: GPUMarketplace {
  let world: World
  let market: any GPUMarketplace

  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "search"))
    var anyPrice = query
    anyPrice.maximumPrice = .unlimited
    let offers = try await market.search(anyPrice, timeout: left)
    return world.state { state in
      if state.faults.contains(where: { $0 == .noCapacity }) { return [] }
      let factor = state.faults.priceFactor
      return offers.map { offer in
        var offer = offer
        if factor != .one { offer.price = offer.price.scaled(by: factor) }
        return offer
      }.filter(query.accepts)
    }
  }

  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "create"))
    let isGone = world.state { state in
      state.faults.contains { $0 == .noCapacity }
        || state.faults.strikesNow { if case .offersVanish(let share) = $0 { share } else { nil } }
    }
    if isGone { try await world.refuse(PortError(.refused, "offer \(order.offer.id) is gone"), timeout: left) }
    return try await market.create(order, timeout: left)
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "start \(id)"))
    try await market.start(id, timeout: left)
  }

  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "stop \(id)"))
    try await market.stop(id, timeout: left)
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "describe \(id)"))
    return try await market.describe(id, timeout: left)
  }

  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "destroy \(id)"))
    try await market.destroy(id, timeout: left)
  }

  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "create a volume on \(machine)"))
    return try await market.createVolume(size: size, on: machine, timeout: left)
  }

  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.marketplace, timeout: timeout, "delete volume \(id)"))
    try await market.deleteVolume(id, timeout: left)
  }
}

/// A provider of standby machines as faults let it be seen.
struct FaultyCompute: ComputeProvider {
  let world: World
  let provider: any ComputeProvider

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    let left = timeout - (try await world.call(.compute, timeout: timeout, "create \(machine.machineType)"))
    try await refuseWhileSoldOut(timeout: left)
    return try await provider.create(machine, timeout: left)
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.compute, timeout: timeout, "start \(id)"))
    try await refuseWhileSoldOut(timeout: left)
    try await provider.start(id, timeout: left)
  }

  private func refuseWhileSoldOut(timeout: Duration) async throws(PortError) {
    guard world.state({ $0.faults.contains { $0 == .stockOut } }) else { return }
    try await world.refuse(PortError(.refused, "the zone has no machine left"), timeout: timeout)
  }

  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.compute, timeout: timeout, "stop \(id)"))
    try await provider.stop(id, timeout: left)
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    let left = timeout - (try await world.call(.compute, timeout: timeout, "describe \(id)"))
    return try await provider.describe(id, timeout: left)
  }

  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    let left = timeout - (try await world.call(.compute, timeout: timeout, "delete \(id)"))
    try await provider.delete(id, timeout: left)
  }
}
