extension Orchestrator {
  /// Keeps what the strategy falls back on ready and watches the GPU, until it is known to be down. Meanwhile gives back
  /// what an earlier failover has left.
  public func protectUntilFault() async throws {
    update { $0.isDownNoted = false }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await self.giveBackEverythingUnused()
        return false
      }
      if strategy.standby != nil {
        group.addTask {
          try await self.keepStandby()
          return false
        }
      }
      if strategy.snapshots != nil {
        group.addTask {
          try await self.keepSnapshots()
          return false
        }
      }
      if strategy.warmPool != nil {
        group.addTask {
          try await self.keepWarmPool()
          return false
        }
      }
      if !strategy.healthCheck.methods.isEmpty {
        group.addTask {
          try await self.watch()
          return true
        }
      }
      for watcher in otherWatchers {
        group.addTask {
          try await watcher()
          return true
        }
      }
      if let hibernation = strategy.hibernation {
        group.addTask {
          try await self.awaitIdleTime(hibernation)
          return true
        }
      }
      // A protection may come to an end; what ends the round is a watcher, with a fault, or the end of work.
      while let isFault = try await group.next() {
        if isFault { break }
      }
      // What has not been given back by then is tried again in the next round.
      group.cancelAll()
    }
    try await useLeadTime()
  }

  // MARK: Sync

  /// One pass from the GPU to the standby.
  ///
  /// - Returns: whether it succeeded.
  @discardableResult
  public func sync() async throws -> Bool { try await syncOnce() == nil }

  /// One pass from the GPU to the standby.
  ///
  /// - Parameter limit: when it is given up, if that is sooner than the policy's time-out.
  /// - Returns: why it failed; `nil` when it succeeded.
  func syncOnce(within limit: Duration? = nil) async throws -> PortError? {
    let policy = try cpuStandby().sync
    let (primary, source) = try serving(.gpu)
    let (_, destination) = try serving(.standby)
    let started = now
    do throws(PortError) {
      let request = SyncRequest(
        source: source, destination: destination, path: strategy.workspacePath, route: policy.route)
      let report = try await ports.fileSync.synchronize(
        request, timeout: min(policy.timeout, limit ?? policy.timeout))
      let point = SyncPoint(started: started, completed: now)
      let failures = update { state in
        defer { state.failedSyncs = 0 }
        state.keyIsRefused = false
        state.standbyPoint = point
        return state.failedSyncs
      }
      if failures > 0 { record(.syncRecovered(afterFailures: failures)) }
      log.syncCompleted(report, started: started, on: .gpu(primary), at: point.completed)
      return nil
    } catch {
      try error.rethrowIfCancelled()
      let failures = update { state in
        state.failedSyncs += 1
        return state.failedSyncs
      }
      record(.syncFailed(attempt: failures, error), on: .gpu(primary))
      noteRefusedKey(error)
      if failures == policy.failuresUntilNotice {
        notify(.syncFailing, "\(failures) syncs failed in a row, the last one: \(error)")
      }
      return error
    }
  }

  // MARK: Health

  private func watch() async throws {
    let policy = strategy.healthCheck
    var next = clock.now.advanced(by: policy.initialDelay)
    while true {
      next = skippingChecks(from: next.advanced(by: nextInterval()))
      try await rest(.check, until: next)
      if try await checkHealth() { return }
      // A check that outlasts its interval is followed by the next at once, not by several.
      next = max(next, clock.now.advanced(by: .zero - policy.interval))
    }
  }

  private func nextInterval() -> Duration {
    let policy = strategy.healthCheck
    guard policy.intervalJitterPercent > 0 else { return policy.interval }
    let draw = update { state in
      defer { state.jitterDraws += 1 }
      return state.jitterDraws
    }
    let stretch = policy.interval.scaled(by: policy.intervalJitterPercent, over: 100)
    return policy.interval + stretch.scaled(by: Int64(ports.jitter.fraction(draw)), over: 1 << 32)
  }

  /// Checks the GPU once.
  ///
  /// - Returns: whether this check was the one that reached the threshold.
  @discardableResult
  public func checkHealth() async throws -> Bool {
    let policy = strategy.healthCheck
    let (primary, address) = try serving(.gpu)
    let target = ProbeTarget(instance: primary, role: .gpu, address: address)
    let started = now
    var failed: (method: ProbeMethod, failure: ProbeFailure)?
    var unanswered: (method: ProbeMethod, failure: ProbeFailure)?
    var isWell = false
    for method in policy.methods {
      switch await ports.probe.check(target, by: method, timeout: policy.timeout) {
      case .healthy: (failed, isWell) = (nil, true)
      case .unhealthy(.cancelled): throw CancellationError()
      case .unhealthy(let failure) where failure.isInconclusive:
        unanswered = unanswered ?? (method, failure)
        continue
      // The first failure is the one that is told; the others only confirm it.
      case .unhealthy(let failure): failed = failed ?? (method, failure)
      }
      if (failed == nil) == (policy.requirement == .any) { break }
    }
    if let failed { return try noteFailure(of: primary, failed.method, failed.failure) }
    if let unanswered { noteNoAnswer(of: primary, unanswered.method, unanswered.failure) }
    if isWell || unanswered == nil { try noteSuccess(of: primary, started: started) }
    return false
  }

  private func noteSuccess(of id: InstanceID, started: Duration) throws(InvalidTransition) {
    let now = now
    log.checkPassed(after: now - started, on: .gpu(id), at: now)
    let change = update { state in
      state.inconclusiveChecks = 0
      return state.detector.record(healthy: true)
    }
    guard case .cleared(let failures) = change else { return }
    record(.suspicionCleared(failures: failures))
    try enter(.protected)
  }

  /// A check that could not be made says nothing about the machine: it neither counts as a failure, or a provider whose
  /// interface is down would take every GPU out of service, nor as a success. People are told.
  private func noteNoAnswer(of id: InstanceID, _ method: ProbeMethod, _ failure: ProbeFailure) {
    let threshold = strategy.healthCheck.failureThreshold
    let (failures, inconclusive) = update { state in
      state.inconclusiveChecks += 1
      return (state.detector.failures, state.inconclusiveChecks)
    }
    record(.checkFailed(failures: failures, threshold: threshold, method, failure), on: .gpu(id))
    if failure == .unauthorized {
      noteRefusedKey(PortError(.unauthorized, "health check by \(method.rawValue)"))
    } else if inconclusive == threshold {
      notify(.checksImpossible, "\(inconclusive) health checks by \(method.rawValue) told nothing: \(failure.rawValue)")
    }
  }

  /// A key or password is refused, which no repetition mends: people are told the first time.
  func noteRefusedKey(_ error: PortError) {
    guard error.reason == .unauthorized else { return }
    let isNews = update { state in
      defer { state.keyIsRefused = true }
      return !state.keyIsRefused
    }
    if isNews { notify(.credentialsRefused, "\(error)") }
  }

  private func noteFailure(
    of id: InstanceID, _ method: ProbeMethod, _ failure: ProbeFailure
  ) throws(InvalidTransition) -> Bool {
    let (change, failures) = update { state in
      let change = state.detector.record(healthy: false)
      return (change, state.detector.failures)
    }
    let threshold = strategy.healthCheck.failureThreshold
    record(
      .checkFailed(failures: failures, threshold: threshold, method, failure), on: .gpu(id))
    switch change {
    case .wentDown:
      noteFault(of: id, .checks(failures: failures, threshold: threshold))
      return true
    case .suspected: try enter(.suspicious)
    case .cleared, .cameUp, nil: break
    }
    return false
  }

  /// The GPU is known to be down. Of several watchers that see it at the same instant the first one counts.
  func noteFault(of id: InstanceID, _ detection: Detection) {
    let isKnown = update { state in
      defer { state.isDownNoted = true }
      return state.isDownNoted
    }
    if isKnown { return }
    record(.faultDetected(id, detection, lastSync: copyInHand))
  }
}
