extension Orchestrator {
  /// Waits until the GPU is not wanted any more. The round of protection ends then without a fault.
  func awaitIdleTime(_ schedule: HibernationSchedule) async throws {
    try await clock.sleep(until: origin.advanced(by: schedule.nextEnd(after: now)), tolerance: nil)
    update { $0.isIdleTime = true }
  }

  /// Stops the GPU, whose disk is kept, until it is wanted again, and then starts it. One that does not come back is
  /// lost: users are served as after any other fault.
  func hibernate(_ schedule: HibernationSchedule) async throws {
    update { $0.isIdleTime = false }
    let (primary, address) = try serving(.gpu)
    try enter(.hibernating)
    // What is on a stopped GPU can still be lost with its machine.
    if strategy.standby?.mode == .running, snapshot.standby != nil { try await sync() }
    guard try await putToSleep(primary) else {
      try await letUsersIn(at: address)
      return
    }
    try await clock.sleep(until: origin.advanced(by: schedule.nextStart(after: now)), tolerance: nil)
    do {
      try await wake(primary)
    } catch let failure as RecoveryFailure {
      record(.note("the GPU did not wake up: \(failure)"), on: .gpu(primary))
      try await restoreService()
    }
  }

  /// - Returns: whether the GPU is stopped; one that cannot be stopped goes on serving.
  private func putToSleep(_ id: InstanceID) async throws -> Bool {
    do throws(PortError) {
      try await ports.router.hold(timeout: strategy.timeouts.endpoint)
      record(.endpointHeld, on: .endpoint)
      try await ports.marketplace.stop(id, timeout: strategy.timeouts.api)
      record(.hibernated(id), on: .gpu(id))
      return true
    } catch {
      try error.rethrowIfCancelled()
      record(.note("the GPU could not be put to sleep: \(error)"), on: .gpu(id))
      return false
    }
  }

  private func wake(_ id: InstanceID) async throws {
    record(.woken(id), on: .gpu(id))
    try await step("wake") { () async throws(PortError) in
      try await ports.marketplace.start(id, timeout: strategy.timeouts.api)
    }
    record(.instanceStarted(id), on: .gpu(id))
    let instance = try await awaitAwake(id)
    update { $0.primary = instance }
    guard let address = instance.address else {
      throw RecoveryFailure(step: "wake", PortError(.invalidAnswer, "instance \(id) has no address"))
    }
    try await letUsersIn(at: address)
  }

  /// Waits until an instance runs and answers over ssh.
  private func awaitAwake(_ id: InstanceID) async throws -> Instance {
    let policy = strategy.recovery
    let started = clock.now
    var polls = 0
    while true {
      let instance = try await step("wake") { () async throws(PortError) in
        try await ports.marketplace.describe(id, timeout: strategy.timeouts.api)
      }
      var waitingFor = "instance \(id) is \(instance.status.rawValue)"
      if instance.status == .running, let address = instance.address {
        let target = ProbeTarget(instance: id, role: .gpu, address: address)
        switch await ports.probe.check(target, by: .ssh, timeout: strategy.timeouts.verification) {
        case .healthy: return instance
        case .unhealthy(.cancelled): throw CancellationError()
        case .unhealthy(let failure): waitingFor = "ssh: \(failure.rawValue)"
        }
      }
      guard started.duration(to: clock.now) < policy.provisionTimeout + policy.sshTimeout else {
        throw RecoveryFailure(step: "wake", PortError(.timedOut, waitingFor))
      }
      polls += 1
      try await sleep(for: policy.provisionPoll.delay(after: polls))
    }
  }

  private func letUsersIn(at address: HostAddress) async throws {
    try await step("wake") { () async throws(PortError) in
      try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
    }
    record(.endpointSwitched(to: address, role: .gpu), on: .endpoint)
    try enter(.protected)
  }
}
