import Failover

/// How long it takes to be told no.
enum RefusalTimes {
  /// A connection to a port where nobody listens: ssh ended after 0.03 s with its server dead.
  static let closedPort = Duration.milliseconds(30)
  /// An interface that answers with an error, or a key that is refused: as quick as an answer, the lower end of what one
  /// question takes in the documents.
  static let answer = Duration.milliseconds(200)
  /// A provider that finds out that it has no machine left. Measured on GCP, 513 refused creates: half within 3 s, 75 %
  /// 46 s, 90 % 68 s, 99 % 115 s. (The shortest is not known: a second. The longest is cut off at the 99 %.)
  static let noMachine = Distribution.empirical([
    .init(probability: 0, value: 1), .init(probability: 0.5, value: 3), .init(probability: 0.75, value: 46),
    .init(probability: 0.9, value: 68), .init(probability: 0.99, value: 115), .init(probability: 1, value: 115),
  ])
}

extension World {
  /// Waits, and then fails; with a time-out, if that comes first.
  func fail(_ error: PortError, after delay: Duration, timeout: Duration) async throws(PortError) {
    try await pause(for: delay, timeout: timeout, error.detail)
    throw error
  }

  /// Waits for an answer that never comes.
  func hang(_ timeout: Duration, _ what: String) async throws(PortError) {
    try await fail(PortError(.timedOut, what), after: timeout, timeout: timeout)
  }

  // MARK: ssh

  /// What it costs the orchestrator to log in on hosts, one after the other. Hosts that do not exist or are down are left
  /// to the call that follows.
  ///
  /// - Returns: how long it took.
  /// - Throws: `.unreachable` with the host to blame, `.unauthorized`, `.timedOut`.
  func logIn(on addresses: [HostAddress], timeout: Duration, _ what: String) async throws(PortError) -> Duration {
    guard !state({ $0.faults.isEmpty }) else { return .zero }
    let started = simulation.clock.now
    for address in addresses {
      let left = timeout - started.duration(to: simulation.clock.now)
      let now = simulation.clock.now
      let (obstacle, delay) = state { state in
        state.hosts[at: address].map { Self.obstacle(to: $0, state.faults, at: now) } ?? (nil, .zero)
      }
      switch obstacle {
      case .silence:
        let error = PortError(.unreachable, "\(address) does not answer: \(what)", host: address)
        try await fail(error, after: model.network.keepAlive, timeout: left)
      case .closedPort:
        let error = PortError(.unreachable, "\(address) refuses connections: \(what)", host: address)
        try await fail(error, after: RefusalTimes.closedPort, timeout: left)
      case .refusedKey:
        try await fail(
          PortError(.unauthorized, "\(address) refuses the key: \(what)"), after: RefusalTimes.answer, timeout: left)
      case nil: try await pause(for: delay, timeout: left, what)
      }
    }
    return started.duration(to: simulation.clock.now)
  }

  private enum Obstacle { case silence, closedPort, refusedKey }

  private static func obstacle(
    to host: SimulatedHost, _ faults: ActiveFaults, at now: VirtualClock.Instant
  ) -> (Obstacle?, delay: Duration) {
    guard host.answersSSH(at: now) else { return (nil, .zero) }
    let spot = Spot(host)
    let links = faults.links
    if faults.isFrozen(spot) || !links.areConnected(.orchestrator, spot) { return (.silence, .zero) }
    if faults.hasNoSSH(spot) { return (.closedPort, .zero) }
    if faults.keyIsExpired { return (.refusedKey, .zero) }
    return (nil, links.addedRoundTrip(.orchestrator, spot) * LinkConditions.roundTripsToLogIn)
  }

  // MARK: Interfaces

  /// What a call of a provider's interface meets before it is heard.
  ///
  /// - Returns: how long it took.
  /// - Throws: `.timedOut`, `.rateLimited`, `.invalidAnswer`.
  func call(_ provider: FaultPlace, timeout: Duration, _ what: String) async throws(PortError) -> Duration {
    let now = simulation.clock.now
    let (obstacle, delay) = state { $0.obstacle(to: provider, at: now) }
    switch obstacle {
    case .silence: try await hang(timeout, what)
    case .limit:
      let error = PortError(.rateLimited, "too many calls: \(what)")
      try await fail(error, after: RefusalTimes.answer, timeout: timeout)
    case .error:
      let error = PortError(.invalidAnswer, "the provider answers with an error: \(what)")
      try await fail(error, after: RefusalTimes.answer, timeout: timeout)
    case nil: try await pause(for: delay, timeout: timeout, what)
    }
    return delay
  }

  /// Fails as a provider does that has no machine left.
  func refuse(_ error: PortError, timeout: Duration) async throws(PortError) {
    let time = state { state in
      RefusalTimes.noMachine.sampleDuration(&state.refusals)
    }
    try await fail(error, after: time, timeout: timeout)
  }
}

/// What keeps a call from being heard.
enum InterfaceObstacle { case silence, limit, error }

extension WorldState {
  mutating func obstacle(
    to provider: FaultPlace, at now: VirtualClock.Instant
  ) -> (InterfaceObstacle?, delay: Duration) {
    guard !faults.isEmpty, let spot = spot(provider) else { return (nil, .zero) }
    let links = faults.links
    if !links.areConnected(.orchestrator, spot) { return (.silence, .zero) }
    let delay = links.addedRoundTrip(.orchestrator, spot)
    if provider == .compute {
      let fails = faults.strikesNow { if case .computeErrors(let share) = $0 { share } else { nil } }
      return (fails ? .error : nil, delay)
    }
    if faults.strikesNow({ if case .marketplaceTimeouts(let share) = $0 { share } else { nil } }) {
      return (.silence, .zero)
    }
    if !faults.admitsCall(at: now) { return (.limit, .zero) }
    let fails = faults.strikesNow { if case .marketplaceErrors(let share) = $0 { share } else { nil } }
    return (fails ? .error : nil, delay)
  }
}
