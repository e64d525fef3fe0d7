// What people ask of a warm pool, beside its status, which is `snapshot.warmPool`: the operations behind a control panel.

extension Orchestrator {
  /// The machines that could hold the strategy's warm pool now, best first.
  ///
  /// - Throws: `StrategyMissing` without a warm pool; `PortError`.
  public func findMachines() async throws -> [MachineOffers] {
    guard let pool = strategy.warmPool else { throw StrategyMissing(protection: "warm pool") }
    let query = strategy.recovery.query
    let offers = try await ports.marketplace.search(query, timeout: strategy.timeouts.api)
    return pool.machines(among: offers, for: query)
  }

  /// Switches the warm pool off: its stopped GPU is given back, and a fault is answered with whatever else the strategy
  /// has. The GPU that serves stays on its volume.
  ///
  /// - Throws: `InvalidPoolTransition` while a machine is looked for or a failover is under way; `StrategyMissing`.
  public func disableWarmPool() async throws {
    guard strategy.warmPool != nil else { throw StrategyMissing(protection: "warm pool") }
    guard !snapshot.warmPool.isSwitchedOff else { return }
    try enterPool(.disabled)
    let unused = update { state in
      defer {
        state.warmPool.isSwitchedOff = true
        state.warmPool.standby = nil
        state.warmPool.making = nil
      }
      return [state.warmPool.standby?.id, state.warmPool.making?.id].compactMap { $0 }
    }
    for id in unused { try await giveBack(id) }
  }

  /// Switches the warm pool on again. On a machine of the pool's a new stopped GPU is created within the pool's check
  /// interval, or at once by `provisionWarmStandby`; elsewhere the next recovery looks for such a machine.
  ///
  /// - Throws: `StrategyMissing`.
  public func enableWarmPool() throws {
    guard strategy.warmPool != nil else { throw StrategyMissing(protection: "warm pool") }
    guard snapshot.warmPool.isSwitchedOff else { return }
    update {
      $0.warmPool.isSwitchedOff = false
      // A person who switches it on wants a second GPU, whatever there has been before.
      $0.warmPool.hasHadStandby = false
    }
    try enterPool(.degraded)
  }
}
