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
    let to = try await standbyAddress()
    record(.failoverStarted(from: from, to: to))
    notify(.failoverStarted, "GPU \(primary.id) at \(from) is down; moving to \(to)")
    let succeeded = try await moveToStandby(to)
    update {
      $0.standbyServes = succeeded
      $0.detector = ConsecutiveFailureDetector(strategy.healthCheck)
      $0.failedSyncs = 0
    }
    if succeeded {
      try enter(.degraded)
      record(.failoverCompleted(to: to))
      notify(.standbyActive, "the CPU standby at \(to) serves")
    } else {
      try enter(.down)
      notify(.failoverFailed, "the CPU standby at \(to) could not take over")
    }
    return succeeded
  }

  /// Where the standby answers.
  private func standbyAddress() async throws -> HostAddress { try serving(.standby).1 }

  /// Nobody can take over: the phases say so, and people are told.
  func standDown() async throws {
    try enter(.failingOver)
    update {
      $0.standbyServes = false
      $0.detector = ConsecutiveFailureDetector(strategy.healthCheck)
      $0.failedSyncs = 0
    }
    try enter(.down)
    notify(.failoverFailed, "nothing can take over from the GPU")
  }

  private func moveToStandby(_ address: HostAddress) async throws -> Bool {
    let policy = try cpuStandby().failover
    for attempt in 1...max(1, policy.attempts) {
      do throws(PortError) {
        try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
        record(.endpointSwitched(to: address, role: .standby), on: .endpoint)
        for step in VerificationStep.allCases { try await verify(step, address) }
        return true
      } catch {
        try error.rethrowIfCancelled()
        record(.failoverFailed("attempt \(attempt): \(error)"))
      }
      if attempt < policy.attempts { try await clock.sleep(for: policy.retry.delay(after: attempt)) }
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

  /// A standby that was stopped is started, once.
  private func verifyStandbyRuns() async throws(PortError) {
    guard let id = snapshot.standby?.id else { throw PortError(.notFound, "no standby") }
    var machine = try await ports.compute.describe(id, timeout: strategy.timeouts.verification)
    if machine.status == .stopped {
      try await ports.compute.start(id, timeout: strategy.timeouts.standbyCreation)
      machine = try await ports.compute.describe(id, timeout: strategy.timeouts.verification)
    }
    guard machine.status == .running else {
      throw PortError(.unreachable, "standby \(id) is \(machine.status.rawValue)")
    }
  }

  private func verifyStandbyAnswers(at address: HostAddress) async throws(PortError) {
    guard let id = snapshot.standby?.id else { throw PortError(.notFound, "no standby") }
    let target = ProbeTarget(instance: id, role: .standby, address: address)
    let result = await ports.probe.check(target, by: .ssh, timeout: strategy.timeouts.verification)
    if case .unhealthy(let failure) = result {
      throw PortError(failure == .cancelled ? .cancelled : .unreachable, failure.rawValue)
    }
  }

  /// Destroys every GPU that is paid for and neither serves nor is being prepared nor stands by, then every volume.
  public func giveBackUnused() async throws {
    let unused = update { state in
      let needed = [
        state.primary?.id, state.standby?.id, state.recovery?.instance?.id, state.warmPool.standby?.id,
        state.warmPool.making?.id,
      ]
      return state.owned.filter { !needed.contains($0) }
    }
    for id in unused { try await giveBack(id) }
    try await deleteUnusedVolumes()
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
