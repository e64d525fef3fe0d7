import Failover

/// Health checks as faults let them come out.
struct FaultyProbe: HealthProbe {
  let world: World
  let probe: any HealthProbe

  func check(_ target: ProbeTarget, by method: ProbeMethod, timeout: Duration) async -> ProbeResult {
    let clock = world.simulation.clock
    let started = clock.now
    let view = world.state { $0.view(of: target, by: method, at: started) }
    do {
      switch view {
      case .clear: return await probe.check(target, by: method, timeout: timeout)
      case .silent:
        try await clock.sleep(until: started.advanced(by: timeout))
        return .unhealthy(.timedOut)
      case .mute:
        try await clock.sleep(until: started.advanced(by: timeout))
        return .unhealthy(.noBanner)
      case .fails(let failure, let delay):
        try await clock.sleep(until: started.advanced(by: min(delay, timeout)))
        return .unhealthy(delay <= timeout ? failure : .timedOut)
      case .late(let added):
        guard added < timeout else {
          try await clock.sleep(until: started.advanced(by: timeout))
          return .unhealthy(.timedOut)
        }
        let result = await probe.check(target, by: method, timeout: timeout - added)
        guard result != .unhealthy(.cancelled) else { return result }
        try await clock.sleep(until: clock.now.advanced(by: added))
        return result
      }
    } catch {
      return .unhealthy(.cancelled)
    }
  }
}

/// What faults make of one health check.
private enum ProbeView {
  case clear
  case silent
  /// The connection opens, and no greeting comes.
  case mute
  case fails(ProbeFailure, after: Duration)
  /// As it is, but so much later.
  case late(Duration)
}

extension WorldState {
  fileprivate mutating func view(
    of target: ProbeTarget, by method: ProbeMethod, at now: VirtualClock.Instant
  ) -> ProbeView {
    guard !faults.isEmpty else { return .clear }
    if method == .api {
      switch obstacle(to: target.role == .gpu ? .marketplace : .compute, at: now) {
      case (.silence?, _): return .silent
      case (.limit?, _), (.error?, _): return .fails(.apiError, after: RefusalTimes.answer)
      case (nil, let delay): return delay > .zero ? .late(delay) : .clear
      }
    }
    // A machine that is gone looks the same with a fault and without.
    guard let host = hosts[target.instance], host.answersSSH(at: now) else { return .clear }
    let spot = Spot(host)
    let links = faults.links
    if !links.areConnected(.orchestrator, spot) { return .silent }
    // The kernel of a frozen machine still accepts the connection.
    if faults.isFrozen(spot), method != .tcp { return method == .ssh ? .mute : .silent }
    if faults.hasNoSSH(spot) { return .fails(.refused, after: RefusalTimes.closedPort) }
    if method == .process {
      if faults.keyIsExpired { return .fails(.unauthorized, after: RefusalTimes.answer) }
      if faults.hasNoProcess(spot) { return .fails(.noProcess, after: RefusalTimes.answer) }
    }
    let added = links.addedRoundTrip(.orchestrator, spot)
    return added > .zero ? .late(added * method.roundTrips) : .clear
  }
}

extension ProbeMethod {
  /// Round trips until the answer is there.
  fileprivate var roundTrips: Int {
    switch self {
    case .api, .tcp: 1
    // The handshake, and the greeting.
    case .ssh: 2
    case .process: LinkConditions.roundTripsToLogIn
    }
  }
}
