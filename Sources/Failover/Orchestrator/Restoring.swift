extension Orchestrator {
  /// Fills the new instance from the newest copy there is; the standby, if it serves, goes on serving meanwhile. A
  /// copy that turns out to be damaged, or to be gone, gives way to the next newest.
  public func restore() async throws {
    let (instance, to) = try candidate("restore")
    let lane = Lane.gpu(instance.id)
    while true {
      let source = restoreSource()
      update { $0.recovery?.source = source }
      switch source {
      case .standby: if try await restoreFromStandby(instance, to) { return }
      case .snapshot(let id):
        if try await tryRestoring(id, to: to, path: strategy.workspacePath, on: lane) != nil { return }
      case .volume(let id):
        record(.volumeReused(id), on: lane)
        return
      case .nothing:
        record(.restoreSkipped, on: lane)
        return
      }
    }
  }

  // MARK: Which copy

  /// The newest copy: the volume of the lost GPU, unless users have gone on with another copy since; the standby's when
  /// users have been on it since the GPU was lost; else whichever of standby and snapshots was in step last.
  func restoreSource() -> RestoreSource {
    update { state in
      if !state.standbyIsNewest, let volume = state.recovery?.volume?.id, volume == state.warmPool.volume {
        return .volume(volume)
      }
      let newest = state.snapshots.last
      if state.standby != nil {
        if state.standbyIsNewest { return .standby }
        if let point = state.standbyPoint, newest.map({ $0.point.started <= point.started }) ?? true {
          return .standby
        }
      }
      return newest.map { .snapshot($0.id) } ?? .nothing
    }
  }

  /// The copy that is used first when the GPU is down: the standby's, because it can serve at once, else the newest
  /// snapshot.
  var copyInHand: SyncPoint? { update { $0.standbyPoint ?? $0.snapshots.last?.point } }

  // MARK: From the standby

  /// - Returns: whether the instance holds the workspace; `false` when the standby is gone.
  private func restoreFromStandby(_ instance: Instance, _ to: HostAddress) async throws -> Bool {
    let policy = strategy.recovery
    let (_, from) = try serving(.standby)
    let retry = try cpuStandby().sync.retry
    record(.restoreStarted(from: from, to: to), on: .gpu(instance.id))
    for attempt in 1...max(1, policy.restoreAttempts) {
      do throws(PortError) {
        let report = try await copyBack(from: from, to: to)
        record(.restoreCompleted(report), on: .gpu(instance.id))
        return true
      } catch {
        try error.rethrowIfCancelled()
        record(.restoreFailed(attempt: attempt, error), on: .gpu(instance.id))
        if try await !standbyIsThere(after: error) { return false }
        guard attempt < policy.restoreAttempts else {
          throw RecoveryFailure(step: "restore", error)
        }
      }
      try await sleep(for: retry.delay(after: attempt))
    }
    return false
  }

  // MARK: From a snapshot

  /// Fills a machine from a snapshot; from the one before it when it turns out to be damaged, and so on.
  ///
  /// - Parameters:
  ///   - host: any machine that answers over ssh, a GPU or a standby.
  ///   - lane: whom the events belong to.
  /// - Returns: what was restored; `nil` when no snapshot is left, so that the machine is as it was.
  /// - Throws: `RecoveryFailure` of the step "restore" when a snapshot cannot be had at present; `PortMissing`;
  ///   `CancellationError`.
  @discardableResult
  func restoreSnapshot(
    _ id: SnapshotID, to host: HostAddress, path: String, on lane: Lane
  ) async throws -> SnapshotRestoreReport? {
    var next: SnapshotID? = id
    while let id = next {
      let before = snapshot.chains.before(id)?.id
      if let report = try await tryRestoring(id, to: host, path: path, on: lane) { return report }
      next = before
    }
    return nil
  }

  /// Restores this snapshot and no other.
  ///
  /// - Returns: `nil` when it can never be restored; it is not kept any longer then.
  func tryRestoring(
    _ id: SnapshotID, to host: HostAddress, path: String, on lane: Lane
  ) async throws -> SnapshotRestoreReport? {
    let known = snapshot.snapshots.first { $0.id == id }
    record(.snapshotRestoreStarted(id, to: host), on: lane)
    guard var report = try await fetch(id, to: host, path: path, on: lane) else {
      update { $0.chains.discard(id) }
      return nil
    }
    report.record = known
    record(.snapshotRestored(report), on: lane)
    return report
  }

  /// Tries to restore one snapshot, as often as the recovery allows.
  ///
  /// - Returns: `nil` when it can never be restored: it is damaged, or the store does not have it.
  private func fetch(
    _ id: SnapshotID, to host: HostAddress, path: String, on lane: Lane
  ) async throws -> SnapshotRestoreReport? {
    let store = try snapshotStore()
    let policy = try snapshotPolicy()
    let attempts = max(1, strategy.recovery.restoreAttempts)
    for attempt in 1...attempts {
      do throws(PortError) {
        return try await store.restore(id, to: host, path: path, timeout: policy.restoreTimeout)
      } catch {
        try error.rethrowIfCancelled()
        record(.snapshotRestoreFailed(id, attempt: attempt, error), on: lane)
        if error.reason == .invalidAnswer || error.reason == .notFound { return nil }
        guard attempt < attempts else { throw RecoveryFailure(step: "restore", error) }
      }
      try await sleep(for: policy.retry.delay(after: attempt))
    }
    return nil
  }
}
