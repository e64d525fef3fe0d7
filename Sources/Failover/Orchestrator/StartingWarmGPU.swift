extension Orchestrator {
  /// Starts the GPU that stands by and sends users there. Nothing is copied: both GPUs share the volume.
  ///
  /// The GPU that failed is stopped meanwhile, because it could otherwise go on writing to the volume, and is given
  /// back later, as is a second GPU that did not take over.
  ///
  /// - Returns: whether it serves; `false` also when there is no second GPU that could be started.
  @discardableResult
  public func failOverToWarmGPU() async throws -> Bool {
    guard let pool = warmPool else { return false }
    let (primary, from) = try serving(.gpu)
    guard let standby = snapshot.warmPool.standby else {
      if snapshot.warmPool.state == .provisioning { try enterPool(.degraded) }
      return false
    }
    try enter(.failingOver)
    try enterPool(.failover)
    if update({ $0.announce(.warmGPU) }) {
      record(.warmFailoverStarted(from: primary, to: standby.id))
      notify(.failoverStarted, "GPU \(primary) at \(from) is down; starting GPU \(standby.id)")
      notify(
        .standbyGPUStarting, "GPU \(standby.id) on machine \(snapshot.warmPool.machine?.rawValue ?? "") is starting")
    }
    update {
      $0.warmPool.standby = nil
      $0.warmPool.starting = standby
    }
    do {
      let (instance, address) = try await start(standby, insteadOf: primary, pool)
      try await checkInference(instance, address)
      try await moveUsersToWarmGPU(at: address)
      completeWarmFailover(to: instance)
      try concludeWarmFailover()
      return true
    } catch let failure as RecoveryFailure {
      record(.warmFailoverFailed(failure.description))
      update {
        $0.warmPool.abandoned = standby.id
        $0.warmPool.starting = nil
      }
      try enterPool(.degraded)
      return false
    }
  }

  /// Starts an instance and waits until it answers over ssh.
  private func start(
    _ standby: Instance, insteadOf primary: InstanceID, _ pool: WarmPool
  ) async throws -> (Instance, HostAddress) {
    let started = clock.now
    var progress = WarmStart()
    while true {
      if !progress.isOrdered { try await orderStart(of: standby.id, pool, &progress) }
      if !progress.isFenced { progress.isFenced = try await fence(primary) }
      progress.attempts += 1
      try await sleep(for: pool.sshPoll.delay(after: progress.attempts))
      if try await answers(standby.id, &progress), progress.isFenced, let instance = progress.instance,
        let address = instance.address
      {
        record(.sshReady(instance.id, polls: progress.polls, probing: progress.probing), on: .gpu(instance.id))
        return (instance, address)
      }
      guard started.duration(to: clock.now) < pool.startTimeout else {
        let what = progress.isFenced ? progress.waitingFor : "instance \(primary) could not be stopped"
        throw RecoveryFailure(step: "start", PortError(.timedOut, what))
      }
    }
  }

  /// Asks for the start. A question that gets no answer is asked again; a refusal is final.
  private func orderStart(of id: InstanceID, _ pool: WarmPool, _ progress: inout WarmStart) async throws {
    do throws(PortError) {
      try await ports.marketplace.start(id, timeout: min(strategy.timeouts.api, pool.startTimeout))
      progress.isOrdered = true
      record(.instanceStarted(id), on: .gpu(id))
    } catch {
      try progress.note(error)
    }
  }

  /// Asks once whether a GPU that has been told to start runs, and then whether its ssh answers.
  ///
  /// - Returns: whether it has answered as often in a row as the health check's success threshold asks.
  /// - Throws: `RecoveryFailure` when it is not going to run any more.
  private func answers(_ id: InstanceID, _ progress: inout WarmStart) async throws -> Bool {
    guard progress.isOrdered else { return false }
    if progress.instance == nil { try await lookWhetherRunning(id, &progress) }
    guard let instance = progress.instance, let address = instance.address else { return false }
    let target = ProbeTarget(instance: id, role: .gpu, address: address)
    progress.polls += 1
    let asked = clock.now
    let result = await ports.probe.check(target, by: .ssh, timeout: strategy.timeouts.verification)
    progress.probing += asked.duration(to: clock.now)
    switch result {
    case .healthy: progress.successes += 1
    case .unhealthy(.cancelled): throw CancellationError()
    case .unhealthy(let failure):
      progress.successes = 0
      progress.waitingFor = "ssh: \(failure.rawValue)"
    }
    return progress.successes >= strategy.healthCheck.successThreshold
  }

  private func lookWhetherRunning(_ id: InstanceID, _ progress: inout WarmStart) async throws {
    do throws(PortError) {
      let instance = try await ports.marketplace.describe(id, timeout: strategy.timeouts.api)
      progress.waitingFor = "instance \(id) is \(instance.status.rawValue)"
      guard instance.status != .offline else { throw PortError(.refused, progress.waitingFor) }
      guard instance.status == .running, instance.address != nil else { return }
      progress.instance = instance
      record(.instanceRunning(instance), on: .gpu(id))
    } catch {
      try progress.note(error)
    }
  }

  private func moveUsersToWarmGPU(at address: HostAddress) async throws {
    try await step("switch") { () async throws(PortError) in
      try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
    }
    record(.endpointSwitched(to: address, role: .gpu), on: .endpoint)
    try await step("switch") { () async throws(PortError) in try await verifyEndpoint(is: address) }
    record(.verificationPassed(.endpointMoved))
  }

  private func completeWarmFailover(to instance: Instance) {
    update { state in
      state.primary = instance
      state.warmPool.starting = instance
      state.standbyServes = false
      state.detector = ConsecutiveFailureDetector(strategy.healthCheck)
      state.failedSyncs = 0
      state.cachedOffers = []
      state.warmPool.failovers += 1
    }
  }

  /// The GPU that stood by is the primary already; what is left is to say so.
  func concludeWarmFailover() throws {
    let status = snapshot.warmPool
    try enterPool(warmPool?.autoProvision == true ? .provisioning : .degraded)
    try enter(.protected)
    guard let instance = status.starting else { return }
    update { $0.warmPool.starting = nil }
    record(.warmFailoverCompleted(to: instance.id, failovers: status.failovers))
    notify(.failoverComplete, "GPU \(instance.id) serves, with all data")
  }
}

/// How far the start of a stopped GPU has come.
private struct WarmStart {
  /// Whether the provider has taken the order to start.
  var isOrdered = false
  /// Whether the GPU that failed is certain not to run.
  var isFenced = false
  /// Attempts to find it running and answering.
  var attempts = 0
  /// Those in which ssh was asked, and how long that took in all.
  var polls = 0
  var probing = Duration.zero
  /// Answers of ssh in a row.
  var successes = 0
  /// Once it runs.
  var instance: Instance?
  var waitingFor = ""

  /// A call did not get through: that may pass, unless the provider has answered no.
  mutating func note(_ error: PortError) throws {
    try error.rethrowIfCancelled()
    waitingFor = error.description
    if error.reason == .refused || error.reason == .notFound { throw RecoveryFailure(step: "start", error) }
  }
}
