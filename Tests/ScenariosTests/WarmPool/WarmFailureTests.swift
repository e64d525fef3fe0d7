import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// Each way in which a second GPU does not take over, and what takes its place.
@Suite struct WarmFailureTests {
  private let withStandby = "strategy=[warmPool, cpuStandby]"

  @Test func `a start that waits for a GPU rented away is given up after the start timeout`() throws {
    let run = try PoolScenario.run(
      ["machines.standbyRentedAway=100%", "marketplace.offers[0].count=4", withStandby], until: .seconds(2 * 3600))
    let incident = try #require(run.incidents.first)
    #expect(run.count("rentedAway") == 1)
    let (started, failed) = (
      try #require(incident.warmFailoverStarted), try #require(incident.warmFailoverFailed)
    )
    // The last question begins before the time-out and takes 2.3 s.
    #expect(failed - started >= .seconds(120) && failed - started <= .milliseconds(122_700))
    // Then the CPU standby serves, and the GPU that replaces both comes to the same machine.
    #expect(try #require(incident.degradedService) - failed == .seconds(3))
    #expect(incident.fullService != nil)
    #expect(run.poolStates == [.searching, .provisioning, .active, .failover, .degraded, .provisioning, .active])
    #expect(run.count("volumeCreated") == 1)
    #expect(incident.phases.map(\.name).prefix(3) == ["detection", "warm start", "failover"])
    for (phase, next) in zip(incident.phases, incident.phases.dropFirst()) { #expect(phase.end == next.start) }
    #expect(incident.phases.reduce(.zero) { $0 + $1.duration } == incident.timeToFullService)
    #expect(run.violations.isEmpty)
  }

  @Test func `a start that is refused makes the CPU standby serve at once`() throws {
    let run = try PoolScenario.run(
      ["machines.standbyRentedAway=100%", "machines.whenRentedAway=refused", withStandby], until: .seconds(2 * 3600))
    let incident = try #require(run.incidents.first)
    let detected = try #require(incident.detected)
    #expect(incident.warmFailoverFailed == detected + .milliseconds(400))
    #expect(incident.degradedService == detected + .milliseconds(3400))
    #expect(run.violations.isEmpty)
  }

  @Test func `a stopped GPU that takes longer than the start timeout is given up and given back`() throws {
    let run = try PoolScenario.run(["machines.resume=3min"], until: .seconds(2 * 3600))
    let incident = try #require(run.incidents.first)
    #expect(incident.warmFailoverFailed != nil)
    #expect(run.events.contains { $0.kind == .instanceDestroyed(InstanceID("1002")) })
    // Nothing else holds a copy: the recovery returns to the volume, and nothing is lost.
    #expect(run.count("volumeReused") == 1)
    #expect(incident.recoveryPoint == .zero)
    #expect(incident.unsynced == .zero)
    #expect(incident.fullService != nil)
    #expect(run.violations.isEmpty)
    let patient = try PoolScenario.run(["machines.resume=3min", "warmPool.startTimeout=5min"], until: .seconds(2 * 3600))
    #expect(patient.incidents.first?.warmFailoverFailed == nil)
    let times = [run, patient].compactMap { $0.incidents.first?.timeToFullService }
    #expect(times.count == 2 && times[1] < times[0], "waiting for it would have been quicker")
  }

  @Test func `a machine that is lost takes volume and second GPU with it, and the standby's copy fills the next`() throws {
    let run = try PoolScenario.run(
      [
        "machines.interruptionTakesMachine=100%", withStandby,
        "marketplace.offers=[\(offer("a", "m", 3)), \(offer("b", "n", 2, cents: 45))]",
      ], until: .seconds(2 * 3600))
    let incident = try #require(run.incidents.first)
    let detected = try #require(incident.detected)
    #expect(run.events.contains { $0.kind == .machineLost(MachineID("m")) })
    #expect(run.events.contains { $0.kind == .volumeLost(VolumeID("volume-1")) })
    // The provider says that the machine is offline: no time is lost with waiting.
    #expect(incident.warmFailoverFailed == detected + .milliseconds(400))
    #expect(run.count("restoreCompleted") == 1)
    #expect(try #require(incident.unsynced) > .zero, "what the last sync had not copied is gone")
    #expect(incident.recoveryPoint != .zero)
    let volumes = run.events.compactMap { event -> MachineID? in
      if case .volumeCreated(let volume) = event.kind { volume.machine } else { nil }
    }
    #expect(volumes == [MachineID("m"), MachineID("n")])
    #expect(run.poolStates.suffix(4) == [.degraded, .searching, .provisioning, .active])
    #expect(run.violations.isEmpty)
  }

  @Test func `with the machine lost and no other copy the next GPU starts empty, and all is counted as lost`() throws {
    let run = try PoolScenario.run(["machines.interruptionTakesMachine=100%", "machines.outage=1min"], until: .seconds(7200))
    let incident = try #require(run.incidents.first)
    #expect(run.count("restoreSkipped") == 2, "the first GPU of all, and this one")
    #expect(incident.unsynced == .megabytes(600))
    #expect(incident.recoveryPoint == nil)
    #expect(incident.fullService != nil)
    #expect(run.violations.isEmpty)
  }

  @Test func `as long as the only copy is on a machine without a free GPU, the recovery waits for it`() throws {
    // Two GPUs: somebody has the one that was interrupted, and the second one has been rented away, too.
    let run = try PoolScenario.run([
      "machines.standbyRentedAway=100%", "marketplace.offers=[\(offer("a", "m", 2)), \(offer("b", "n", nil))]",
    ])
    let incident = try #require(run.incidents.first)
    #expect(run.events.contains {
      if case .recoveryFailed(_, "search", let error, _) = $0.kind { error.reason == .refused } else { false }
    })
    let full = try #require(incident.timeToFullService)
    #expect(full > .seconds(20 * 60), "the rental of the interrupted GPU by somebody else")
    #expect(incident.recoveryPoint == .zero)
    #expect(run.violations.isEmpty)
  }

  @Test func `with a standby's copy the recovery does not wait for the machine`() throws {
    let run = try PoolScenario.run([
      "machines.standbyRentedAway=100%", withStandby,
      "marketplace.offers=[\(offer("a", "m", 2)), \(offer("b", "n", nil))]",
    ])
    let incident = try #require(run.incidents.first)
    #expect(try #require(incident.timeToFullService) < .seconds(10 * 60))
    // The GPU is on a machine without a second one; the old volume is of no use any more.
    #expect(run.poolStates.suffix(2) == [.searching, .degraded])
    #expect(run.count("noMachine") == 1)
    #expect(run.count("volumeDeleted") == 1)
    #expect(run.violations.isEmpty)
  }

  @Test func `without the fallback the CPU standby does not serve, but fills the next GPU`() throws {
    let run = try PoolScenario.run(
      [
        "machines.interruptionTakesMachine=100%", "machines.outage=1min", "warmPool.fallsBackToStandby=false", withStandby,
      ], until: .seconds(7200))
    let incident = try #require(run.incidents.first)
    #expect(incident.degradedService == nil)
    #expect(run.events.contains { $0.kind == .phaseChanged(from: .failingOver, to: .down) })
    #expect(run.count("restoreCompleted") == 1)
    #expect(run.violations.isEmpty)
  }

  @Test func `a market without two GPUs in one machine gives an ordinary GPU, and the CPU standby protects it`() throws {
    let offers = [offer("a", "m", 1), offer("b", "n", nil), offer("c", "o", 3, verified: false)]
    let run = try PoolScenario.run(
      ["marketplace.offers=[\(offers.joined(separator: ", "))]", withStandby], until: .seconds(7200))
    #expect(run.poolStates == [.searching, .degraded, .searching, .degraded])
    #expect(run.count("volumeCreated") == 0)
    #expect(run.count("warmFailoverStarted") == 0)
    let incident = try #require(run.incidents.first)
    #expect(incident.degradedService != nil && incident.fullService != nil)
    #expect(run.violations.isEmpty)
  }

  @Test func `a machine with a free GPU gets its second one when somebody gives one back`() throws {
    let run = try PoolScenario.run(["marketplace.offers=[\(offer("a", "m", 2))]"])
    // After the failover the other GPU belongs to somebody else for 20 minutes.
    #expect(run.poolStates == [.searching, .provisioning, .active, .failover, .provisioning, .degraded, .provisioning, .active])
    let lost = try #require(run.first("interrupted")?.time)
    let ready = try #require(run.last("warmStandbyReady")?.time)
    #expect(ready - lost > .seconds(20 * 60))
    let attempts = run.events.filter { $0.kind.name == "warmStandbyFailed" }.map(\.time)
    // 1, 2, 4 and 8 minutes apart, and never more than 10; each search takes a second.
    for (pair, minutes) in zip(zip(attempts, attempts.dropFirst()), [1, 2, 4, 8, 10]) {
      #expect(pair.1 - pair.0 == .seconds(minutes * 60 + 1))
    }
    #expect(attempts.count >= 5)
    #expect(run.violations.isEmpty)
  }

  @Test func `a fault while the second GPU is half made uses that one for the recovery`() throws {
    // The first GPU serves after about 140 s; the second one, ordered then, would run 100 s later.
    let run = try PoolScenario.run(["interruptions={at: [200s]}"], until: .seconds(1800))
    let incident = try #require(run.incidents.first)
    #expect(incident.warmFailoverStarted == nil)
    #expect(incident.fullService != nil)
    #expect(incident.recoveryPoint == .zero)
    let served = try #require(run.last("failbackCompleted"))
    #expect(served.kind == .failbackCompleted(InstanceID("1002")))
    #expect(run.poolStates.suffix(3) == [.degraded, .provisioning, .active])
    #expect(run.violations.isEmpty)
  }

  @Test func `a warm GPU that is lost on its way is given up, and the recovery returns to the volume`() throws {
    // Lost 20 s after it runs, before its ssh answers: the check that finds the first loss comes within 30 s.
    let first = try PoolScenario.run()
    let running = try #require(first.incidents.first?.instanceRunning)
    let run = try PoolScenario.run(
      ["interruptions={at: [1h, \((running + .seconds(20)).wholeNanoseconds)ns]}"], until: .seconds(7200))
    let incident = try #require(run.incidents.first)
    #expect(run.incidents.count == 1)
    #expect(incident.warmFailoverFailed != nil)
    #expect(incident.fullService != nil)
    #expect(incident.recoveryPoint == .zero)
    #expect(run.violations.isEmpty)
  }

  @Test func `while a trace has no capacity a stopped GPU does not start`() throws {
    var scenario = try PoolScenario.scenario([withStandby])
    let up = [
      InterruptionTrace.UpRun(start: .zero, end: .seconds(3600)),
      InterruptionTrace.UpRun(start: .seconds(5400), end: nil),
    ]
    scenario.world.interruptions = .trace(
      try InterruptionTrace(runs: up, length: .seconds(10_800), source: "by hand"))
    let run = try Run(scenario, seed: 1)
    let incident = try #require(run.incidents.first)
    #expect(incident.warmFailoverFailed != nil)
    #expect(try #require(incident.timeToFullService) > .seconds(1800))
    #expect(run.violations.isEmpty)
  }

  private func offer(_ id: String, _ machine: String, _ count: Int?, cents: Int = 40, verified: Bool = true) -> String {
    "{id: \(id), gpu: RTX 4090, memory: 32GB, price: $0.\(cents)/h, region: TH, machine: \(machine), "
      + "verified: \(verified)\(count.map { ", count: \($0)" } ?? "")}"
  }
}
