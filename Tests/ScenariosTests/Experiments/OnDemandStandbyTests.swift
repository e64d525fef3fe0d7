import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// A standby that is off until it is needed.
@Suite struct OnDemandStandbyTests {
  private func run(_ overrides: [String], until: Duration = .seconds(3 * 3600)) throws -> Run {
    let fixed = ["interruptions={at: [1h]}", "snapshots.interval=5min"]
    return try Catalogue.run("cpu-standby/off-until-needed", fixed + overrides, until: until)
  }

  @Test func `it exists from the fault to the end of the failback and costs nothing before and after`() throws {
    let run = try run([])
    let query = LogQuery(run: run)
    let created = try #require(query.first("standbyCreated"))
    let deactivated = try #require(query.first("standbyDeactivated"))
    #expect(created > (try #require(query.first("faultDetected"))))
    #expect(deactivated > (try #require(query.first("failbackCompleted"))))
    #expect(deactivated - (try #require(query.first("failbackCompleted"))) < .seconds(1))
    let price = try #require(run.scenario.strategy.standby).machine.price
    // Two stretches, for what it costs from its creation on and from when it is filled on.
    let whole = price.cost(of: deactivated - created)
    let paid = Metrics(run).cost.standby
    #expect(paid.nanodollars >= whole.nanodollars - 1 && paid <= whole)
    #expect(run.violations.isEmpty)
  }

  @Test func `it is created, filled, verified, copied back and deleted, in this order, and people are told`() throws {
    let run = try run([])
    let told = [
      "faultDetected", "standbyCreated", "failoverStarted", "snapshotRestoreStarted", "snapshotRestored",
      "standbyActivated", "failoverCompleted", "recoveryStarted", "restoreCompleted", "endpointHeld",
      "finalSyncCompleted", "contentVerified", "failbackCompleted", "standbyDeactivated",
    ]
    #expect(run.events.map(\.kind.name).filter(told.contains) == told)
    #expect(run.told == [.failoverStarted, .standbyActive, .gpuRestored, .failbackComplete])
  }

  @Test func `what is lost is what was written since the snapshot that it was filled from began`() throws {
    let run = try run(["workspace.dirtyRate=1MB/s"])
    let incident = try #require(Incident.all(in: run.events).first)
    let risk = try #require(incident.recoveryPoint)
    #expect(risk > .zero && risk < .seconds(330))
    #expect(incident.unsynced == DataRate.megabytesPerSecond(1).amount(in: risk))
  }

  @Test func `before the first snapshot there is nothing to fill it from: nobody serves until there is a GPU`() throws {
    let run = try run(["interruptions={at: [5s]}"])
    #expect(LogQuery(run: run).count("standbyCreated") == 0)
    #expect(LogQuery(run: run).count("restoreSkipped") == 1)
    #expect(run.told.first == .failoverFailed)
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that cannot be created gives way to the snapshot, and nothing is owed`() throws {
    let run = try run(["standby.creation=400s"])
    let query = LogQuery(run: run)
    #expect(query.count("failoverFailed") == 1 && query.count("failoverStarted") == 0)
    #expect(run.phases.contains(.down))
    #expect(query.count("snapshotRestored") == 1 && query.count("recoveryCompleted") == 1)
    #expect(Metrics(run).cost.standby == .zero)
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that is lost while it serves leaves the snapshot to go on from`() throws {
    let run = try run(["standby.preemption={at: [3700s]}"])
    let query = LogQuery(run: run)
    #expect(query.count("standbyLost") == 1 && query.count("standbyMissing") == 1)
    #expect(query.count("snapshotRestored") == 2, "once to the standby, once to the GPU")
    #expect(query.count("standbyCreated") == 1, "it is off again while the GPU serves")
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.fullService != nil && incident.recoveryPoint != nil)
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that is lost while it is filled is given up`() throws {
    let run = try run(["standby.preemption={at: [3620s]}"])
    let query = LogQuery(run: run)
    #expect(query.count("standbyActivated") == 0)
    #expect(query.count("recoveryCompleted") == 1)
    #expect(run.violations.isEmpty)
  }

  @Test func `a damaged snapshot gives way to the one before it`() throws {
    let clean = try run([])
    let overrides = [
      "interruptions={at: [1h]}", "snapshots.interval=5min", "snapshots.damaged=30%", "snapshots.fullEvery=1",
    ]
    let scenario = try Catalogue.load("cpu-standby/off-until-needed", overrides).scenario
    let runs = try (1...20).map { try Run(scenario, seed: $0, until: .seconds(2 * 3600)) }
    let damaged = runs.first {
      LogQuery(run: $0).count("snapshotRestoreFailed") > 0 && LogQuery(run: $0).count("standbyActivated") > 0
    }
    let run = try #require(damaged)
    let age = try #require(Incident.all(in: run.events).first?.recoveryPoint)
    #expect(age > (try #require(Incident.all(in: clean.events).first?.recoveryPoint)) + .seconds(200))
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that cannot be deleted is tried again until it is`() throws {
    // One question while it is verified, then the deletions.
    let run = try run(["standby.describe=[0.3s, 31s, 31s, 0.3s]"])
    let query = LogQuery(run: run)
    #expect(query.count("destroyFailed") == 2 && query.count("standbyDeactivated") == 1)
    let times = query.times("destroyFailed") + query.times("standbyDeactivated")
    #expect(zip(times.dropFirst(), times).map { $0 - $1 } == [.seconds(35), .milliseconds(10_300)])
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that cannot be deleted in time is not used again, and is deleted all the same`() throws {
    let first = try run([])
    let second = try #require(Incident.all(in: first.events).first?.fullService) + .seconds(40)
    let run = try run([
      "interruptions={at: [1h, \(second.wholeNanoseconds)ns]}",
      "standby.describe=[0.3s, 31s, 31s, 0.3s, 0.3s]",
    ])
    let query = LogQuery(run: run)
    #expect(query.count("standbyCreated") == 2 && query.count("standbyDeactivated") == 2)
    #expect(query.times("standbyDeactivated")[0] > query.times("standbyCreated")[1])
    #expect(run.violations.isEmpty)
  }

  @Test func `a strategy with such a standby needs an object store`() throws {
    let scenario = try Catalogue.load("cpu-standby/off-until-needed").scenario
    let simulation = Simulation(seed: 1)
    #expect(throws: PortMissing("snapshot store")) {
      try simulation.run { simulation in
        let world = World(simulation: simulation, model: scenario.world, log: EventLog())
        var ports = world.ports()
        ports.snapshots = nil
        let orchestrator = Orchestrator(
          clock: simulation.clock, ports: ports, strategy: scenario.strategy, log: EventLog())
        try await orchestrator.operate(primary: scenario.world.gpu.id)
      }
    }
  }
}
