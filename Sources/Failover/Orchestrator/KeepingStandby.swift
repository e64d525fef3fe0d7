extension Orchestrator {
  /// Keeps the standby as the strategy wants it while the GPU serves: in step with it, or not there at all.
  func keepStandby() async throws {
    switch try cpuStandby().mode {
    case .running: try await keepInStep()
    case .onDemand: try await putStandbyAway()
    }
  }

  // MARK: A standby that always runs

  /// Syncs as often as the strategy says. A standby that turns out to be gone is replaced, and filled by the first sync.
  private func keepInStep() async throws {
    let policy = try cpuStandby().sync
    try await deleteDiscarded()
    var next = clock.now
    while true {
      try await rest(.sync, until: next)
      guard update({ $0.standby != nil }) else {
        next = clock.now.advanced(by: try await replaceStandby())
        continue
      }
      guard let error = try await syncOnce() else {
        next = try skippingSyncs(from: max(next.advanced(by: policy.interval), clock.now))
        continue
      }
      next = clock.now.advanced(by: policy.retry.delay(after: update { $0.failedSyncs }))
      if try await !standbyIsThere(after: error) { next = clock.now }
    }
  }

  /// Creates a new standby, which is empty until the first sync has ended.
  ///
  /// - Returns: how long to wait before going on; zero when there is one.
  private func replaceStandby() async throws -> Duration {
    let attempt = update { state in
      state.failedStandbyCreations += 1
      return state.failedStandbyCreations
    }
    do {
      try await createStandby()
    } catch let error as PortError {
      try error.rethrowIfCancelled()
      let delay = try cpuStandby().machineRetry.delay(after: attempt)
      record(.standbyCreationFailed(attempt: attempt, error, retryIn: delay))
      return delay
    }
    update { $0.failedStandbyCreations = 0 }
    notify(.standbyReplaced, "the new CPU standby \(try serving(.standby).0) is being filled")
    try await deleteDiscarded()
    return .zero
  }

  // MARK: What became of it

  /// Asks the provider about the standby after something with it has failed, unless the error blames another host. One
  /// that was stopped is started again; one that is gone is forgotten, with what it held.
  ///
  /// - Returns: whether there still is a standby.
  func standbyIsThere(after error: PortError) async throws -> Bool {
    guard let standby = update({ $0.standby }) else { return false }
    if let host = error.host, host != standby.address { return true }
    do throws(PortError) {
      let machine = try await ports.compute.describe(standby.id, timeout: strategy.timeouts.api)
      switch machine.status {
      case .running, .provisioning: return true
      case .stopped:
        try await startStandby(standby.id)
        return true
      case .offline:
        // It may come back by itself; it is given as long as a sync is before people are told.
        let patience = strategy.standby?.sync.failuresUntilNotice ?? 1
        guard update({ $0.failedSyncs }) >= patience else { return true }
        forgetStandby(PortError(.unreachable, "\(standby.id) is offline"), existsStill: true)
        return false
      }
    } catch {
      try error.rethrowIfCancelled()
      switch error.reason {
      case .notFound: forgetStandby(error, existsStill: false)
      // There is no room for it where it was.
      case .refused: forgetStandby(error, existsStill: true)
      // The provider does not answer: nothing is known.
      default: return true
      }
      return false
    }
  }

  /// Starts a standby that was stopped; its disk is as it was.
  func startStandby(_ id: InstanceID) async throws(PortError) {
    try await ports.compute.start(id, timeout: strategy.timeouts.standbyCreation)
    record(.instanceStarted(id), on: .standby(id))
  }

  /// The standby can no longer be counted on, nor can anything that only it held.
  func forgetStandby(_ error: PortError, existsStill: Bool) {
    let lost = update { state -> (standby: Instance, served: Bool)? in
      guard let standby = state.standby else { return nil }
      defer { state.forgetStandby() }
      if existsStill { state.discardedStandbys.append(standby.id) } else { state.owned.removeAll { $0 == standby.id } }
      return (standby, state.standbyServes)
    }
    guard let (standby, served) = lost else { return }
    ports.seats?.leave()
    log.forgetCopy()
    record(.standbyMissing(standby.id, error), on: .standby(standby.id))
    notify(.standbyLost, "the CPU standby \(standby.id)\(served ? ", which served users," : "") is gone: \(error)")
  }

  // MARK: A standby that is not needed any more

  /// Gives up the standby, if there is one, and deletes what has been given up, trying again until nothing is left to pay.
  private func putStandbyAway() async throws {
    discardStandby()
    let retry = try cpuStandby().machineRetry
    var attempt = 0
    while try await !deleteDiscarded() {
      attempt += 1
      try await sleep(for: retry.delay(after: attempt))
    }
  }

  /// From here on the standby is not used; it still has to be deleted.
  func discardStandby() {
    update { state in
      if let id = state.standby?.id { state.discardedStandbys.append(id) }
      state.forgetStandby()
    }
  }

  /// Tries once to delete every standby that has been given up.
  ///
  /// - Returns: whether none is left.
  @discardableResult
  func deleteDiscarded() async throws -> Bool {
    for id in update({ $0.discardedStandbys }) {
      do throws(PortError) {
        try await ports.compute.delete(id, timeout: strategy.timeouts.api)
        update { state in
          state.owned.removeAll { $0 == id }
          state.discardedStandbys.removeAll { $0 == id }
        }
        record(.standbyDeactivated(id), on: .standby(id))
      } catch {
        try error.rethrowIfCancelled()
        record(.destroyFailed(id, error), on: .standby(id))
      }
    }
    return update { $0.discardedStandbys.isEmpty }
  }
}

extension OrchestratorState {
  /// There is no standby any more, whatever becomes of the machine.
  fileprivate mutating func forgetStandby() {
    standby = nil
    standbyServes = false
    standbyPoint = nil
    standbyIsNewest = false
  }
}
