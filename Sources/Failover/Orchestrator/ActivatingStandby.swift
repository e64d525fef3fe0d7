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
    for source in snapshot.snapshots.reversed() {
      if let held = update({ $0.standbyPoint }), held.started >= source.point.started { break }
      let lane = Lane.standby(standby.id)
      do {
        let report = try await tryRestoring(source.id, to: address, path: strategy.workspacePath, on: lane)
        guard report != nil else { continue }
        update { $0.standbyPoint = source.point }
      } catch is RecoveryFailure {
        // The store does not answer: what the machine holds already must do.
      }
      break
    }
    guard update({ $0.standbyPoint != nil }) else { return false }
    record(.standbyActivated(standby), on: .standby(standby.id))
    return true
  }
}
