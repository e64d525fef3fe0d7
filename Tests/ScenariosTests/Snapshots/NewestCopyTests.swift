import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct NewestCopyTests {
  private func scenario(_ overrides: [String] = []) throws -> Scenario {
    try Catalogue.load("snapshots/host-lost", overrides).scenario
  }

  @Test func `a standby that has nothing yet does not take over while a snapshot has the work`() throws {
    let run = try Catalogue.run("snapshots/host-lost", ["interruptions={at: [200s]}"], until: .seconds(3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.degradedService == nil)
    #expect(incident.snapshot?.record?.point == incident.lastSync)
    #expect(run.violations.isEmpty)
  }

  @Test func `the standby is the source when it is in step, and its age is the incident's`() throws {
    let run = try Catalogue.run("snapshots/host-lost", ["interruptions={at: [6h]}"], until: .seconds(8 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.snapshot == nil)
    #expect(run.events.contains { $0.kind.name == "restoreCompleted" })
    #expect(try #require(incident.recoveryPoint) < .seconds(40))
    #expect(run.violations.isEmpty)
  }

  /// Syncs fail for an hour while snapshots are taken; then the GPU is lost, and the standby cannot be verified.
  @Test func `a snapshot that is newer than the standby is the source when the standby has not served`() throws {
    let scenario = try scenario(["interruptions={at: [3h]}"])
    let played = try play(scenario, for: .seconds(4 * 3600), ports: { ports, simulation in
      ports.fileSync = Failing(
        inner: ports.fileSync, simulation: simulation, from: .seconds(2 * 3600), to: .seconds(3 * 3600 + 60))
      ports.router = Unreachable(inner: ports.router, host: scenario.world.standby.address)
    })
    #expect(played.count("failoverFailed") > 0)
    let incident = try #require(Incident.all(in: played.events).first)
    #expect(incident.snapshot != nil && incident.degradedService == nil)
    #expect(try #require(incident.recoveryPoint) < .seconds(310), "a snapshot's age, not the hour of the standby's")
    #expect(played.violations.isEmpty)
  }

  @Test func `when the standby is gone as well the snapshot is what is left`() throws {
    let scenario = try scenario(["interruptions={at: [6h]}"])
    let played = try play(scenario, for: .seconds(8 * 3600), ports: { ports, simulation in
      // It is lost while the new GPU is being provisioned.
      ports.compute = Gone(
        inner: ports.compute, id: scenario.world.standby.id, simulation: simulation,
        from: VirtualClock.Instant.start.advanced(by: .seconds(6 * 3600 + 120)))
      ports.fileSync = Failing(
        inner: ports.fileSync, simulation: simulation, from: .seconds(6 * 3600 + 120), to: .seconds(7 * 3600))
    })
    let incident = try #require(Incident.all(in: played.events).first)
    #expect(incident.degradedService != nil, "it had taken over")
    #expect(played.count("restoreFailed") == 1, "once is enough")
    #expect(incident.snapshot?.record?.point == incident.lastSync)
    #expect(incident.fullService != nil)
  }

  @Test func `a model that does not answer costs the candidate, and another one is tried`() throws {
    let run = try Catalogue.run(
      "snapshots/month", ["inference.failures=80%", "interruptions={at: [1h]}"], seed: 4, until: .seconds(6 * 3600))
    let failures = run.events.count { $0.kind.name == "inferenceFailed" }
    #expect(failures > 0)
    let steps = run.events.compactMap { event -> String? in
      if case .recoveryFailed(_, let step, _, _) = event.kind { step } else { nil }
    }
    #expect(steps == Array(repeating: "inference", count: failures))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.attempts.count == failures + 1)
    #expect(incident.fullService != nil && !incident.inferenceFailed)
    // Every candidate but the last has been given back, and the lost GPU.
    #expect(run.events.count { $0.kind.name == "instanceDestroyed" } == failures + 1)
    #expect(run.violations.isEmpty)
  }

  @Test func `a model that takes too long has not answered`() throws {
    let run = try Catalogue.run(
      "snapshots/month", ["inference.load=60s", "timeouts.inference=30s", "interruptions={at: [1h]}"],
      until: .seconds(4500))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.inferenceFailed && incident.fullService == nil)
    #expect(FailoverRecord.all(of: run).first?.inferenceSucceeded == false)
  }
}
