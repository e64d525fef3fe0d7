import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

/// A run that skips rounds of the routine and one that plays them all are the same.
@Suite struct LookaheadTests {
  private static let files: [String] = {
    let all = FileManager.default.enumerator(atPath: Catalogue.folder.path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("trace-replay.yaml") }.sorted()
  }()

  private func bothWays(_ scenario: Scenario, seed: UInt64, until: Duration?) throws -> (ahead: Run, whole: Run) {
    (
      try Run(scenario, seed: seed, until: until),
      try Run(scenario, seed: seed, until: until, looksAhead: false)
    )
  }

  private func expectSame(_ ahead: Run, _ whole: Run, _ name: String) {
    #expect(ahead.fingerprint == whole.fingerprint, "\(name)")
    for (a, b) in zip(ahead.workspaces, whole.workspaces) {
      #expect(a.events == b.events, "\(name)")
      #expect(a.counts == b.counts, "\(name)")
    }
    #expect(ahead.violations == whole.violations && whole.statistics.skippedRounds == 0, "\(name)")
  }

  @Test(arguments: files)
  func `a scenario of the catalogue is the same both ways`(_ file: String) throws {
    let scenario = try Catalogue.load(String(file.dropLast(".yaml".count))).scenario
    var until: Duration?
    if case .operation(let duration) = scenario.life { until = min(duration, .seconds(86_400)) }
    let (ahead, whole) = try bothWays(scenario, seed: 4, until: until)
    expectSame(ahead, whole, file)
  }

  @Test func `a quiet month is mostly skipped`() throws {
    let run = try Catalogue.run("cpu-standby")
    #expect(run.statistics.skippedRounds > 300_000 && run.statistics.wakeUps < 5_000)
    let drill = try Catalogue.run("report-18.63")
    #expect(drill.statistics.skippedRounds == 0)
  }

  /// Odd intervals, noise, draws that are sometimes too long, faults, every kind of detection.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `settings drawn at random are the same both ways`(_ number: UInt64) throws {
    var draw = RandomStream(seed: 77, name: "settings").draw(number)
    func one(_ choices: [String]) -> String { choices[Int(draw.nextInteger(below: UInt64(choices.count)))] }
    let overrides = [
      "interruptions={lifetimes: {exponential: {mean: \(one(["1h", "3h", "8h"]))}}}",
      "healthCheck.interval=\(one(["10s", "7s", "3.3s", "1s", "61s", "0.7s"]))",
      "healthCheck.timeout=\(one(["5s", "0.5s", "0.3s", "2s"]))",
      "healthCheck.failureThreshold=\(one(["1", "2", "3"]))",
      "healthCheck.methods=\(one(["[api]", "[tcp, ssh]", "[api, process]", "[ssh]"]))",
      "healthCheck.require=\(one(["all", "any"]))",
      "healthCheck.intervalJitter=\(one(["0", "0", "10"]))",
      "gpu.probes.api=\(one(["{uniform: {low: 0.1s, high: 0.4s}}", "{lognormal: {median: 0.2s, sigma: 0.8}}", "0.2s"]))",
      "gpu.probes.noise={falseFailure: \(one(["0%", "0%", "1%", "5%"]))}",
      "gpu.scan=\(one(["0.4s", "{uniform: {low: 0.1s, high: 3s}}", "{exponential: {mean: 0.5s}}"]))",
      "sync.interval=\(one(["30s", "10s", "7.3s", "45s", "3s"]))", "sync.route=\(one(["relay", "direct"]))",
      "workspace.dirtyRate=\(one(["1.333333MB/s", "0B/s", "7B/s", "333333B/s", "12MB/s"]))",
      "network.rsync=\(one(["6MB/s", "30MB/s", "1MB/s"]))",
      "strategy=\(one(["[cpuStandby]", "[cpuStandby]", "[cpuStandby, snapshots]", "[snapshots]", "[warmPool, cpuStandby]"]))",
      one([
        "faults=[]", "faults=[]", "faults=[{latency: {between: [orchestrator, gpu], added: 2s, at: 1h, for: 30min}}]",
        "faults=[{gpuLost: {at: 2h}}]",
      ]),
      "duration=9h",
    ]
    let scenario = try Catalogue.load("cpu-standby", overrides).scenario
    let (ahead, whole) = try bothWays(scenario, seed: number, until: nil)
    expectSame(ahead, whole, overrides.joined(separator: " "))
  }
}
