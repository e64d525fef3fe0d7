extension Orchestrator {
  /// Goes on where a process that was killed has left off, until cancelled.
  ///
  /// - Parameters:
  ///   - resumption: what a reconciliation has come to.
  ///   - primary: as it was given to the process that began.
  /// - Throws: as `operate(primary:)`.
  public func operate(resuming resumption: Resumption, primary: InstanceID?) async throws {
    try checkPorts()
    try await takeOver(resumption)
    try await pickUp(primary)
    try await protectForever()
  }

  // MARK: What was known

  private func takeOver(_ resumption: Resumption) async throws {
    let written = resumption.state
    // A clock that has begun anew must not have copies from its future.
    let shift = max(.zero, resumption.latest - now)
    goOn(after: resumption.written)
    update { state in
      state.take(written)
      state.chains = resumption.snapshots.shifted(by: shift)
      state.standbyPoint = resumption.copy.map { $0.shifted(by: shift) }
    }
    if let point = copyInHand { log.markDurable(point) }
    if written.phase != .idle {
      record(.note("resumed while \(written.phase.rawValue), after \(written.failovers) failovers"))
    }
    for problem in resumption.problems { record(.note(problem)) }
    if let id = resumption.newStandby { try await adoptStandby(id) }
  }

  /// Takes charge of a standby that was created by somebody who was killed before the answer came.
  private func adoptStandby(_ id: InstanceID) async throws {
    do throws(PortError) {
      let instance = try await ports.compute.describe(id, timeout: strategy.timeouts.api)
      update {
        $0.standby = instance
        $0.standbyPoint = nil
      }
      record(.standbyCreated(instance, type: strategy.standby?.machine.machineType ?? ""), on: .standby(id))
    } catch {
      try error.rethrowIfCancelled()
      update { $0.discardedStandbys.append(id) }
      record(.note("standby \(id) cannot be adopted: \(error)"), on: .standby(id))
    }
  }

  // MARK: What was being done

  /// Brings whatever was under way to its end, so that the GPU serves.
  private func pickUp(_ primary: InstanceID?) async throws {
    switch snapshot.phase {
    case .idle, .preparing: try await prepareTheRest(primary)
    case .protected, .suspicious: try await verifyRoute()
    case .hibernating: try await pickUpHibernation()
    case .failingOver: try await pickUpFailover()
    case .degraded, .down, .recovering: try await goOnRecovering()
    case .failingBack: try await pickUpFailback()
    }
  }

  private func prepareTheRest(_ primary: InstanceID?) async throws {
    var isAdopted = snapshot.primary != nil
    if !isAdopted { isAdopted = try await adoptIfItRuns(primary) }
    if strategy.standby?.mode == .running, snapshot.standby == nil { try await createFirstStandby() }
    if isAdopted { try await openEndpoint() } else { try await recover() }
  }

  /// Users are with the GPU, or are sent there again.
  private func verifyRoute() async throws {
    let address = try serving(.gpu).1
    update {
      $0.phase = .protected
      $0.warmPool.starting = nil
    }
    guard try await route() != Route(to: address) else { return }
    update { $0.phase = .preparing }
    try await openEndpoint()
  }

  private func pickUpHibernation() async throws {
    guard let schedule = strategy.hibernation else { return try await verifyRoute() }
    // While work goes on, its end comes before its next beginning.
    if schedule.nextEnd(after: now) > schedule.nextStart(after: now) { return try await hibernate(schedule) }
    try await wakeOrReplace(try serving(.gpu).0)
  }

  private func pickUpFailover() async throws {
    let pool = snapshot.warmPool
    if let id = pool.starting?.id, id == snapshot.primary?.id {
      // It serves already, and nobody had been told.
      try await verifyWarmRoute()
      return try concludeWarmFailover()
    }
    if pool.state == .failover {
      update { state in
        state.warmPool.standby = state.warmPool.standby ?? state.warmPool.starting
        state.warmPool.starting = nil
        state.warmPool.state = state.warmPool.standby == nil ? .degraded : .active
      }
    }
    try await noteWhereUsersAre()
    try await restoreService()
  }

  private func verifyWarmRoute() async throws {
    let address = try serving(.gpu).1
    if try await route() != Route(to: address) { try await sendUsersToGPU(at: address) }
  }

  private func sendUsersToGPU(at address: HostAddress) async throws {
    do throws(PortError) {
      try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
      record(.endpointSwitched(to: address, role: .gpu), on: .endpoint)
    } catch {
      try error.rethrowIfCancelled()
      record(.note("the endpoint could not be moved: \(error)"), on: .endpoint)
    }
  }

  /// Users were being moved to the new GPU. If they are there, they may have gone on working: nothing must be copied
  /// over that. If not, the standby serves again, and the GPU is filled once more.
  private func pickUpFailback() async throws {
    guard let instance = snapshot.recovery?.instance else {
      // Everything but the phase had been written down; or the GPU is gone.
      if snapshot.recovery == nil { return try enter(.protected) }
      try await letUsersBack()
      try enter(.recovering)
      return try await goOnRecovering()
    }
    if let address = instance.address, case let route = try await route(), route.host == address {
      // They are let in everywhere only after the last copy, so whoever was let in first may have worked there already.
      if !route.isWhole { try await sendUsersToGPU(at: address) }
      record(.verificationPassed(.endpointMoved))
      return try complete(instance)
    }
    try await letUsersBack()
    try enter(.recovering)
    try await goOnRecovering()
  }

  /// Once a recovery has begun, it has been allowed, too.
  private func goOnRecovering() async throws {
    if snapshot.recovery == nil { try await regainGPU() } else { try await recover() }
  }

  private func letUsersBack() async throws {
    try await noteWhereUsersAre()
    guard snapshot.standbyServes, let address = snapshot.standby?.address, try await route() != Route(to: address) else { return }
    try await reopenStandby(at: address)
  }

  /// Whoever has been sent to the standby has worked there since.
  private func noteWhereUsersAre() async throws {
    let host = try await route().host
    update { if let host, host == $0.standby?.address { $0.standbyIsNewest = true } }
  }

  /// Where users are sent.
  private struct Route: Equatable {
    /// `nil` for nowhere, or for several places at once.
    var host: HostAddress?
    /// Whether all of them are; not when somebody was killed while moving them.
    var isWhole = true

    init(to host: HostAddress?) { self.host = host }
  }

  /// Where users are sent, asked until there is an answer: nothing can be decided without it.
  private func route() async throws -> Route {
    var attempt = 0
    while true {
      do throws(PortError) {
        return Route(to: try await ports.router.currentRoute(timeout: strategy.timeouts.endpoint))
      } catch {
        try error.rethrowIfCancelled()
        if error.reason == .invalidAnswer {
          record(.note("users had not all been moved: \(error.detail)"), on: .endpoint)
          var route = Route(to: error.host)
          route.isWhole = false
          return route
        }
        attempt += 1
        record(.note("the endpoint does not say where it leads: \(error)"), on: .endpoint)
        try await clock.sleep(for: strategy.recovery.retry.delay(after: attempt))
      }
    }
  }
}

extension OrchestratorState {
  /// What another process knew.
  fileprivate mutating func take(_ written: OperationState) {
    phase = written.phase
    failovers = written.failovers
    primary = written.primary
    standby = written.standby
    standbyServes = written.standbyServes
    standbyIsNewest = written.standbyIsNewest
    warmPool = written.warmPool
    owned = written.owned
    volumes = written.volumes
    discardedStandbys = written.discardedStandbys
    recovery = written.recovery
    if recovery?.instance != nil { recovery?.isRented = true }
    announced = written.announced
    announcedBefore = written.announced
    settlePool()
  }

  /// What the pool is said to be may have been written before or after what it has.
  private mutating func settlePool() {
    switch (warmPool.state, phase) {
    case (.active, _) where warmPool.standby == nil: warmPool.state = .degraded
    case (.provisioning, .protected), (.provisioning, .suspicious), (.degraded, .protected), (.degraded, .suspicious):
      if warmPool.standby != nil { warmPool.state = .active }
    default: break
    }
  }
}

extension SyncPoint {
  func shifted(by shift: Duration) -> SyncPoint { SyncPoint(started: started - shift, completed: completed - shift) }
}
