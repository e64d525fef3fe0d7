extension Orchestrator {
  /// Whether there is a standby that users could be moved to, or one can be made. One that does not hold a whole copy yet
  /// is of no use: users would find an empty workspace, or half of one.
  var canUseStandby: Bool {
    switch strategy.standby?.mode {
    case .running: update { $0.standby != nil && $0.standbyPoint != nil }
    case .onDemand: update { $0.standby != nil || !$0.snapshots.isEmpty }
    case nil: false
    }
  }

  /// Creates a standby that was off until it was needed. One that is left over from the last time is used again.
  ///
  /// - Returns: where it answers.
  func orderStandby() async throws(PortError) -> HostAddress {
    if snapshot.standby == nil {
      do {
        try await createStandby()
      } catch let error as PortError {
        throw error
      } catch {
        throw PortError(.refused, "\(error)")
      }
    }
    guard let address = snapshot.standby?.address else { throw PortError(.notFound, "the standby has no address") }
    return address
  }

  /// Fills a standby that has just been created from the newest snapshot that can be restored.
  ///
  /// - Returns: whether it holds the workspace.
  func fillStandby(at address: HostAddress) async throws -> Bool {
    guard let standby = snapshot.standby else { return false }
    // Newest first: an older one is better than none, when the newer cannot be read.
    for record in snapshot.snapshots.reversed() {
      if let held = update({ $0.standbyPoint }), held.started >= record.point.started { break }
      if try await fill(standby, at: address, from: record) { break }
    }
    guard update({ $0.standbyPoint != nil }) else { return false }
    record(.standbyActivated(standby), on: .standby(standby.id))
    return true
  }

  private func fill(_ standby: Instance, at address: HostAddress, from source: SnapshotRecord) async throws -> Bool {
    guard let store = ports.snapshots, let policy = strategy.snapshots else { return false }
    let attempts = max(1, try cpuStandby().failover.attempts)
    for attempt in 1...attempts {
      record(.snapshotRestoreStarted(source.id, to: address), on: .standby(standby.id))
      do throws(PortError) {
        let report = try await store.restore(
          source.id, to: address, path: strategy.workspacePath, timeout: policy.restoreTimeout)
        update { $0.standbyPoint = source.point }
        record(.snapshotRestored(report), on: .standby(standby.id))
        return true
      } catch {
        try error.rethrowIfCancelled()
        record(.restoreFailed(attempt: attempt, error), on: .standby(standby.id))
        // What is damaged or gone will not be better the next time.
        if error.reason == .invalidAnswer || error.reason == .notFound { return false }
      }
      if attempt < attempts { try await clock.sleep(for: policy.retry.delay(after: attempt)) }
    }
    return false
  }
}
