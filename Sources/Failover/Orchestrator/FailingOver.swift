extension Orchestrator {
  /// Moves users to the standby and verifies that it serves them.
  ///
  /// The lost GPU is kept until another one serves: whatever is on it may still be wanted.
  ///
  /// - Returns: whether the standby serves. When it does not, nobody serves until a GPU is recovered.
  @discardableResult
  public func failOver() async throws -> Bool {
    let (primary, from) = try serving(.gpu)
    try enter(.failingOver)
    switch try cpuStandby().mode {
    case .running:
      let to = try serving(.standby).1
      record(.failoverStarted(from: from, to: to))
      notify(.failoverStarted, "GPU \(primary) at \(from) is down; moving to \(to)")
      return try await conclude(try await moveToStandby(to), at: to)
    case .onDemand:
      notify(.failoverStarted, "GPU \(primary) at \(from) is down; activating a CPU standby")
      let to: HostAddress
      do throws(PortError) {
        to = try await orderStandby()
      } catch {
        try error.rethrowIfCancelled()
        record(.failoverFailed("no CPU standby could be created: \(error)"))
        try giveUp(.failoverFailed, "no CPU standby could be created: \(error)")
        return false
      }
      record(.failoverStarted(from: from, to: to))
      let isFilled = try await fillStandby(at: to)
      return try await conclude(isFilled ? try await moveToStandby(to) : false, at: to)
    }
  }

  /// Notes whether the standby serves, and tells people.
  private func conclude(_ succeeded: Bool, at address: HostAddress) async throws -> Bool {
    guard succeeded else {
      try giveUp(.failoverFailed, "the CPU standby at \(address) could not take over")
      if strategy.standby?.mode == .onDemand {
        discardStandby()
        try await deleteDiscarded()
      }
      return false
    }
    startAnew(standbyServes: true)
    try enter(.degraded)
    record(.failoverCompleted(to: address))
    notify(.standbyActive, "the CPU standby at \(address) serves")
    return true
  }

  /// Nobody can take over: the phases say so, and people are told.
  public func standDown() async throws {
    try enter(.failingOver)
    if snapshot.snapshots.isEmpty {
      try giveUp(.failoverFailed, "nothing can take over from the GPU")
    } else {
      try giveUp(.failoverStarted, "the GPU is down; a new one will be filled from a snapshot")
    }
  }

  private func giveUp(_ subject: Notification.Subject, _ message: String) throws(InvalidTransition) {
    startAnew(standbyServes: false)
    try enter(.down)
    notify(subject, message)
  }

  /// From here on another machine is watched and synced.
  private func startAnew(standbyServes: Bool) {
    if !standbyServes { ports.seats?.leave() }
    update {
      $0.standbyServes = standbyServes
      $0.detector = ConsecutiveFailureDetector(strategy.healthCheck)
      $0.isDownNoted = false
      $0.failedSyncs = 0
    }
  }

  private func moveToStandby(_ address: HostAddress) async throws -> Bool {
    let policy = try cpuStandby().failover
    for attempt in 1...max(1, policy.attempts) {
      do throws(PortError) {
        try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
        record(.endpointSwitched(to: address, role: .standby), on: .endpoint)
        update { $0.standbyIsNewest = true }
        for step in VerificationStep.allCases { try await verify(step, address) }
        return true
      } catch {
        try error.rethrowIfCancelled()
        record(.failoverFailed("attempt \(attempt): \(error)"))
        if update({ $0.standby == nil }) { return false }
      }
      if attempt < policy.attempts { try await sleep(for: policy.retry.delay(after: attempt)) }
    }
    return false
  }

  private func verify(_ step: VerificationStep, _ address: HostAddress) async throws(PortError) {
    do throws(PortError) {
      switch step {
      case .endpointMoved: try await verifyEndpoint(is: address)
      case .standbyRunning: try await verifyStandbyRuns()
      case .dataAccessible:
        let found = try await ports.fileSync.inspect(
          strategy.workspacePath, on: address, timeout: strategy.timeouts.verification)
        guard found.files > 0 else { throw PortError(.notFound, "the standby holds no files") }
      case .sshReachable: try await verifyStandbyAnswers(at: address)
      }
      record(.verificationPassed(step))
    } catch {
      record(.verificationFailed(step, error.description))
      throw error
    }
  }

  func verifyEndpoint(is address: HostAddress) async throws(PortError) {
    let route = try await ports.router.currentRoute(timeout: strategy.timeouts.endpoint)
    guard route == address else {
      throw PortError(.invalidAnswer, "the endpoint is at \(route?.description ?? "nobody")")
    }
  }

  /// A standby that was stopped is started, once; one that the provider does not know any more is forgotten.
  private func verifyStandbyRuns() async throws(PortError) {
    guard let id = update({ $0.standby?.id }) else { throw PortError(.notFound, "no standby") }
    var machine: Instance
    do throws(PortError) {
      machine = try await ports.compute.describe(id, timeout: strategy.timeouts.verification)
    } catch {
      if error.reason == .notFound { forgetStandby(error, existsStill: false) }
      throw error
    }
    if machine.status == .stopped {
      try await startStandby(id)
      machine = try await ports.compute.describe(id, timeout: strategy.timeouts.verification)
    }
    guard machine.status == .running else {
      throw PortError(.unreachable, "standby \(id) is \(machine.status.rawValue)")
    }
  }

  private func verifyStandbyAnswers(at address: HostAddress) async throws(PortError) {
    guard let id = update({ $0.standby?.id }) else { throw PortError(.notFound, "no standby") }
    let target = ProbeTarget(instance: id, role: .standby, address: address)
    let result = await ports.probe.check(target, by: .ssh, timeout: strategy.timeouts.verification)
    if case .unhealthy(let failure) = result {
      throw PortError(failure == .cancelled ? .cancelled : .unreachable, failure.rawValue)
    }
  }

  /// Destroys every GPU that is paid for and neither serves nor is being prepared nor stands by, then every volume.
  public func giveBackUnused() async throws {
    for id in update({ $0.unused }) { try await giveBack(id) }
    try await deleteUnusedVolumes()
  }

  /// The same, again and again until nothing is left that is paid for in vain.
  func giveBackEverythingUnused() async throws {
    let policy = strategy.recovery
    var attempt = 0
    while true {
      try await giveBackUnused()
      let unused = update { $0.unused }
      guard !unused.isEmpty else { return }
      attempt += 1
      if attempt == policy.failuresUntilNotice {
        let names = unused.map(\.rawValue).joined(separator: ", ")
        notify(.giveBackFailing, "\(names): not needed, still paid for, and not to be given back in \(attempt) attempts")
      }
      try await sleep(for: policy.retry.delay(after: attempt))
    }
  }

  /// Destroys an instance that is not needed any more. One that cannot be destroyed stays on the
  /// list of what is owned, and is tried again later.
  func giveBack(_ id: InstanceID) async throws {
    do throws(PortError) {
      try await ports.marketplace.destroy(id, timeout: strategy.timeouts.api)
      update { $0.owned.removeAll { $0 == id } }
      record(.instanceDestroyed(id), on: .gpu(id))
    } catch {
      try error.rethrowIfCancelled()
      record(.destroyFailed(id, error), on: .gpu(id))
    }
  }
}

extension OrchestratorState {
  /// What is paid for and neither serves nor is being prepared; standbys that have been given up are apart.
  fileprivate var unused: [InstanceID] {
    let needed = [
      primary?.id, standby?.id, recovery?.instance?.id, warmPool.standby?.id, warmPool.making?.id,
    ]
    return owned.filter { !needed.contains($0) && !discardedStandbys.contains($0) }
  }
}
