import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// Several workspaces that share standbys.
@Suite struct FleetTests {
  private static let base = [
    "interruptions={lifetimes: {exponential: {mean: 3h}}}", "healthCheck.interval=60s", "sync.interval=10min",
    "workspace.dirtyRate=1kB/s",
  ]

  private func scenario(_ overrides: [String]) throws -> Scenario {
    try Catalogue.load("cpu-standby", Self.base + overrides).scenario
  }

  @Test func `a fleet of one is no fleet`() throws {
    let alone = try Run(scenario(["duration=3d"]), seed: 5)
    let fleet = try Run(scenario(["duration=3d", "fleet={workspaces: 1, standbys: 1}"]), seed: 5)
    #expect(alone.fingerprint == fleet.fingerprint && fleet.companions.isEmpty)
  }

  @Test func `others do not change what a GPU lives through`() throws {
    let alone = try Run(scenario(["duration=2d"]), seed: 3)
    let fleet = try Run(scenario(["duration=2d", "fleet={workspaces: 4, standbys: 2}"]), seed: 3)
    func firstLoss(_ run: Run) -> Duration? { Incident.all(in: run.events).first?.fault }
    #expect(firstLoss(alone) != nil && firstLoss(alone) == firstLoss(fleet))
    let losses = fleet.workspaces.map(firstLoss)
    #expect(Set(losses.compactMap { $0 }).count == 4)
  }

  @Test func `the same seed gives the same fleet`() throws {
    let scenario = try scenario(["duration=2d", "fleet={workspaces: 3, standbys: 2}"])
    let runs = try (0..<3).map { _ in try Run(scenario, seed: 9).fingerprint }
    #expect(Set(runs).count == 1)
    #expect(try Run(scenario, seed: 10).fingerprint != runs[0])
  }

  @Test(arguments: [1, 2, 3, 5]) func `workspaces pay for every standby once together`(_ standbys: Int) throws {
    let run = try Run(scenario(["duration=2d", "fleet={workspaces: 5, standbys: \(standbys)}"]), seed: 2)
    let paid = run.workspaces.map { Metrics($0).cost.standby.nanodollars }.reduce(0, +)
    // A cent an hour each, from their creation within the first minutes on.
    let most = Int64(standbys) * 48 * 10_000_000
    #expect(paid <= most && paid > most - Int64(standbys) * 1_000_000)
    #expect(run.events.count { $0.kind.name == "standbyCreated" } == 1)
  }

  /// Two GPUs and one standby are a Markov chain where lives and repairs are exponential. Its states: both GPUs serve;
  /// one is with the standby; one is with nobody, because the other had the standby; both are down, one of each.
  @Test func `one incident in so many finds the standby taken`() throws {
    let scenario = try scenario([
      "duration=20d", "fleet={workspaces: 2, standbys: 1}", "gpu.boot={exponential: {mean: 1h}}",
      "recovery.provisionTimeout=1d", "timeouts.api=10s",
    ])
    var (busy, incidents, time) = (0.0, 0.0, 0.0)
    for seed in 1...12 as ClosedRange<UInt64> {
      for workspace in try Run(scenario, seed: seed).workspaces {
        let all = Incident.all(in: workspace.events)
        let repairs = all.compactMap(\.timeToFullService)
        busy += Double(workspace.events.count { $0.kind.name == "standbyBusy" })
        incidents += Double(all.count)
        time += repairs.reduce(0) { $0 + $1.inSeconds }
      }
    }
    let loss = 1 / 10_800.0
    let repair = incidents / time
    // Balance: loss x up = repair (s + n); n (loss + repair) = repair t; 2 repair t = loss (s + n).
    // With s + n = 1: t = loss / (2 repair), n = repair t / (loss + repair), s = 1 - n, up = repair / loss.
    let both = loss / (2 * repair)
    let nobody = repair * both / (loss + repair)
    let served = 1 - nobody
    let up = repair / loss
    let expected = served / (up + served + nobody)
    let error = (expected * (1 - expected) / incidents).squareRoot()
    #expect(incidents > 1_000)
    #expect(abs(busy / incidents - expected) < 3 * error, "\(busy / incidents) instead of \(expected)")
  }

  @Test(arguments: [
    "standby.preemption={lifetimes: {exponential: {mean: 5h}}}",
    "standby.preemption={lifetimes: {exponential: {mean: 5h}}, action: stop}", "sync.interval=30s",
    "strategy=[cpuStandby, snapshots]", "strategy=[warmPool, cpuStandby]",
    "interruptions={at: [1h, 2h, 3h, 3h10min]}",
  ])
  func `what must hold holds in fleets`(_ override: String) throws {
    let scenario = try scenario(["duration=8h", "fleet={workspaces: 4, standbys: 2}", override])
    for seed in 1...12 as ClosedRange<UInt64> {
      #expect(try Run(scenario, seed: seed).violations == [])
    }
  }

  @Test(arguments: [
    ("fleet={workspaces: 0}", "workspaces"), ("fleet={workspaces: 2, standbys: 3}", "more standbys than workspaces"),
    ("fleet={workspaces: 101}", "100"), ("fleet={servesAtOnce: 0}", "servesAtOnce"),
  ])
  func `a fleet that cannot be is refused`(_ override: String, _ word: String) throws {
    #expect { try scenario([override]) } throws: { "\($0)".contains(word) }
  }

  @Test(arguments: [
    (["strategy=[snapshots]"], "no cpuStandby"), (["strategy=[cpuStandby, snapshots]", "standby.mode=onDemand"], "onDemand"),
    (["standby.startsFilled=true"], "startsFilled"),
    (["faults=[{gpuLost: {at: 1h}}]"], "single workspace"),
  ])
  func `what a fleet does not go with is refused`(_ overrides: [String], _ word: String) throws {
    #expect { try scenario(["fleet={workspaces: 2, standbys: 1}"] + overrides) } throws: { "\($0)".contains(word) }
  }

  @Test func `a report of a fleet has every workspace`() throws {
    let run = try Run(scenario(["duration=6h", "fleet={workspaces: 3, standbys: 1}"]), seed: 1)
    let text = try RunReport(run, production: nil, traceSource: nil, style: .plain, details: 2).render(.text)
    #expect(text.contains("3 workspaces share 1 standby"))
    let json = try JSONReport.render(run)
    for number in 1...3 { #expect(json.contains("cpu-standby, workspace \(number)")) }
    let rows = CSVReport.render(run).split(separator: "\n")
    #expect(rows.count == 1 + run.workspaces.reduce(0) { $0 + $1.events.count })
    #expect(rows[0].hasPrefix("workspace,t_s") && rows.last?.hasPrefix("3,") == true)
    #expect(try TraceReport.render(run).contains("\"pid\": 3"))
  }
}
