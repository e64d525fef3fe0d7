/// How far an attempt to get a new GPU has come.
struct RecoveryProgress: Sendable {
  var attempt: Int
  var offer: Offer?
  var instance: Instance?
  /// Whether the instance is there already and need not be rented.
  var isRented = false
  /// The volume of the instance, if it has one.
  var volume: Volume?
  /// Where the workspace of the new GPU came from.
  var source = RestoreSource.nothing
}

/// Where a new GPU is filled from.
enum RestoreSource: Sendable, Hashable {
  case standby
  case snapshot(SnapshotID)
  /// It is attached to the volume that the lost GPU wrote to: nothing has to be copied.
  case volume(VolumeID)
  /// There is no copy: the GPU starts empty.
  case nothing
}

/// An attempt to get a new GPU ended early.
public struct RecoveryFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The step that failed, such as "search" or "restore".
  public var step: String
  public var error: PortError

  public init(step: String, _ error: PortError) {
    self.step = step
    self.error = error
  }

  public var description: String { "\(step) failed: \(error)" }
}

extension Orchestrator {
  /// Finds, provisions and fills a new GPU and moves users to it, trying again until it succeeds.
  public func recover() async throws {
    let policy = strategy.recovery
    while true {
      do {
        try await searchOffer()
        try await provision()
        try await awaitSSH()
        try await restore()
        try await checkInference()
        try await failBack()
        return
      } catch let failure as RecoveryFailure {
        let attempt = update { $0.recovery?.attempt ?? 1 }
        let delay = policy.retry.delay(after: attempt)
        record(
          .recoveryFailed(attempt: attempt, step: failure.step, failure.error, retryIn: delay))
        try await abandonCandidate()
        noteRefusedKey(failure.error)
        if attempt == policy.failuresUntilNotice {
          notify(.recoveryFailing, "\(attempt) attempts to get a GPU failed, the last one: \(failure)")
        }
        try await sleep(for: delay)
      }
    }
  }

  /// Chooses the best acceptable offer. The first step of an attempt.
  public func searchOffer() async throws {
    try enter(.recovering)
    let attempt = update { state in
      let attempt = (state.recovery?.attempt ?? 0) + 1
      state.recovery = RecoveryProgress(attempt: attempt)
      return attempt
    }
    record(.recoveryStarted(attempt: attempt))
    if try await returnToMachine() { return }
    if takeCachedOffer() { return }
    let policy = strategy.recovery
    let offers = try await step("search") { () async throws(PortError) in
      try await ports.marketplace.search(policy.query, timeout: strategy.timeouts.api)
    }
    let ranked = try poolOffers(among: offers) ?? policy.query.ranked(offers)
    guard !ranked.isEmpty else {
      record(.noOffer, on: .marketplace)
      throw RecoveryFailure(step: "search", PortError(.refused, "no acceptable offer"))
    }
    choose(ranked)
  }

  /// Takes the next offer of the last search, if it is still fresh enough.
  private func takeCachedOffer() -> Bool {
    let age = strategy.recovery.offerCacheAge
    let found = update { [now] state -> (Offer, Int)? in
      guard !state.cachedOffers.isEmpty, now - state.cachedAt <= age else { return nil }
      let offer = state.cachedOffers.removeFirst()
      state.recovery?.offer = offer
      return (offer, state.cachedOffers.count + 1)
    }
    guard let (offer, count) = found else { return false }
    record(.offersFound(acceptable: count, chosen: offer, fromCache: true), on: .marketplace)
    return true
  }

  /// Rents the chosen offer, or the next cached one when it is gone, and waits until the instance runs.
  public func provision() async throws {
    let started = clock.now
    let id = try await rent()
    let instance = try await awaitRunning(id, since: started)
    update { $0.recovery?.instance = instance }
    record(.instanceRunning(instance), on: .gpu(id))
  }

  /// Asks about an instance that has been ordered until it runs.
  func awaitRunning(_ id: InstanceID, since started: C.Instant) async throws -> Instance {
    let policy = strategy.recovery
    var poll = 1
    while true {
      let left = policy.provisionTimeout - started.duration(to: clock.now)
      let question = Poll.description(of: id, timeout: strategy.timeouts.api)
      if let skipped = ports.foresight?.fruitlessPolls(
        of: question, within: left, delay: { policy.provisionPoll.delay(after: poll + $0) })
      {
        poll += skipped.count
        try await sleep(for: skipped.time)
      }
      try await sleep(for: policy.provisionPoll.delay(after: poll))
      poll += 1
      let (instance, reason) = try await ask(about: id)
      switch instance?.status {
      case .running?: if let instance, instance.address != nil { return instance }
      case .stopped?, .offline?: throw RecoveryFailure(step: "provision", PortError(.refused, reason))
      case .provisioning?, nil: break
      }
      if started.duration(to: clock.now) >= policy.provisionTimeout {
        throw RecoveryFailure(step: "provision", PortError(.timedOut, reason))
      }
    }
  }

  /// Asks about an instance that has been ordered. A question without an answer is no reason to throw away an instance
  /// that is on its way.
  ///
  /// - Returns: the instance, if there was an answer; and, in words, why it cannot be used yet.
  private func ask(about id: InstanceID) async throws -> (Instance?, String) {
    do throws(PortError) {
      let instance = try await ports.marketplace.describe(id, timeout: strategy.timeouts.api)
      return (instance, "instance \(id) is \(instance.status.rawValue)")
    } catch {
      try error.rethrowIfCancelled()
      guard error.isPassing else { throw RecoveryFailure(step: "provision", error) }
      return (nil, "nothing is known of instance \(id): \(error)")
    }
  }

  private func rent() async throws -> InstanceID {
    if let id = update({ $0.recovery.flatMap { $0.isRented ? $0.instance?.id : nil } }) { return id }
    while true {
      guard let offer = update({ $0.recovery?.offer }) else {
        throw RecoveryFailure(step: "provision", PortError(.notFound, "no offer has been chosen"))
      }
      do throws(PortError) {
        let order = try await order(for: offer)
        let id = try await ports.marketplace.create(order, timeout: strategy.timeouts.api)
        update { state in
          state.owned.append(id)
          state.recovery?.instance = Instance(
            id: id, status: .provisioning, address: nil, price: offer.price)
          state.recovery?.volume = state.volumes.first { $0.id == order.volume }
        }
        record(.instanceCreated(id, offer), on: .gpu(id))
        return id
      } catch {
        try error.rethrowIfCancelled()
        record(.offerRefused(offer, error), on: .marketplace)
        if error.reason == .notFound { update { $0.noteNotFound(on: offer.machine) } }
        guard error.reason == .refused, takeCachedOffer() else {
          throw RecoveryFailure(step: "provision", error)
        }
      }
    }
  }

  /// Waits until the new instance answers over ssh as often in a row as the health check's success threshold asks.
  public func awaitSSH() async throws {
    let policy = strategy.recovery
    let (instance, address) = try candidate("ssh")
    let target = ProbeTarget(instance: instance.id, role: .gpu, address: address)
    let started = clock.now
    var polls = 0
    var successes = 0
    var probing = Duration.zero
    while true {
      polls += 1
      let left = policy.sshTimeout - started.duration(to: clock.now)
      let question = Poll.ssh(target, timeout: strategy.timeouts.verification)
      if let skipped = ports.foresight?.fruitlessPolls(
        of: question, within: left, delay: { policy.sshPoll.delay(after: polls + $0) })
      {
        polls += skipped.count
        probing += skipped.asking
        successes = 0
        try await sleep(for: skipped.time)
      }
      try await sleep(for: policy.sshPoll.delay(after: polls))
      let pollStarted = clock.now
      let result = await ports.probe.check(target, by: .ssh, timeout: strategy.timeouts.verification)
      probing += pollStarted.duration(to: clock.now)
      switch result {
      case .healthy:
        successes += 1
        guard successes >= strategy.healthCheck.successThreshold else { continue }
        record(.sshReady(instance.id, polls: polls, probing: probing), on: .gpu(instance.id))
        return
      case .unhealthy(.cancelled): throw CancellationError()
      case .unhealthy(let failure):
        successes = 0
        guard started.duration(to: clock.now) < policy.sshTimeout else {
          throw RecoveryFailure(step: "ssh", PortError(.timedOut, failure.rawValue))
        }
      }
    }
  }

  func copyBack(from: HostAddress, to: HostAddress) async throws(PortError) -> SyncReport {
    let request = SyncRequest(
      source: from, destination: to, path: strategy.workspacePath,
      route: strategy.standby?.sync.route ?? .direct)
    return try await ports.fileSync.synchronize(request, timeout: strategy.recovery.restoreTimeout)
  }

  /// The instance being recovered to, with its address.
  func candidate(_ step: String) throws(RecoveryFailure) -> (Instance, HostAddress) {
    guard let instance = update({ $0.recovery?.instance }), let address = instance.address else {
      throw RecoveryFailure(step: step, PortError(.notFound, "no instance has been provisioned"))
    }
    return (instance, address)
  }

  /// Gives back what a failed attempt had rented.
  private func abandonCandidate() async throws {
    let (id, standbyServes) = update { state in
      defer {
        state.recovery?.instance = nil
        state.recovery?.volume = nil
        state.recovery?.offer = nil
      }
      return (state.recovery?.instance?.id, state.standbyServes)
    }
    if snapshot.phase == .failingBack { try enter(.recovering) }
    try enter(standbyServes ? .degraded : .down)
    if let id { try await giveBack(id) }
  }

  /// Runs one call as a step of a recovery attempt.
  func step<R: Sendable>(
    _ name: String, _ call: () async throws(PortError) -> R
  ) async throws -> R {
    do throws(PortError) {
      return try await call()
    } catch {
      try error.rethrowIfCancelled()
      throw RecoveryFailure(step: name, error)
    }
  }
}
