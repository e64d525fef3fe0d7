// Rounds of the routine that a world with foresight makes unnecessary.

extension Orchestrator {
  /// Sleeps until the next round of a loop is due.
  ///
  /// Inlined, as every asynchronous call costs some 300 instructions beside what it does.
  @inline(__always) func rest(_ routine: Routine, until next: C.Instant) async throws {
    guard let foresight = ports.foresight else { return try await clock.sleep(until: next, tolerance: nil) }
    try await foresight.rest(routine, for: clock.now.duration(to: next))
  }

  /// Skips the checks that are going to pass.
  ///
  /// - Parameter next: when the next check is due.
  /// - Returns: when the first is due that must be made.
  func skippingChecks(from next: C.Instant) -> C.Instant {
    guard let foresight = ports.foresight, foresight.promises else { return next }
    let policy = strategy.healthCheck
    let isQuiet = update { $0.phase == .protected && $0.detector.isQuiet && $0.inconclusiveChecks == 0 }
    guard isQuiet, policy.intervalJitterPercent == 0, let primary = snapshotOfPrimary else { return next }
    let target = ProbeTarget(instance: primary.id, role: .gpu, address: primary.address)
    let count = foresight.passingChecks(of: target, policy, in: clock.now.duration(to: next))
    guard count > 0 else { return next }
    log.checksPassed(count)
    return next.advanced(by: policy.interval * count)
  }

  /// Skips the syncs that are going to succeed.
  ///
  /// - Parameter next: when the next sync is due.
  /// - Returns: when the first is due that must be made.
  func skippingSyncs(from next: C.Instant) throws -> C.Instant {
    guard let foresight = ports.foresight, foresight.promises,
      update({ $0.failedSyncs == 0 && $0.standbyPoint != nil })
    else { return next }
    let policy = try cpuStandby().sync
    let (_, source) = try serving(.gpu)
    let (_, destination) = try serving(.standby)
    let request = SyncRequest(
      source: source, destination: destination, path: strategy.workspacePath, route: policy.route)
    let delay = clock.now.duration(to: next)
    guard
      let skipped = foresight.succeedingSyncs(request, policy, checks: strategy.healthCheck, in: delay)
    else { return next }
    let started = origin.duration(to: next) + policy.interval * (skipped.count - 1)
    let point = SyncPoint(started: started, completed: started + skipped.last)
    update {
      $0.keyIsRefused = false
      $0.standbyPoint = point
    }
    log.syncsCompleted(skipped, last: point)
    return next.advanced(by: policy.interval * skipped.count)
  }

  private var snapshotOfPrimary: (id: InstanceID, address: HostAddress)? {
    update { state in
      guard let primary = state.primary, let address = primary.address else { return nil }
      return (primary.id, address)
    }
  }
}
