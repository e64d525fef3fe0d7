/// How often in a row a recovery is tried on the volume's machine before it goes elsewhere with another copy of the
/// workspace, or with none, when the provider does not know the volume any more.
private let maximumReturns = 3

extension Orchestrator {
  /// Chooses a GPU on the machine that holds the volume of the workspace: nothing has to be copied there.
  ///
  /// A machine that the provider cannot reach is given up, with its volume: nobody knows whether it comes back.
  ///
  /// - Returns: whether there is one; `false` also without such a volume.
  /// - Throws: `RecoveryFailure` when there is none although the machine is there, and its volume is the only copy of the
  ///   workspace: an empty GPU would be no service, so the next attempt asks again.
  func returnToMachine() async throws -> Bool {
    let pool = snapshot.warmPool
    guard let machine = pool.machine else { return false }
    try await giveBackAbandoned()
    let isHopeless = pool.returns >= maximumReturns && (hasAnotherCopy || pool.isVolumeMissing)
    let isGone = try await isGone(machine)
    if isHopeless || isGone {
      update { $0.giveUpVolume() }
      return false
    }
    try await fencePrimary()
    if try await takeOverSecondGPU() { return true }
    var query = strategy.recovery.query
    query.machine = machine
    let offers = try await step("search") { () async throws(PortError) in
      try await ports.marketplace.search(query, timeout: strategy.timeouts.api)
    }
    let ranked = query.ranked(offers)
    guard !ranked.isEmpty else {
      if hasAnotherCopy { return false }
      let error = PortError(.refused, "machine \(machine) has the only copy and no free GPU")
      throw RecoveryFailure(step: "search", error)
    }
    if warmPool != nil { try enterPool(.provisioning) }
    choose(ranked)
    update { $0.warmPool.returns += 1 }
    return true
  }

  /// The offers of the machine that is to hold the pool, best first; `nil` when the strategy has no warm pool or no machine
  /// has enough GPUs.
  func poolOffers(among offers: [Offer]) throws -> [Offer]? {
    guard let pool = warmPool else { return nil }
    // An earlier attempt may have got as far as a machine.
    if snapshot.warmPool.state == .provisioning { try enterPool(.degraded) }
    try enterPool(.searching)
    let machines = pool.machines(among: offers, for: strategy.recovery.query)
    guard let best = machines.first else {
      record(.noMachine, on: .marketplace)
      try enterPool(.degraded)
      return nil
    }
    record(.machinesFound(machines.count, chosen: best.machine), on: .marketplace)
    try enterPool(.provisioning)
    return best.offers
  }

  /// Notes the choice of a search; the other offers are the second choice.
  func choose(_ ranked: [Offer]) {
    guard let best = ranked.first else { return }
    update { [now] in
      $0.recovery?.offer = best
      $0.cachedOffers = Array(ranked.dropFirst())
      $0.cachedAt = now
    }
    record(.offersFound(acceptable: ranked.count, chosen: best, fromCache: false), on: .marketplace)
  }

  /// Whether the workspace could be filled from anything but the pool's volume.
  private var hasAnotherCopy: Bool {
    let state = snapshot
    return state.standbyServes || !state.snapshots.isEmpty || (state.standby != nil && log.lastSync != nil)
  }

  /// Takes the GPU that was to become the next standby when the serving one was lost: it is on the right machine and will
  /// run sooner than a new one.
  private func takeOverSecondGPU() async throws -> Bool {
    let rented = update { state in
      defer { state.warmPool.making = nil }
      return state.warmPool.making
    }
    guard let rented else { return false }
    do throws(PortError) {
      // It may have been told to stop a moment before.
      try await ports.marketplace.start(rented.id, timeout: strategy.timeouts.api)
    } catch {
      try error.rethrowIfCancelled()
      try await giveBack(rented.id)
      return false
    }
    record(.instanceStarted(rented.id), on: .gpu(rented.id))
    try enterPool(.provisioning)
    update { state in
      state.recovery?.offer = rented.offer
      state.recovery?.volume = state.volumes.first { $0.id == state.warmPool.volume }
      state.recovery?.instance = Instance(
        id: rented.id, status: .provisioning, address: nil, price: rented.offer.price)
      state.recovery?.isRented = true
      state.cachedOffers = []
      state.warmPool.returns += 1
    }
    record(.offersFound(acceptable: 1, chosen: rented.offer, fromCache: true), on: .marketplace)
    return true
  }

  /// A standby that did not take over holds a GPU of the machine, and may still come up.
  private func giveBackAbandoned() async throws {
    guard let id = snapshot.warmPool.abandoned else { return }
    if snapshot.owned.contains(id) { try await giveBack(id) }
    guard !snapshot.owned.contains(id) else {
      throw RecoveryFailure(step: "search", PortError(.refused, "instance \(id) still holds the volume"))
    }
    update { $0.warmPool.abandoned = nil }
  }

  /// The GPU that served must not go on writing to the volume that another one is going to use.
  private func fencePrimary() async throws {
    guard let id = update({ state in state.primary.map(\.id).flatMap { state.owned.contains($0) ? $0 : nil } }),
      try await !fence(id)
    else { return }
    throw RecoveryFailure(step: "search", PortError(.refused, "instance \(id) could not be stopped"))
  }

  /// Whether the provider says of the GPU on that machine that it cannot be reached any more.
  private func isGone(_ machine: MachineID) async throws -> Bool {
    guard let id = snapshot.primary?.id else { return true }
    do throws(PortError) {
      return try await ports.marketplace.describe(id, timeout: strategy.timeouts.api).status == .offline
    } catch {
      try error.rethrowIfCancelled()
      return error.reason == .notFound
    }
  }
}
