extension Orchestrator {
  /// Whether there is a standby that users could be moved to, or one can be made. One that does not hold a whole copy yet
  /// is of no use: users would find an empty workspace, or half of one.
  var canUseStandby: Bool {
    switch strategy.standby?.mode {
    case .running: update { $0.standby != nil && $0.standbyPoint != nil }
    case .onDemand: update { !$0.snapshots.isEmpty }
    case nil: false
    }
  }

  /// Takes a place on a standby that other workspaces use, too.
  ///
  /// - Returns: whether there is one; always, where nobody else uses it.
  func hasSeat() -> Bool {
    guard let seats = ports.seats, let id = snapshot.standby?.id, !seats.take(on: id) else { return true }
    record(.standbyBusy(id), on: .standby(id))
    return false
  }

  /// Creates a standby that was off until it was needed.
  ///
  /// - Returns: where it answers.
  func orderStandby() async throws(PortError) -> HostAddress {
    discardStandby()
    do {
      try await createStandby()
    } catch let error as PortError {
      throw error
    } catch {
      throw PortError(.refused, "\(error)")
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
    while let newest = snapshot.snapshots.last {
      do {
        let lane = Lane.standby(standby.id)
        guard try await tryRestoring(newest.id, to: address, path: strategy.workspacePath, on: lane) != nil else { continue }
        update { $0.standbyPoint = newest.point }
      } catch is RecoveryFailure {
        // The store does not answer, or the machine is gone.
      }
      break
    }
    guard update({ $0.standbyPoint != nil }) else { return false }
    record(.standbyActivated(standby), on: .standby(standby.id))
    return true
  }
}
