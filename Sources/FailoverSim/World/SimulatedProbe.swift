import Failover

/// Health checks that see a machine the way the network shows it.
///
/// A check sees the machine as it was when the check began. A machine that is lost before its answer was due never
/// answers, and neither does one that was lost before: both run into the time-out, except where the provider is asked,
/// who knows.
struct SimulatedProbe: HealthProbe {
  let world: World

  func check(
    _ target: ProbeTarget, by method: ProbeMethod, timeout: Duration
  ) async -> ProbeResult {
    let clock = world.simulation.clock
    let started = clock.now
    let (host, delay) = world.state { state in
      (
        state.hosts[target.instance],
        state.withSamplers(of: target.role) { samplers in samplers.answerTime(method) }
      )
    }
    let failure = failure(of: host, by: method, at: started)
    let isSilent = failure == .timedOut
    do {
      if isSilent || delay > timeout {
        try await sleep(until: started.advanced(by: timeout))
        return .unhealthy(.timedOut)
      }
      try await sleep(until: started.advanced(by: delay))
    } catch {
      return .unhealthy(.cancelled)
    }
    return failure.map(ProbeResult.unhealthy) ?? .healthy(started.duration(to: clock.now))
  }

  private func sleep(until deadline: VirtualClock.Instant) async throws {
    let clock = world.simulation.clock
    if deadline > clock.now { try await clock.sleep(until: deadline) }
  }

  private func failure(
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
