import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// What the journalled ports do while nobody is killed.
@Suite struct JournalledPortsTests {
  /// Plays the standby drill with a journal and perhaps with another marketplace.
  private static func play(
    until end: Duration = .seconds(500),
    journal: @escaping @Sendable (Simulation) -> any Journal = { _ in MemoryJournal() },
    market: @escaping @Sendable (LabelledMarketplace, Simulation) -> any LabellingMarketplace = { market, _ in market }
  ) throws -> (log: EventLog, existing: [InstanceID], state: OrchestratorState, entries: [JournalEntry])? {
    let scenario = try PoolScenario.scenario(CrashSafetyTests.Drill.standby.overrides)
    let log = EventLog()
    return try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      let ports = world.ports()
      let journal = journal(simulation)
      let ledger = ResourceLedger(journal: journal, history: try journal.history(of: RunID("ports")))
      let journalled = ports.journaled(
        in: journal, ledger, marketplace: market(LabelledMarketplace(ports.marketplace, in: world), simulation),
        compute: LabelledCompute(ports.compute, in: world))
      let orchestrator = Orchestrator(
        clock: simulation.clock, ports: journalled, strategy: scenario.strategy, log: log, origin: .start)
      world.start()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await orchestrator.session { try await $0.operate(primary: world.model.primary(of: 0)) }
        }
        group.addTask {
          try await simulation.clock.sleep(until: .start.advanced(by: end))
          log.seal()
        }
        try await group.next()
        group.cancelAll()
      }
      return (log, world.existing, orchestrator.snapshot, try journal.entries())
    }
  }

  @Test func `a journal changes nothing of what happens`() throws {
    let scenario = try PoolScenario.scenario(CrashSafetyTests.Drill.standby.overrides)
    let plain = try Run(scenario, seed: 1, until: .seconds(500))
    let journalled = try #require(try Self.play())
    #expect(journalled.log.fingerprint == plain.fingerprint)
    #expect(journalled.entries.count > 20)
  }

  @Test func `every creation is written down before it is made and every return before it is made`() throws {
    let entries = try #require(try Self.play()).entries
    var open: Set<ResourceLabel> = []
    var leaving: Set<String> = []
    var (created, released) = (0, 0)
    for entry in entries {
      switch entry {
      case .intent(let label, _): #expect(open.insert(label).inserted)
      case .outcome(let label, _):
        #expect(open.remove(label) != nil)
        created += 1
      case .releaseIntent(_, let id): leaving.insert(id)
      case .released(_, let id):
        #expect(leaving.remove(id) != nil)
        released += 1
      default: break
      }
    }
    // The standby and the new GPU; the lost GPU.
    #expect(created == 2 && released == 1)
    #expect(open.isEmpty && leaving.isEmpty)
  }

  /// A journal on a disk that is full from an instant on.
  private struct FailingJournal: Journal {
    let journal = MemoryJournal()
    let simulation: Simulation
    let from: Duration

    func append(_ entry: JournalEntry) throws(JournalError) {
      if simulation.clock.now > .start.advanced(by: from) { throw JournalError("no space left on device") }
      try journal.append(entry)
    }

    func entries() throws(JournalError) -> [JournalEntry] { try journal.entries() }
  }

  @Test func `when the journal cannot be written users are served all the same, and nothing is rented`() throws {
    let played = try #require(try Self.play(journal: { FailingJournal(simulation: $0, from: .seconds(60)) }))
    let events = played.log.events
    #expect(events.contains { $0.kind.name == "failoverCompleted" })
    #expect(!events.contains { $0.kind.name == "instanceCreated" })
    #expect(played.state.standbyServes)
    let told = events.count { event in
      if case .notified(let notification) = event.kind { notification.subject == .journalFailing } else { false }
    }
    #expect(told == 1)
  }

  /// A marketplace that does what the first order says, and whose answer is lost.
  private struct SilentMarketplace: LabellingMarketplace, ForwardingMarketplace {
    let market: LabelledMarketplace
    let orders: Confined<Int>
    var forwardsTo: any GPUMarketplace { market }

    func create(_ order: InstanceOrder, label: String, timeout: Duration) async throws(PortError) -> InstanceID {
      let id = try await market.create(order, label: label, timeout: timeout)
      let number = orders { orders in
        orders += 1
        return orders
      }
      if number == 1 { throw PortError(.timedOut, "create") }
      return id
    }
    func createVolume(
      size: ByteCount, on machine: MachineID, label: String, timeout: Duration
    ) async throws(PortError) -> VolumeID {
      try await market.createVolume(size: size, on: machine, label: label, timeout: timeout)
    }
    func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
      throw PortError(.refused, "no label")
    }
    func createVolume(
      size: ByteCount, on machine: MachineID, timeout: Duration
    ) async throws(PortError) -> VolumeID { throw PortError(.refused, "no label") }
    func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
      try await market.destroy(id, timeout: timeout)
    }
    func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
      try await market.deleteVolume(id, timeout: timeout)
    }
    func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
      try await market.resources(labelled: prefix, timeout: timeout)
    }
    func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
      try await market.release(resource, timeout: timeout)
    }
  }

  @Test func `a GPU whose creation got no answer is found by its label and given back`() throws {
    let played = try #require(
      try Self.play(market: { SilentMarketplace(market: $0, orders: Confined(0, in: $1)) }))
    #expect(played.log.events.contains { $0.kind.name == "recoveryCompleted" })
    let needed = [played.state.primary?.id, played.state.standby?.id].compactMap { $0 }
    #expect(Set(played.existing) == Set(needed) && played.existing.count == 2)
    let history = try JournalHistory(played.entries)
    #expect(history.doubts.isEmpty && history.unfinishedReleases.isEmpty)
  }

  @Test(arguments: ["", "A", "a-b", "drill_1", "é", String(repeating: "a", count: 33)])
  func `a run's name that would make an invalid label is refused`(text: String) {
    #expect(RunID(validating: text) == nil)
  }

  @Test func `labels are names by RFC 1035, and no run's labels begin like another's`() throws {
    let pattern = try Regex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")
    let longest = try #require(RunID(validating: String(repeating: "z", count: 32)))
    for run in [longest, try #require(RunID(validating: "1"))] {
      let label = ResourceLabel(run, 1 << 53)
      #expect(label.rawValue.wholeMatch(of: pattern) != nil)
      #expect(label.number(in: run) == 1 << 53)
    }
    let (short, long) = (RunID("a"), RunID("a1"))
    #expect(!ResourceLabel(long, 7).rawValue.hasPrefix(short.prefix))
    #expect(ResourceLabel(long, 7).number(in: short) == nil)
  }
}
