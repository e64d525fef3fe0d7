import Failover

/// Health checks that see a machine the way the network shows it.
///
/// A check sees the machine as it was when the check began. A machine that is gone never answers, so that the check runs
/// into its time-out; except where the provider is asked, who knows.
struct SimulatedProbe: HealthProbe {
  let world: World

  func check(
    _ target: ProbeTarget, by method: ProbeMethod, timeout: Duration
  ) async -> ProbeResult {
    let clock = world.simulation.clock
    let started = clock.now
    let (failure, delay) = world.state { state in
      let index = state.hosts.index(of: target.instance)
      let failure = Self.failure(of: index.map { state.hosts.existing[$0] }, by: method, at: started)
      return (failure, state.withSamplers(of: target.role) { $0.answerTime(method) })
    }
    let answers = failure != .timedOut && delay <= timeout
    let wait = answers ? delay : timeout
    do {
      if wait > .zero { try await clock.sleep(until: started.advanced(by: wait)) }
    } catch {
      return .unhealthy(.cancelled)
    }
    guard answers else { return .unhealthy(.timedOut) }
    return failure.map(ProbeResult.unhealthy) ?? .healthy
  }

  private static func failure(
    of host: SimulatedHost?, by method: ProbeMethod, at instant: VirtualClock.Instant
  ) -> ProbeFailure? {
    guard let host else { return method == .api ? .notRunning : .timedOut }
    switch method {
    case .api: return host.status == .running ? nil : .notRunning
    case .tcp, .ssh, .process:
      guard host.isUp else { return .timedOut }
      return host.sshReadyAt <= instant ? nil : .refused
    }
  }
}

extension HostSamplers {
  mutating func answerTime(_ method: ProbeMethod) -> Duration {
    switch method {
    case .api: probes[0].next()
    case .tcp: probes[1].next()
    case .ssh: probes[2].next()
    case .process: probes[3].next()
    }
  }
}
