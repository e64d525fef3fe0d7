import Failover
@testable import FailoverSim
@testable import Scenarios

/// A drill during which the orchestrator's process is killed, as often as is asked for, and started again a little
/// later each time. The world goes on meanwhile.
struct KilledDrill {
  /// What there is to see at the end.
  struct Outcome: Sendable {
    /// What the last orchestrator knew; `nil` when none came so far.
    var state: OrchestratorState?
    var existing: [InstanceID] = []
    var volumes: [VolumeID] = []
    var stored: [SnapshotID] = []
    var history: JournalHistory?
    /// How many moments each process lived through.
    var moments: [Int] = []
    /// What each process was doing when it was killed.
    var deaths: [String] = []
    var routes: [HostAddress] = []
    var violations: [String] = []
    /// How often users have gone on with a copy that lacked something.
    var losses = 0
    /// What every process said before it died, and then what the world says.
    var events: [Event] = []
    /// What each process found when it began.
    var resumptions: [Resumption] = []
  }

  var scenario: Scenario
  /// The moments at which one process after the other is killed.
  var kills: [Int] = []
  var end: Duration
  /// How long nobody protects the workspace after each kill.
  var pause = Duration.seconds(7)

  func killed(at moments: [Int]) throws -> Outcome {
    var drill = self
    drill.kills = moments
    return try drill.play()
  }

  func play() throws -> Outcome {
    let log = EventLog()
    let simulation = Simulation(seed: 1)
    return try simulation.run { [self] simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      let stage = Stage(scenario, world)
      world.start()
      var outcome = Outcome()
      for kill in kills {
        let killer = Killer(at: kill, in: simulation)
        try await stage.live(killer, until: end, &outcome)
        guard killer.hasStruck else { break }
        try await simulation.clock.sleep(for: pause)
      }
      if outcome.deaths.count == kills.count {
        try await stage.live(Killer(at: nil, in: simulation), until: end, &outcome)
      }
      log.seal()
      outcome.events += log.events
      outcome.existing = world.existing
      outcome.volumes = world.existingVolumes
      outcome.stored = world.storedSnapshots
      outcome.history = try JournalHistory(stage.journal.entries())
      outcome.routes = stage.routes { $0 }
      outcome.violations = world.violations
      outcome.losses = world.state { $0.workspaces[0].histories } - 1
      return outcome
    } ?? Outcome()
  }
}

/// What outlives a process.
private struct Stage: Sendable {
  let scenario: Scenario
  let world: World
  let journal = MemoryJournal()
  let market: LabelledMarketplace
  let compute: LabelledCompute
  let store: StoreInventory?
  let ports: Ports
  let routes: Confined<[HostAddress]>

  init(_ scenario: Scenario, _ world: World) {
    self.scenario = scenario
    self.world = world
    ports = world.ports()
    market = LabelledMarketplace(ports.marketplace, in: world)
    compute = LabelledCompute(ports.compute, in: world)
    store = scenario.strategy.snapshots == nil ? nil : ports.snapshots.map { StoreInventory($0, in: world) }
    routes = Confined([], in: world.simulation)
  }

  /// Lets one process live until it is killed, or until `end`.
  func live(_ killer: Killer, until end: Duration, _ outcome: inout KilledDrill.Outcome) async throws {
    let simulation = world.simulation
    let orchestrators = Confined<[Orchestrator<VirtualClock>]>([], in: simulation)
    let resumptions = Confined<[Resumption]>([], in: simulation)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await work(killer, orchestrators, resumptions)
        } catch {
          // Whatever a dying process says does not matter.
          if !killer.hasStruck { throw error }
          try await simulation.wait(for: killer.death, "death")
        }
      }
      group.addTask { try await simulation.wait(for: killer.death, "death") }
      group.addTask { try await simulation.clock.sleep(until: .start.advanced(by: end)) }
      defer { group.cancelAll() }
      try await group.next()
    }
    outcome.moments.append(killer.moments)
    if killer.hasStruck { outcome.deaths.append(killer.last) }
    if let orchestrator = orchestrators({ $0.last }) { outcome.state = orchestrator.snapshot }
    outcome.resumptions += resumptions { $0 }
    outcome.events += killer.log.events
  }

  /// What `main` would do.
  private func work(
    _ killer: Killer, _ orchestrators: Confined<[Orchestrator<VirtualClock>]>, _ resumptions: Confined<[Resumption]>
  ) async throws {
    let journal = MortalJournal(journal: journal, killer: killer)
    let market = MortalMarketplace(market: market, killer: killer)
    let compute = MortalCompute(provider: compute, killer: killer)
    _ = try journal.history(of: RunID("drill"))
    let reconcile = Reconciliation(
      marketplace: market, compute: compute, snapshots: store.map { .init($0, prefix: "snapshot-") }, journal: journal,
      timeout: .seconds(30))
    let resumption = try await reconcile()
    resumptions { $0.append(resumption) }
    let ledger = ResourceLedger(
      journal: journal, history: try JournalHistory(journal.entries()), doubts: resumption.doubts)
    var mortal = ports.journaled(in: journal, ledger, marketplace: market, compute: compute)
    mortal.router = MortalRouter(router: ports.router, killer: killer, routes: routes)
    mortal.fileSync = MortalFileSync(sync: ports.fileSync, killer: killer)
    mortal.probe = MortalProbe(probe: ports.probe, killer: killer)
    mortal.snapshots = ports.snapshots.map { MortalStore(store: $0, killer: killer) }
    mortal.foresight = nil
    let orchestrator = Orchestrator(
      clock: world.simulation.clock, ports: mortal, strategy: scenario.strategy, log: killer.log, origin: .start)
    orchestrators { $0.append(orchestrator) }
    let primary = world.model.primary(of: 0)
    try await orchestrator.session { try await $0.operate(resuming: resumption, primary: primary) }
  }
}
