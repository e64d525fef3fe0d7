import Failover

/// Health checks that see a machine the way the network shows it.
///
/// A check sees the machine as it was when the check began. A machine that is gone never answers, so that the check runs
/// into its time-out; except where the provider is asked, who knows.
struct SimulatedProbe: HealthProbe {
  let world: World
  /// Whose machines are looked at.
  var workspace = 0

  func check(
    _ target: ProbeTarget, by method: ProbeMethod, timeout: Duration
  ) async -> ProbeResult {
    let clock = world.simulation.clock
    let started = clock.now
    let (failure, delay) = world.state { state in
      let host = state.hosts.index(of: target.instance).map { index in
        Glimpse(status: state.hosts.existing[index].status, sshReadyAt: state.hosts.existing[index].sshReadyAt)
      }
      let seen = Self.failure(of: host, by: method, at: started)
      let failure = noisy(seen, of: host, target.role, by: method, &state)
      return (failure, state.withSamplers(of: target.role, workspace) { $0.answerTime(method) })
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

  /// What a check can see of a machine. To copy the whole machine would take longer than to look at it.
  private struct Glimpse {
    let status: InstanceStatus
    let sshReadyAt: VirtualClock.Instant

    var isUp: Bool { status == .running }
  }

  /// What a check that may be wrong says in place of `failure`. Only a machine that is gone can pass falsely: one that is
  /// still starting has never answered.
  private func noisy(
    _ failure: ProbeFailure?, of host: Glimpse?, _ role: MachineRole, by method: ProbeMethod,
    _ state: inout WorldState
  ) -> ProbeFailure? {
    let noise = role == .gpu ? world.model.gpu.hostTimes.noise : world.model.standby.hostTimes.noise
    guard noise != .none else { return failure }
    var draw = state.withSamplers(of: role, workspace) { $0.nextNoise(method) }
    if failure == nil { return draw.nextChance(noise.falseFailure) ? .timedOut : nil }
    return host?.isUp != true && draw.nextChance(noise.falsePass) ? nil : failure
  }

  private static func failure(
    of host: Glimpse?, by method: ProbeMethod, at instant: VirtualClock.Instant
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
  mutating func answerTime(_ method: ProbeMethod) -> Duration { probes[method.number].next() }

  fileprivate mutating func nextNoise(_ method: ProbeMethod) -> Draw { noise[method.number].next() }
}

extension ProbeMethod {
  /// Its place in `allCases`.
  var number: Int {
    switch self {
    case .api: 0
    case .tcp: 1
    case .ssh: 2
    case .process: 3
    }
  }
}
