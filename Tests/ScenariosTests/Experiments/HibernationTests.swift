import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// A GPU that is stopped while nobody needs it.
@Suite struct HibernationTests {
  private static let text = """
    schemaVersion: 1
    name: naps
    summary: half an hour of work in every hour
    duration: 4h
    strategy: cpuStandby
    hibernation: {active: 30min, period: 1h}
    workspace:
      files: [{name: model.pt, size: 10MB}]
    gpu: {price: $0.60/h, boot: 100s, sshStart: 20s, scan: 0s, probes: {api: 0s, ssh: 0s}}
    standby: {creation: 0s, describe: 0s, startsFilled: true}
    marketplace: {describe: 0s}
    machines: {start: 0s, stop: 0s, resume: 40s, sshAfterResume: 0s}
    endpoint: {change: 0s, hold: 0s, verify: 0s}
    notification: 0s
    """

  private func run(_ overrides: [String] = [], seed: UInt64 = 1) throws -> Run {
    let file = try Document(bytes: Array(Self.text.utf8), name: "naps.yaml").setting(overrides).read(ScenarioFile.init)
    return try Run(file.value.scenario, seed: seed)
  }

  @Test func `a GPU sleeps at the end of each period's work and is woken at the start of the next`() throws {
    let run = try run(["workspace.dirtyRate=0B/s"])
    #expect(run.violations == [])
    let woken = run.events.filter { $0.kind.name == "woken" }.map(\.time)
    #expect(woken == [3600, 7200, 10_800].map(Duration.seconds))
    let asleep = run.events.filter { $0.kind.name == "hibernated" }.map(\.time)
    #expect(asleep == [1800, 5400, 9000, 12_600].map(Duration.seconds))
    // Two of the four hours are paid for.
    #expect(MetricTable(run)["cost.gpu"] == .money(.cents(120)))
  }

  @Test func `users are served by the standby when a GPU does not wake up, and a new one is fetched`() throws {
    let run = try run([
      "machines.standbyRentedAway=100%", "machines.whenRentedAway=refused", "hibernation={active: 3h, period: 210min}",
    ])
    #expect(run.violations == [])
    #expect(run.count("woken") == 1)
    #expect(run.count("failoverCompleted") == 1)
    #expect(run.count("failbackCompleted") == 1)
  }

  @Test func `nobody fetches a new GPU for one that does not wake up where recovery is disabled`() throws {
    let run = try run([
      "machines.standbyRentedAway=100%", "machines.whenRentedAway=refused", "recovery.mode=disabled",
      "workspace.dirtyRate=0B/s",
    ])
    #expect(run.violations == [])
    #expect(run.count("failoverCompleted") == 1)
    #expect(run.count("recoveryStarted") == 0)
    // It worked for half an hour.
    #expect(MetricTable(run)["cost.gpu"] == .money(.cents(30)))
  }

  @Test(arguments: 1...20) func `a warm pool and hibernation get on with each other`(seed: UInt64) throws {
    let scenario = try PoolScenario.scenario([
      "hibernation={active: 30min, period: 1h}", "machines.standbyRentedAway=50%", "machines.whenRentedAway=refused",
      "interruptions={lifetimes: {exponential: {mean: 20min}}}", "duration=12h",
    ])
    let run = try Run(scenario, seed: seed)
    #expect(run.violations == [])
    #expect(run.count("woken") > 0)
  }

  @Test func `the stopped second GPU takes over from one that does not wake up`() throws {
    let runs = try (1...20).map { seed in
      try Run(
        PoolScenario.scenario([
          "hibernation={active: 30min, period: 1h}", "machines.standbyRentedAway=50%", "machines.whenRentedAway=refused",
          "interruptions=null", "duration=2h",
        ]), seed: UInt64(seed))
    }
    #expect(runs.allSatisfy { $0.violations.isEmpty })
    // Nothing else has happened to it.
    #expect(runs.contains { $0.count("warmFailoverCompleted") > 0 })
  }
}
