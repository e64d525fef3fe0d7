extension Orchestrator {
  /// The strategy's warm pool, unless it has been switched off.
  var warmPool: WarmPool? { update { $0.warmPool.isSwitchedOff } ? nil : strategy.warmPool }

  /// Whether users may be sent to the CPU standby.
  var standbyMayServe: Bool { strategy.standby != nil && (strategy.warmPool?.fallsBackToStandby ?? true) }

  /// Moves the warm pool to `next`, if the table of transitions allows it; does nothing when it is already there.
  func enterPool(_ next: WarmPoolState) throws(InvalidPoolTransition) {
    let previous = update { state in
      let previous = state.warmPool.state
      if previous.allows(next) { state.warmPool.state = next }
      return previous
    }
    guard previous != next else { return }
    guard previous.allows(next) else { throw InvalidPoolTransition(from: previous, to: next) }
    record(.warmPoolChanged(from: previous, to: next))
  }

  /// What is rented for `offer`: on a machine of the pool's with a volume, which is created if there is none yet.
  func order(for offer: Offer) async throws(PortError) -> InstanceOrder {
    let (known, isChosen) = update { ($0.volume(on: offer.machine), $0.warmPool.state == .provisioning) }
    if let known { return InstanceOrder(offer, volume: known.id) }
    guard let pool = warmPool, isChosen else { return InstanceOrder(offer) }
    let id = try await ports.marketplace.createVolume(
      size: pool.volumeSize, on: offer.machine, timeout: strategy.timeouts.api)
    let volume = Volume(id: id, size: pool.volumeSize, machine: offer.machine)
    update { $0.volumes.append(volume) }
    record(.volumeCreated(volume), on: .marketplace)
    return InstanceOrder(offer, volume: id)
  }

  /// Deletes every volume that is neither the pool's nor that of a GPU which is being prepared. One that cannot be deleted
  /// stays on the list of what is owned, and is tried again later.
  func deleteUnusedVolumes() async throws {
    let unused = update { state in
      let needed = [state.warmPool.volume, state.recovery?.volume?.id]
      return state.volumes.map(\.id).filter { !needed.contains($0) }
    }
    for id in unused {
      do throws(PortError) {
        try await ports.marketplace.deleteVolume(id, timeout: strategy.timeouts.api)
        update { state in
          state.volumes.removeAll { $0.id == id }
          state.warmPool.givenUp.removeAll { $0 == id }
        }
        record(.volumeDeleted(id), on: .marketplace)
      } catch {
        try error.rethrowIfCancelled()
        record(.note("volume \(id) could not be given back: \(error)"), on: .marketplace)
      }
    }
  }

  /// Makes sure that an instance does not run, so that it cannot go on writing to a volume that another one is about to
  /// use: a GPU that seems dead may only be out of reach.
  ///
  /// - Returns: whether that is certain.
  func fence(_ id: InstanceID) async throws -> Bool {
    do throws(PortError) {
      try await ports.marketplace.stop(id, timeout: strategy.timeouts.api)
      record(.instanceStopped(id), on: .gpu(id))
      return true
    } catch {
      try error.rethrowIfCancelled()
      return error.reason == .notFound
    }
  }
}

extension OrchestratorState {
  /// The GPU that has been prepared serves now: the pool is where its volume is, or nowhere.
  mutating func adoptVolume() {
    let volume = recovery?.volume
    if warmPool.machine != volume?.machine { warmPool.standby = nil }
    warmPool.volume = volume?.id
    warmPool.machine = volume?.machine
    warmPool.returns = 0
    warmPool.isVolumeMissing = false
  }

  /// The volume that a GPU on that machine is attached to.
  func volume(on machine: MachineID) -> Volume? {
    volumes.first { $0.machine == machine && !warmPool.givenUp.contains($0.id) }
  }

  /// The provider has said of an order that it does not know the offer or the volume. The pool's volume is asked for again;
  /// any other has never been served from, and the next order gets a new one.
  mutating func noteNotFound(on machine: MachineID) {
    warmPool.isVolumeMissing = true
    if let volume = volume(on: machine), volume.id != warmPool.volume { warmPool.givenUp.append(volume.id) }
  }

  /// The volume cannot be got at: the pool has none.
  mutating func giveUpVolume() {
    if let volume = warmPool.volume { warmPool.givenUp.append(volume) }
    warmPool.volume = nil
    warmPool.machine = nil
    warmPool.returns = 0
    warmPool.isVolumeMissing = false
  }
}
