extension Orchestrator {
  /// Saves snapshots of the serving GPU as often as the strategy says, and deletes those that are too many.
  func keepSnapshots() async throws {
    let policy = try snapshotPolicy()
    update { $0.failedSnapshots = 0 }
    var next = clock.now
    while true {
      try await rest(.snapshot, until: next)
      if try await saveSnapshot() {
        try await deleteExpiredSnapshots()
        next = max(next.advanced(by: policy.interval), clock.now)
      } else {
        let failures = update { $0.failedSnapshots }
        next = clock.now.advanced(by: policy.retry.delay(after: failures))
      }
    }
  }

  /// Saves one snapshot of the serving GPU: a whole one when it is time for one, else what has changed since the last.
  ///
  /// - Parameter limit: when it is given up, if that is sooner than the policy's time-out.
  /// - Returns: whether it succeeded.
  @discardableResult
  public func saveSnapshot(within limit: Duration? = nil) async throws -> Bool {
    let policy = try snapshotPolicy()
    let store = try snapshotStore()
    let (primary, source) = try serving(.gpu)
    let base = update { $0.chains.base(for: primary, fullEvery: policy.fullEvery) }
    let started = now
    do throws(PortError) {
      let request = SnapshotRequest(source: source, path: strategy.workspacePath, base: base)
      let report = try await store.save(
        request, timeout: min(policy.timeout, limit ?? policy.timeout))
      let saved = SnapshotRecord(
        report, of: primary, point: SyncPoint(started: started, completed: now))
      update {
        $0.failedSnapshots = 0
        $0.chains.add(saved)
        $0.chains.retire(keeping: policy.keep)
      }
      log.snapshotSaved(saved, on: .store, at: saved.point.completed)
      return true
    } catch {
      try error.rethrowIfCancelled()
      let failures = update { state in
        state.failedSnapshots += 1
        if error.reason == .notFound { state.chains.breakChain() }
        return state.failedSnapshots
      }
      record(.snapshotFailed(attempt: failures, error), on: .store)
      noteRefusedKey(error)
      if failures == Self.snapshotFailuresUntilNotice {
        notify(.snapshotFailing, "\(failures) snapshots failed in a row, the last one: \(error)")
      }
      return false
    }
  }

  /// As many as for syncs by default: the documents' alert on failed syncs is at more than three.
  private static var snapshotFailuresUntilNotice: Int { 3 }

  /// Deletes what is no longer kept. What cannot be deleted stays on the list and is tried again after the next
  /// snapshot; nothing that it builds on is deleted before.
  private func deleteExpiredSnapshots() async throws {
    let store = try snapshotStore()
    while let expired = update({ $0.chains.expired.first }) {
      do throws(PortError) {
        try await store.delete(expired.id, timeout: strategy.timeouts.api)
        update { $0.chains.forget(expired.id) }
        log.snapshotDeleted(expired, on: .store, at: now)
      } catch {
        try error.rethrowIfCancelled()
        record(.snapshotDeleteFailed(expired.id, error), on: .store)
        return
      }
    }
  }

  /// Proves that the model answers on a new GPU, where the strategy asks for it.
  ///
  /// - Throws: `RecoveryFailure` of the step "inference"; `PortMissing`; `CancellationError`.
  public func checkInference() async throws {
    guard strategy.inferenceModel != nil else { return }
    let (instance, host) = try candidate("inference")
    try await checkInference(instance, host)
  }

  func checkInference(_ instance: Instance, _ host: HostAddress) async throws {
    guard let model = strategy.inferenceModel else { return }
    let probe = try inferenceProbe()
    do throws(PortError) {
      let report = try await probe.firstAnswer(
        of: model, on: host, timeout: strategy.timeouts.inference)
      record(.inferencePassed(report), on: .gpu(instance.id))
    } catch {
      try error.rethrowIfCancelled()
      record(.inferenceFailed(model: model, error), on: .gpu(instance.id))
      throw RecoveryFailure(step: "inference", error)
    }
  }

  // MARK: What it needs

  func snapshotPolicy() throws(StrategyMissing) -> SnapshotPolicy {
    guard let policy = strategy.snapshots else { throw StrategyMissing(protection: "snapshots") }
    return policy
  }

  func snapshotStore() throws(PortMissing) -> any SnapshotStore {
    guard let store = ports.snapshots else { throw PortMissing("snapshot store") }
    return store
  }

  func inferenceProbe() throws(PortMissing) -> any InferenceProbe {
    guard let probe = ports.inference else { throw PortMissing("inference probe") }
    return probe
  }
}
