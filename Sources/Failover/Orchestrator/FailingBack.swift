extension Orchestrator {
  /// Moves users to the new GPU. When it was filled from the standby, users are turned away first, the last changes copied,
  /// and both sides compared.
  public func failBack() async throws {
    let (instance, to) = try candidate("failback")
    try enter(.failingBack)
    record(.failbackStarted(to: to))
    if update({ $0.recovery?.source }) == .standby {
      let (_, from) = try serving(.standby)
      do {
        try await copyWhatIsThere(from: from, to: to, of: instance.id)
        try await moveUsers(to: to)
      } catch let failure as RecoveryFailure {
        try await reopenStandby(at: from)
        throw failure
      }
    } else {
      try await moveUsers(to: to)
    }
    try complete(instance)
  }

  /// Copies the last changes. When it turns out that the standby is gone, there are none left to copy: the GPU holds the
  /// newest copy there is.
  private func copyWhatIsThere(from: HostAddress, to: HostAddress, of id: InstanceID) async throws {
    do {
      try await holdAndCopy(from: from, to: to, of: id)
    } catch let failure as RecoveryFailure where failure.step != Self.holding {
      if try await standbyIsThere(after: failure.error) { throw failure }
    }
  }

  /// The step that has to do with the endpoint and not with the standby.
  private static var holding: String { "failback" }

  private func holdAndCopy(from: HostAddress, to: HostAddress, of id: InstanceID) async throws {
    try await step(Self.holding) { () async throws(PortError) in
      try await ports.router.hold(timeout: strategy.timeouts.endpoint)
    }
    let held = now
    record(.endpointHeld, on: .endpoint)
    try await copyLastChanges(from: from, to: to, of: id)
    let point = SyncPoint(started: held, completed: now)
    update { $0.standbyPoint = point }
    log.markDurable(point)
  }

  private func moveUsers(to: HostAddress) async throws {
    try await step("failback") { () async throws(PortError) in
      try await ports.router.route(to: to, timeout: strategy.timeouts.endpoint)
    }
    record(.endpointSwitched(to: to, role: .gpu), on: .endpoint)
    try await step("failback") { () async throws(PortError) in try await verifyEndpoint(is: to) }
    record(.verificationPassed(.endpointMoved))
  }

  func complete(_ instance: Instance) throws(InvalidTransition) {
    let attempts = update { state in
      defer {
        state.primary = instance
        state.standbyServes = false
        state.standbyIsNewest = false
        state.adoptVolume()
        state.recovery = nil
        state.cachedOffers = []
      }
      return state.recovery?.attempt ?? 1
    }
    ports.seats?.leave()
    try enter(.protected)
    record(.failbackCompleted(instance.id))
    record(.recoveryCompleted(attempts: attempts))
    notify(.gpuRestored, "GPU \(instance.id) holds the workspace")
    notify(.failbackComplete, "GPU \(instance.id) serves")
  }

  /// The final sync and the proof that both sides are equal. A difference is given one more pass to go away.
  private func copyLastChanges(from: HostAddress, to: HostAddress, of id: InstanceID) async throws {
    for isLastTry in [false, true] {
      let report = try await step("final sync") { () async throws(PortError) in
        try await copyBack(from: from, to: to)
      }
      record(.finalSyncCompleted(report), on: .gpu(id))
      let (source, destination) = try await digests(of: from, and: to)
      if source == destination {
        record(.contentVerified(source), on: .gpu(id))
        return
      }
      record(.contentDiffers(source: source, destination: destination), on: .gpu(id))
      if isLastTry {
        let error = PortError(.invalidAnswer, "the workspaces differ after two passes")
        throw RecoveryFailure(step: "verify", error)
      }
    }
  }

  private func digests(
    of source: HostAddress, and destination: HostAddress
  ) async throws -> (WorkspaceDigest, WorkspaceDigest) {
    try await step("verify") { () async throws(PortError) in
      let (path, timeout) = (strategy.workspacePath, strategy.timeouts.digest)
      async let first = digest(of: path, on: source, timeout: timeout)
      async let second = digest(of: path, on: destination, timeout: timeout)
      return (try await first.get(), try await second.get())
    }
  }

  /// `async let` loses the type of what is thrown, so the outcome is carried as a value.
  private func digest(
    of path: String, on host: HostAddress, timeout: Duration
  ) async -> Result<WorkspaceDigest, PortError> {
    do throws(PortError) {
      return .success(try await ports.fileSync.digest(of: path, on: host, timeout: timeout))
    } catch {
      return .failure(error)
    }
  }

  /// Lets users back to the standby after a failback that did not work out.
  func reopenStandby(at address: HostAddress) async throws {
    guard snapshot.standbyServes else { return }
    do throws(PortError) {
      try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
      record(.endpointSwitched(to: address, role: .standby), on: .endpoint)
    } catch {
      try error.rethrowIfCancelled()
      record(.failoverFailed("the endpoint could not be moved back to the standby: \(error)"))
      update { $0.standbyServes = false }
    }
  }
}
