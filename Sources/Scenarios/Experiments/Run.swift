import Failover
import FailoverSim

/// One replication: a scenario that has been played with one seed.
public struct Run: Sendable {
  public let scenario: Scenario
  public let seed: UInt64
  /// Everything that happened, in order.
  public let events: [Event]
  public let counts: RoutineCounts
  public let fingerprint: Fingerprint
  /// Virtual time from the start to the end.
  public let length: Duration
  /// What must always hold and did not; empty in a correct run.
  public let violations: [String]
  public let statistics: SimulationStatistics

  /// Plays `scenario` from beginning to end on a virtual clock.
  ///
  /// - Parameters:
  ///   - until: ends an operation earlier or later than the scenario says; a drill's script always runs to its end.
  ///   - logsRoutine: logs every successful check and sync as an event of its own. Drills always do.
  ///   - antithetic: mirrors every random number: the second of a pair of replications with one seed.
  ///   - progress: called a hundred times in an operation with the time simulated so far and in all.
  /// - Throws: what the orchestrator's preparation or a script's step throws; `Deadlock`.
  public init(
    _ scenario: Scenario, seed: UInt64, until: Duration? = nil, logsRoutine: Bool = false,
    antithetic: Bool = false,
    progress: (@Sendable (_ done: Duration, _ whole: Duration) -> Void)? = nil
  ) throws {
    let isDrill = if case .drill = scenario.life { true } else { false }
    let log = EventLog(logsRoutine: logsRoutine || isDrill)
    let simulation = Simulation(seed: seed, timerOvershoot: scenario.timerOvershoot, antithetic: antithetic)
    let ending = try simulation.run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      let orchestrator = Orchestrator(
        clock: simulation.clock, ports: world.ports(), strategy: scenario.strategy, log: log,
        origin: .start)
      world.start()
      try await orchestrator.session { orchestrator in
        switch scenario.life {
        case .operation(let duration):
          try await Self.operate(orchestrator, world, for: until ?? duration, progress)
        case .drill(let parts):
          try await Script(orchestrator: orchestrator, world: world).play(parts)
        }
      }
      log.seal()
      return Ending(
        length: .nanoseconds(simulation.clock.now.nanoseconds), violations: world.violations,
        owned: orchestrator.snapshot.owned, existing: world.existing,
        knownSnapshots: orchestrator.snapshot.chains, storedSnapshots: world.storedSnapshots,
        ownedVolumes: orchestrator.snapshot.volumes.map(\.id), existingVolumes: world.existingVolumes)
    }
    self.scenario = scenario
    self.seed = seed
    events = log.events
    counts = log.counts
    fingerprint = log.fingerprint
    length = ending?.length ?? .zero
    statistics = simulation.statistics
    violations = (ending?.violations ?? []) + Invariants.violations(in: events, ending)
  }

  /// Lets the orchestrator work for `duration`, then stops it: what it does while it is being stopped is no part of the
  /// run.
  private static func operate(
    _ orchestrator: Orchestrator<VirtualClock>, _ world: World, for duration: Duration,
    _ progress: (@Sendable (Duration, Duration) -> Void)?
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await orchestrator.operate(
          primary: world.model.gpu.isRentedAtStart ? world.model.gpu.id : nil) }
      group.addTask {
        try await world.simulation.clock.sleep(until: .start.advanced(by: duration))
        orchestrator.log.seal()
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

  /// How things stood when a run ended.
  struct Ending: Sendable {
    var length: Duration
    var violations: [String]
    var owned: [InstanceID]
    var existing: [InstanceID]
    var knownSnapshots = SnapshotChains()
    var storedSnapshots: [SnapshotID] = []
    var ownedVolumes: [VolumeID] = []
    var existingVolumes: [VolumeID] = []
  }
}
