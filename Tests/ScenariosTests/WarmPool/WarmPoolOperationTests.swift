import FailoverSim
import Testing

@testable import Failover
@testable import Scenarios

/// What people ask of a warm pool while the orchestrator works.
@Suite struct WarmPoolOperationTests {
  private typealias Body = @Sendable (Simulation, Orchestrator<VirtualClock>) async throws -> Void

  /// Lets the orchestrator work and calls `body` beside it after half an hour, when the second GPU stands by.
  private func operate(_ overrides: [String] = [], _ body: @escaping Body) throws -> [Event] {
    let scenario = try PoolScenario.scenario(["interruptions={at: [1h]}"] + overrides)
    let log = EventLog()
    let violations = try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      world.start()
      let orchestrator = Orchestrator(
        clock: simulation.clock, ports: world.ports(), strategy: scenario.strategy, log: log, origin: .start)
      try await orchestrator.session { orchestrator in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await orchestrator.operate(primary: nil) }
          group.addTask {
            try await simulation.clock.sleep(for: .seconds(1800))
            try await body(simulation, orchestrator)
          }
          try await group.next()
          group.cancelAll()
        }
      }
      return world.violations
    }
    #expect(violations == [])
    return log.events
  }

  @Test func `the status tells machine, volume, second GPU and failovers`() throws {
    _ = try operate { simulation, orchestrator in
      let before = orchestrator.snapshot.warmPool
      #expect(before.state == .active)
      #expect(before.machine == MachineID("m"))
      #expect(before.volume == VolumeID("volume-1"))
      #expect(before.standby?.id == InstanceID("1002"))
      #expect(before.standby?.status == .stopped)
      try await simulation.clock.sleep(for: .seconds(3600))
      let after = orchestrator.snapshot.warmPool
      #expect(after.failovers == 1)
      #expect(after.standby?.id == InstanceID("1003"))
      #expect(orchestrator.snapshot.primary?.id == InstanceID("1002"))
    }
  }

  @Test func `the machines that could hold a pool are those with enough free GPUs`() throws {
    let offers = "{id: b, gpu: A100, memory: 80GB, price: $0.45/h, region: VN, machine: n, count: 4}"
    _ = try operate([
      "marketplace.offers=[{id: a, gpu: RTX 4090, memory: 32GB, price: $0.40/h, region: TH, machine: m, count: 3}, \(offers)]"
    ]) { _, orchestrator in
      // One of machine m's three serves; a stopped one is for rent again.
      let found = try await orchestrator.findMachines()
      #expect(found.map(\.machine) == [MachineID("m"), MachineID("n")])
      #expect(found.map(\.offers.count) == [2, 4])
    }
  }

  @Test func `a pool that is switched off gives its second GPU back and is not used, and comes back when switched on`() throws {
    let events = try operate(["strategy=[warmPool, cpuStandby]"]) { simulation, orchestrator in
      try await orchestrator.disableWarmPool()
      #expect(orchestrator.snapshot.warmPool.state == .disabled)
      #expect(orchestrator.snapshot.warmPool.standby == nil)
      try await simulation.clock.sleep(for: .seconds(3600))
      #expect(orchestrator.snapshot.warmPool.state == .disabled)
      try orchestrator.enableWarmPool()
      try await orchestrator.provisionWarmStandby()
      #expect(orchestrator.snapshot.warmPool.state == .active)
    }
    #expect(events.contains { $0.kind == .instanceDestroyed(InstanceID("1002")) })
    #expect(events.contains { $0.kind.name == "interrupted" })
    #expect(!events.contains { $0.kind.name == "warmFailoverStarted" })
    // The volume is still the pool's: the recovery went back to it.
    #expect(events.count { $0.kind.name == "volumeCreated" } == 1)
  }

  @Test func `switched on again it makes a second GPU within the check interval, without being asked`() throws {
    _ = try operate(["interruptions={at: []}"]) { simulation, orchestrator in
      try await orchestrator.disableWarmPool()
      try await simulation.clock.sleep(for: .seconds(1800))
      #expect(orchestrator.snapshot.warmPool.standby == nil)
      try orchestrator.enableWarmPool()
      try await simulation.clock.sleep(for: .seconds(600 + 150))
      #expect(orchestrator.snapshot.warmPool.state == .active)
    }
  }

  @Test func `a test failover moves users to the second GPU although nothing is wrong`() throws {
    let scenario = try PoolScenario.scenario(["interruptions={at: []}"])
    let log = EventLog()
    _ = try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      world.start()
      let orchestrator = Orchestrator(
        clock: simulation.clock, ports: world.ports(), strategy: scenario.strategy, log: log, origin: .start)
      try await orchestrator.session { orchestrator in
        try await orchestrator.prepare(primary: nil)
        try await orchestrator.provisionWarmStandby()
        #expect(try await orchestrator.failOverToWarmGPU())
        #expect(orchestrator.snapshot.primary?.id == InstanceID("1002"))
        #expect(orchestrator.snapshot.phase == .protected)
        // Another one needs another second GPU.
        #expect(try await !orchestrator.failOverToWarmGPU())
        try await orchestrator.provisionWarmStandby()
        #expect(try await orchestrator.failOverToWarmGPU())
        #expect(orchestrator.snapshot.warmPool.failovers == 2)
      }
      #expect(world.violations == [])
    }
  }

  @Test func `without a warm pool its operations say so`() throws {
    let scenario = try Catalogue.load("cpu-standby").scenario
    try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: EventLog())
      world.start()
      let orchestrator = Orchestrator(
        clock: simulation.clock, ports: world.ports(), strategy: scenario.strategy, log: EventLog(), origin: .start)
      await #expect(throws: StrategyMissing.self) { try await orchestrator.findMachines() }
      await #expect(throws: StrategyMissing.self) { try await orchestrator.disableWarmPool() }
      await #expect(throws: StrategyMissing.self) { try await orchestrator.provisionWarmStandby() }
      #expect(throws: StrategyMissing.self) { try orchestrator.enableWarmPool() }
      let served = try await orchestrator.failOverToWarmGPU()
      #expect(!served)
    }
  }
}
