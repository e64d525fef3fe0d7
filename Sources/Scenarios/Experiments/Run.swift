import Failover
import FailoverSim

/// One replication: a scenario that has been played with one seed.
///
/// Of a fleet it is the first workspace's, with those of the others as `companions`.
public struct Run: Sendable {
  public private(set) var scenario: Scenario
  public let seed: UInt64
  /// Everything that happened, in order.
  public let events: [Event]
  public let counts: RoutineCounts
  /// Whether it was played with real machines instead of being simulated: then there is no seed.
  public let isRecorded: Bool
  /// Over every event and count, of a fleet those of every workspace; made anew each time it is asked for.
  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    for workspace in workspaces {
      for event in workspace.events { fingerprint.add(event) }
      fingerprint.add(workspace.counts)
    }
    return fingerprint
  }
  /// Virtual time from the start to the end.
  public let length: Duration
  /// What must always hold and did not; empty in a correct run.
  public let violations: [String]
  public let statistics: SimulationStatistics
  /// What happened to the other workspaces of a fleet meanwhile, in the order of their numbers.
  public private(set) var companions: [Run]

  /// The run of every workspace, in the order of their numbers; each of them as if there were no other.
  public var workspaces: [Run] { companions.isEmpty ? [self] : [alone] + companions }

  /// This workspace without its companions.
  var alone: Run {
    var run = self
    run.scenario = scenario.member(0)
    run.companions = []
    return run
  }

  /// Plays `scenario` from beginning to end on a virtual clock.
  ///
  /// - Parameters:
  ///   - until: ends an operation earlier or later than the scenario says; a drill's script always runs to its end.
  ///   - losses: ends an operation once so many GPUs have been lost and the workspace is protected again, at the next
  ///     whole hour; `nil` for no such end. At least 1.
  ///   - logsRoutine: logs every successful check and sync as an event of its own. Drills always do.
  ///   - looksAhead: skips checks and syncs that are going to succeed; the run is the same to the last byte. One that logs
  ///     the routine skips nothing.
  ///   - antithetic: mirrors every random number: the second of a pair of replications with one seed.
  ///   - progress: called a hundred times in an operation with the time simulated so far and in all.
  /// - Throws: what the orchestrator's preparation or a script's step throws; `Deadlock`.
  public init(
    _ scenario: Scenario, seed: UInt64, until: Duration? = nil, losses: Int? = nil, logsRoutine: Bool = false,
    looksAhead: Bool = true, antithetic: Bool = false,
    progress: (@Sendable (_ done: Duration, _ whole: Duration) -> Void)? = nil
  ) throws {
    let stage = Stage(scenario, seed: seed, logsRoutine: logsRoutine, looksAhead: looksAhead, antithetic: antithetic)
    let ending = try stage.play(until: until, losses: losses, progress)
    let members = stage.logs.indices.map { number in
      Run(
        scenario.member(number), stage, number, ending,
        violations: Invariants.violations(in: stage.logs[number].events))
    }
    let isFleet = members.count > 1
    let ofMembers = members.enumerated().flatMap { number, member in
      member.violations.map { isFleet ? "workspace \(number + 1): \($0)" : $0 }
    }
    self.init(
      scenario, stage, 0, ending,
      violations: ending.violations + Invariants.violations(at: ending) + ofMembers,
      companions: Array(members.dropFirst()))
  }

  /// A run that was not simulated: what the log of a drill with real machines holds.
  ///
  /// - Parameter length: from the log's origin to the end.
  public init(recorded scenario: Scenario, events: [Event], counts: RoutineCounts, length: Duration) {
    self.scenario = scenario
    self.events = events
    self.counts = counts
    self.length = length
    seed = 0
    violations = Invariants.violations(in: events)
    statistics = SimulationStatistics()
    companions = []
    isRecorded = true
  }

  private init(
    _ scenario: Scenario, _ stage: Stage, _ number: Int, _ ending: Ending,
    violations: [String], companions: [Run] = []
  ) {
    self.scenario = scenario
    self.companions = companions
    self.violations = violations
    isRecorded = false
    seed = stage.seed
    events = stage.logs[number].events
    counts = stage.logs[number].counts
    length = ending.length
    statistics = stage.simulation.statistics
  }

  /// How things stood when a run ended.
  struct Ending: Sendable {
    var length = Duration.zero
    var violations: [String] = []
    var owned: [InstanceID] = []
    var existing: [InstanceID] = []
    /// Those of each workspace.
    var knownSnapshots: [SnapshotChains] = []
    var storedSnapshots: [SnapshotID] = []
    var ownedVolumes: [VolumeID] = []
    var existingVolumes: [VolumeID] = []
  }
}

/// Where a run is played: the simulation, and a log for each workspace.
private struct Stage {
  let scenario: Scenario
  let seed: UInt64
  let logs: [EventLog]
  let looksAhead: Bool
  let simulation: Simulation

  init(_ scenario: Scenario, seed: UInt64, logsRoutine: Bool, looksAhead: Bool, antithetic: Bool) {
    let isDrill = if case .drill = scenario.life { true } else { false }
    self.scenario = scenario
    self.seed = seed
    self.looksAhead = looksAhead && !logsRoutine && !isDrill
    logs = (0..<max(1, scenario.world.workspaces)).map { _ in EventLog(logsRoutine: logsRoutine || isDrill) }
    simulation = Simulation(seed: seed, timerOvershoot: scenario.timerOvershoot, antithetic: antithetic)
  }

  func play(
    until: Duration?, losses: Int?, _ progress: (@Sendable (Duration, Duration) -> Void)?
  ) throws -> Run.Ending {
    let ending = try simulation.run { [scenario, logs, looksAhead] simulation in
      let pool = scenario.standbySharing.map { StandbyPool(machines: $0.machines, servesAtOnce: $0.servesAtOnce) }
      let world = World(simulation: simulation, model: scenario.world, logs: logs) { pool?.holders(of: $0) ?? [0] }
      let orchestrators = logs.indices.map { number in
        var ports = world.ports(for: number, looksAhead: looksAhead)
        if let pool {
          let share = pool.share(of: number, at: ports.compute)
          ports.compute = share
          ports.seats = share
        }
        return Orchestrator(
          clock: simulation.clock, ports: ports, strategy: scenario.member(number).strategy, log: logs[number],
          origin: .start)
      }
      world.start()
      switch scenario.life {
      case .operation(let duration):
        try await Self.operate(Fleet(orchestrators), world, for: until ?? duration, losses, progress)
      case .drill(let parts):
        try await orchestrators[0].session { orchestrator in
          try await Script(orchestrator: orchestrator, stagehand: world).play(parts)
        }
      }
      for log in logs { log.seal() }
      let states = orchestrators.map(\.snapshot)
      return Run.Ending(
        length: .nanoseconds(simulation.clock.now.nanoseconds), violations: world.violations,
        owned: states.flatMap(\.owned), existing: world.existing,
        knownSnapshots: states.map(\.chains), storedSnapshots: world.storedSnapshots,
        ownedVolumes: states.flatMap { $0.volumes.map(\.id) }, existingVolumes: world.existingVolumes)
    }
    return ending ?? Run.Ending()
  }

  /// Lets the orchestrators work for `duration`, then stops them: what they do while they are being stopped is no part of
  /// the run.
  private static func operate(
    _ fleet: Fleet<VirtualClock>, _ world: World, for duration: Duration, _ losses: Int?,
    _ progress: (@Sendable (Duration, Duration) -> Void)?
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await fleet.operate(primaries: fleet.members.indices.map { world.model.primary(of: $0) })
      }
      group.addTask {
        try await wait(until: duration, losses, fleet, world)
        for member in fleet.members { member.log.seal() }
      }
      if let progress {
        for part in 1..<100 {
          let time = duration / 100 * part
          world.simulation.schedule(at: .start.advanced(by: time)) { progress(time, duration) }
        }
      }
      // Operation never ends by itself; if it fails, that is thrown here.
      try await group.next()
      group.cancelAll()
    }
  }

  /// Lets time pass until `end`, or until there have been enough losses.
  private static func wait(
    until end: Duration, _ losses: Int?, _ fleet: Fleet<VirtualClock>, _ world: World
  ) async throws {
    let clock = world.simulation.clock
    var time = losses == nil ? end : min(end, .seconds(3600))
    while true {
      try await clock.sleep(until: .start.advanced(by: time))
      if time == end { return }
      if let losses, fleet.members.allSatisfy({ $0.snapshot.phase == .protected }),
        fleet.members.reduce(0, { $0 + $1.log.losses }) >= losses
      {
        return
      }
      time = min(end, time + .seconds(3600))
    }
  }
}

extension EventLog {
  /// How many GPUs have been lost.
  fileprivate var losses: Int { events.count { if case .interrupted = $0.kind { true } else { false } } }
}
