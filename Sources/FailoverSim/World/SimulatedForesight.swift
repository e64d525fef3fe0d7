import Failover

/// What the simulated world knows of its future: nothing happens before the next thing that is scheduled.
struct SimulatedForesight: Foresight {
  let world: World
  let workspace: Int
  /// Whether it makes promises. If not, loops rest in the same order and play every round.
  let promises: Bool

  private var simulation: Simulation { world.simulation }

  func rest(_ routine: Routine, for delay: Duration) async throws {
    let rank = routine.rawValue * Self.ranksOfRoutine + workspace
    try await simulation.rest(until: simulation.clock.now.advanced(by: delay), rank: rank)
  }

  /// How many workspaces there can be: their ranks follow each other.
  private static let ranksOfRoutine = 256

  private static func routine(ofRank rank: Int) -> Routine? { Routine(rawValue: rank / ranksOfRoutine) }

  // MARK: Checks

  /// Checks disturb nobody, and neither syncs nor snapshots change what they see.
  func passingChecks(of target: ProbeTarget, _ policy: HealthCheckPolicy, in delay: Duration) -> Int {
    guard promises else { return 0 }
    let now = simulation.clock.now
    let first = now.advanced(by: delay)
    let methods = policy.requirement == .any ? Array(policy.methods.prefix(1)) : policy.methods
    let longest = policy.timeout * methods.count
    let end = simulation.nextDisturbance { _ in true }
    let rounds = Self.rounds(from: first, every: policy.interval, before: end, taking: longest)
    guard rounds > 0 else { return 0 }
    let count = world.state { state -> Int in
      guard state.faults.isEmpty, let host = state.hosts[target.instance], host.answersSSH(at: first) else { return 0 }
      return state.withSamplers(of: target.role, workspace) {
        $0.skipPassing(rounds, by: methods, policy, world.model.hostTimes(of: target.role))
      }
    }
    simulation.noteSkipped(count)
    return count
  }

  /// How many rounds end before an instant, when each takes no longer than `length`.
  private static func rounds(
    from first: VirtualClock.Instant, every interval: Duration, before end: VirtualClock.Instant, taking length: Duration
  ) -> Int {
    let room = first.duration(to: end).wholeNanoseconds - length.wholeNanoseconds - 1
    let period = interval.wholeNanoseconds
    guard room >= 0, period > 0 else { return 0 }
    return Int(room / period) + 1
  }

  // MARK: Syncs

  func succeedingSyncs(
    _ request: SyncRequest, _ policy: SyncPolicy, checks: HealthCheckPolicy, in delay: Duration
  ) -> SkippedSyncs? {
    guard promises else { return nil }
    // A check that may fail by mistake may end it all. A snapshot's upload would share the line.
    let times = world.model.gpu.hostTimes
    let areSafe = world.state { $0.withSamplers(of: .gpu, workspace) { $0.alwaysPass(by: checks.methods, checks, times) } }
    let end = simulation.nextDisturbance { areSafe && Self.routine(ofRank: $0) == .check }
    let first = simulation.clock.now.advanced(by: delay)
    guard first < end else { return nil }
    let skipped = SimulatedFileSync(world: world).skip(request, policy, from: first, before: end)
    simulation.noteSkipped(skipped?.count ?? 0)
    return skipped
  }

  // MARK: Polls

  /// Faults may count the calls, and other workspaces take draws in between.
  func fruitlessPolls(
    of poll: Poll, within limit: Duration, delay: (_ number: Int) -> Duration
  ) -> FruitlessPolls? {
    guard promises, world.model.faults.isEmpty, world.model.workspaces == 1 else { return nil }
    let now = simulation.clock.now
    let end = min(simulation.nextDisturbance { _ in false }, now.advanced(by: limit))
    let skipped: FruitlessPolls? = world.state { state in
      switch poll {
      case .description(let id, let timeout):
        guard state.hosts[id]?.status == .provisioning else { return nil }
        return state.samplers.describe.skip(from: now, answerBefore: end, askBefore: end, timeout, delay)
      case .ssh(let target, let timeout):
        guard let host = state.hosts[target.instance], host.isUp, world.model.gpu.hostTimes.noise == .none else { return nil }
        return state.withSamplers(of: target.role, workspace) { samplers in
          samplers.probes[ProbeMethod.ssh.number].skip(
            from: now, answerBefore: end, askBefore: host.sshReadyAt, timeout, delay)
        }
      }
    }
    simulation.noteSkipped(skipped?.count ?? 0)
    return skipped
  }
}

extension Sampler {
  /// Takes the draws of questions whose answers take as long as this sampler says, for as long as each is asked and
  /// answered before the instants given.
  ///
  /// - Parameter delay: the wait before the question of a number.
  fileprivate mutating func skip(
    from now: VirtualClock.Instant, answerBefore end: VirtualClock.Instant, askBefore ready: VirtualClock.Instant,
    _ timeout: Duration, _ delay: (_ number: Int) -> Duration
  ) -> FruitlessPolls? {
    // In nanoseconds: a `Duration` has 128 bits, and a new machine is polled twenty times.
    let askBefore = now.duration(to: ready).wholeNanoseconds
    let answerBefore = now.duration(to: end).wholeNanoseconds
    let longest = timeout.wholeNanoseconds
    var (count, time, asking): (Int, Int64, Int64) = (0, 0, 0)
    while true {
      let asked = time.addingClamped(delay(count).wholeNanoseconds)
      let answer = distribution.sampleDuration(stream, at: stream.position).wholeNanoseconds
      let answered = asked.addingClamped(answer)
      guard answer <= longest, asked < askBefore, answered < answerBefore else { break }
      stream.position += 1
      (count, time, asking) = (count + 1, answered, asking + answer)
    }
    guard count > 0 else { return nil }
    return FruitlessPolls(count: count, time: .nanoseconds(time), asking: .nanoseconds(asking))
  }
}

extension WorldModel {
  fileprivate func hostTimes(of role: MachineRole) -> HostTimes {
    role == .gpu ? gpu.hostTimes : standby.hostTimes
  }
}

extension HostSamplers {
  /// Takes the draws of rounds of checks that pass, up to `rounds` of them.
  ///
  /// - Returns: how many pass, each within its time-outs and its interval.
  fileprivate mutating func skipPassing(
    _ rounds: Int, by methods: [ProbeMethod], _ policy: HealthCheckPolicy, _ times: HostTimes
  ) -> Int {
    let passing = alwaysPass(by: methods, policy, times) ? rounds : firstFailing(rounds, by: methods, policy, times)
    for method in methods {
      probes[method.number].stream.position += UInt64(passing)
      if times.noise != .none { noise[method.number].position += UInt64(passing) }
    }
    return passing
  }

  /// Whether no draw can be too long.
  fileprivate func alwaysPass(by methods: [ProbeMethod], _ policy: HealthCheckPolicy, _ times: HostTimes) -> Bool {
    guard times.noise == .none else { return false }
    var sum = Duration.zero
    for method in methods {
      guard let bound = probes[method.number].distribution.upperBound else { return false }
      // Rounding a draw to nanoseconds may add one.
      let longest = Duration.seconds(bound) + .nanoseconds(1)
      guard longest <= policy.timeout else { return false }
      sum += longest
    }
    return sum <= policy.interval
  }

  /// The number of the first round that does not pass; `rounds` when all do.
  private func firstFailing(
    _ rounds: Int, by methods: [ProbeMethod], _ policy: HealthCheckPolicy, _ times: HostTimes
  ) -> Int {
    for round in 0..<rounds {
      var sum = Duration.zero
      for method in methods {
        let (sampler, noise) = (probes[method.number], noise[method.number])
        let time = sampler.distribution.sampleDuration(sampler.stream, at: sampler.stream.position + UInt64(round))
        guard time <= policy.timeout else { return round }
        sum += time
        if times.noise != .none {
          var draw = noise.draw(noise.position + UInt64(round))
          if draw.nextChance(times.noise.falseFailure) { return round }
        }
      }
      guard sum <= policy.interval else { return round }
    }
    return rounds
  }
}
