extension Orchestrator {
  /// Creates a stopped GPU beside the serving one and sees to it that there always is one; returns at once when the GPU
  /// that serves is on no machine of the pool's.
  ///
  /// Ends in the middle of whatever it does when the serving GPU is lost: a failover does not wait for it. A second GPU that
  /// is half made then is the first candidate of the recovery.
  func keepWarmPool() async throws {
    guard let pool = strategy.warmPool, snapshot.warmPool.volume != nil else { return }
    try await giveBackHalfMade()
    var failures = 0
    while true {
      if wantsStandby {
        do {
          try await provisionWarmStandby()
          failures = 0
        } catch is RecoveryFailure {
          failures += 1
        }
      } else if snapshot.warmPool.state == .provisioning {
        try enterPool(.degraded)
      }
      let wait = failures == 0 ? pool.checkInterval : pool.provisionRetry.delay(after: failures)
      try await sleep(for: wait)
      try await inspectWarmStandby()
      try await deleteUnusedVolumes()
    }
  }

  private var wantsStandby: Bool {
    guard let pool = warmPool else { return false }
    let status = snapshot.warmPool
    return status.standby == nil && (pool.autoProvision || !status.hasHadStandby)
  }

  /// What an earlier round has left half made and no recovery has taken.
  private func giveBackHalfMade() async throws {
    let left = update { state -> RentedGPU? in
      guard !state.warmPool.isProvisioning else { return nil }
      defer { state.warmPool.making = nil }
      return state.warmPool.making
    }
    if let left { try await giveBack(left.id) }
  }

  /// Creates a GPU beside the serving one, on the same machine and with the same volume, waits until it runs, and stops it.
  /// Does nothing when there is such a GPU, or one is being created.
  ///
  /// - Throws: `RecoveryFailure` when none can be had or it does not start; whatever had been rented is given back then.
  ///   `StrategyMissing` without a warm pool or without a GPU that serves on one of its machines.
  public func provisionWarmStandby() async throws {
    let status = snapshot.warmPool
    guard warmPool != nil, let machine = status.machine, let volume = status.volume else {
      throw StrategyMissing(protection: "warm pool with a machine")
    }
    let isFree = update { state in
      let isFree = state.warmPool.standby == nil && state.warmPool.making == nil && !state.warmPool.isProvisioning
      if isFree { state.warmPool.isProvisioning = true }
      return isFree
    }
    guard isFree else { return }
    defer { update { $0.warmPool.isProvisioning = false } }
    do {
      try await makeWarmStandby(on: machine, with: volume)
    } catch let failure as RecoveryFailure {
      record(.warmStandbyFailed(failure.error))
      if warmPool != nil { try enterPool(.degraded) }
      throw failure
    }
  }

  private func makeWarmStandby(on machine: MachineID, with volume: VolumeID) async throws {
    let offer = try await offer(on: machine)
    try enterPool(.provisioning)
    let started = clock.now
    let id = try await step("provision") { () async throws(PortError) in
      try await ports.marketplace.create(
        InstanceOrder(offer, volume: volume), timeout: strategy.timeouts.api)
    }
    update {
      $0.owned.append(id)
      $0.warmPool.making = RentedGPU(id: id, offer: offer)
    }
    record(.instanceCreated(id, offer), on: .gpu(id))
    var instance: Instance
    do {
      instance = try await awaitRunning(id, since: started)
      try await step("stop") { () async throws(PortError) in
        try await ports.marketplace.stop(id, timeout: strategy.timeouts.api)
        // The pool may have been switched off meanwhile.
        guard snapshot.warmPool.making?.id == id else { throw PortError(.refused, "no second GPU is wanted") }
      }
    } catch let failure as RecoveryFailure {
      update { $0.warmPool.making = nil }
      try await giveBack(id)
      throw failure
    }
    record(.instanceStopped(id), on: .gpu(id))
    instance.status = .stopped
    update { [instance] in
      $0.warmPool.making = nil
      $0.warmPool.standby = instance
      $0.warmPool.hasHadStandby = true
    }
    try enterPool(.active)
    record(.warmStandbyReady(instance), on: .gpu(id))
    notify(.standbyGPUReady, "GPU \(id) on machine \(machine) stands by, stopped")
  }

  private func offer(on machine: MachineID) async throws -> Offer {
    var query = strategy.recovery.query
    query.machine = machine
    let offers = try await step("search") { () async throws(PortError) in
      try await ports.marketplace.search(query, timeout: strategy.timeouts.api)
    }
    guard let best = query.ranked(offers).first else {
      throw RecoveryFailure(step: "search", PortError(.refused, "machine \(machine) has no free GPU"))
    }
    return best
  }

  /// Asks whether the stopped GPU is still there. One that runs is stopped again; one that is gone is forgotten.
  private func inspectWarmStandby() async throws {
    guard let id = snapshot.warmPool.standby?.id else { return }
    do throws(PortError) {
      switch try await ports.marketplace.describe(id, timeout: strategy.timeouts.api).status {
      case .stopped, .provisioning: break
      case .running: try await ports.marketplace.stop(id, timeout: strategy.timeouts.api)
      case .offline: throw PortError(.notFound, "instance \(id) is offline")
      }
    } catch {
      try error.rethrowIfCancelled()
      // A question without an answer says nothing about the GPU.
      guard error.reason == .notFound else { return }
      update { $0.warmPool.standby = nil }
      record(.warmStandbyFailed(error))
      try enterPool(.degraded)
      try await giveBack(id)
    }
  }
}
