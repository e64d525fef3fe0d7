import Failover
import Foundation
import Synchronization
import Testing

@testable import Scenarios

/// A folder with a scenario of one incident, which goes away with the last reference to it.
final class SweepFolder {
  let path = NSTemporaryDirectory() + "sweep-test-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try KnownScenario.text.write(toFile: path + "/known.yaml", atomically: false, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func sweep(
    _ variations: [String], constraint: String? = nil, replications: Int = 4, plan: ReplicationPlan = ReplicationPlan(),
    set overrides: [String] = []
  ) throws -> Sweep {
    try Sweep(
      ScenarioSource(path: path + "/known.yaml", overrides: overrides), vary: variations.map { try Variation($0) },
      constraint: constraint.map { try Constraint($0) }, plan: plan, replications: StoppingRule(limit: replications))
  }
}

@Suite struct SweepTests {
  private let folder: SweepFolder

  init() throws { folder = try SweepFolder() }

  private static let six = ["healthCheck.failureThreshold=1,2", "endpoint.verify=0s,1s,{uniform: {low: 0s, high: 2s}}"]

  private func json(_ outcome: SweepOutcome) throws -> String {
    try SweepReport(outcome, focus: .all).render(.json)
  }

  @Test func `the result is the same to the byte for any number of jobs`() throws {
    let sweep = try folder.sweep(Self.six, replications: 5)
    let expected = try json(sweep.run(workers: Workers(1)))
    for jobs in [2, 3, 16] { #expect(try json(sweep.run(workers: Workers(jobs))) == expected) }
  }

  @Test func `every cell has the same luck`() throws {
    let outcome = try folder.sweep(["endpoint.verify=0s,1s,3s"], replications: 6).run()
    let means = try outcome.cells.map { try #require($0.result?["mttrDegraded"]?.mean?.value) }
    // Verifying comes after users have been moved: it changes nothing, and the same draws give the same times.
    #expect(Set(means).count == 1)
    let direct = try (0..<6).map { try ReplicationPlan().observe(KnownScenario.load(), replication: $0) }
    let mean = direct.reduce(0) { $0 + $1.values[KnownScenario.figure][0] } / 6
    #expect((means[0] - mean).magnitude < 1e-12)
  }

  @Test func `replications in antithetic pairs have the mean exactly`() throws {
    let plan = ReplicationPlan(baseSeed: 5, isAntithetic: true)
    #expect([0, 1, 2, 3].map { plan.luck(of: $0).seed } == [5, 5, 6, 6])
    let outcome = try folder.sweep(["endpoint.verify=0s"], replications: 3, plan: plan).run()
    let result = try #require(outcome.cells.first?.result)
    let estimate = try #require(result["mttrDegraded"]?.mean)
    #expect(result.replications == 4)
    // The time is linear in the only number drawn, so that mirror images average to the truth.
    #expect((estimate.value - KnownScenario.mean).magnitude < 1e-8)
    #expect(try #require(estimate.margin) < 1e-7)
  }

  @Test func `a cell that cannot be played says why and does not lose the others`() throws {
    let told = Told()
    let outcome = try folder.sweep(["healthCheck.failureThreshold=0,1,2"]).run(tell: { told.note($0) })
    #expect(outcome.isComplete)
    #expect(outcome.cells.map { $0.result == nil } == [true, false, false])
    let message = try #require(outcome.cells[0].failure)
    #expect(message.contains("--vary healthCheck.failureThreshold=0: error: "))
    #expect(message.contains("must be at least 1, found 0"))
    #expect(told.cells.sorted() == [1, 2, 3])
    let report = try SweepReport(outcome, focus: SweepFocus("mttrDegraded")).render(.text)
    #expect(report.contains("Cells that could not be played"))
  }

  @Test func `a path that leads nowhere is told of before anything is played`() {
    for path in ["healthCheck.intervall=5s", "healthCheck.intervall=5s,6s"] {
      let error = #expect(throws: InvalidFile.self) {
        try folder.sweep([path, "endpoint.verify=0s,1s"])
      }
      #expect(error?.description.contains("did you mean") ?? false)
    }
    #expect(throws: InvalidFile.self) { try folder.sweep(["health.interval=5s", "healthCheck.interval=6s"]) }
    #expect(throws: InvalidFile.self) { try folder.sweep([]) }
  }

  @Test func `health is short for healthCheck`() throws {
    let sweep = try folder.sweep(["health.failureThreshold=1,2"], constraint: "healthCheck.failureThreshold < 2")
    #expect(sweep.cells.map(\.label) == ["health.failureThreshold=1"])
    #expect(sweep.excluded == 1)
    #expect(try sweep.run().failed.isEmpty)
  }

  @Test func `a constraint may speak of what the file says, and not of what nobody said`() throws {
    let constraint = "endpoint.hold + endpoint.verify <= 1s"
    #expect(try folder.sweep(["endpoint.verify=0s,1s,2s"], constraint: constraint).cells.count == 2)
    #expect(throws: InvalidFile.self) { try folder.sweep(["endpoint.verify=0s"], constraint: "sync.interval > 1s") }
    #expect(throws: InvalidFile.self) { try folder.sweep(["endpoint.verify=2s"], constraint: constraint) }
  }

  @Test func `a sweep that is stopped keeps what is finished`() throws {
    let told = Told()
    let sweep = try folder.sweep(Self.six)
    let outcome = try sweep.run(workers: Workers(1), isStopped: { told.cells.count >= 2 }) { told.note($0) }
    #expect(outcome.cells.map(\.number) == [1, 2])
    #expect(!outcome.isComplete)
  }

  @Test func `the JSON has what programs look for`() throws {
    let text = try json(folder.sweep(["healthCheck.failureThreshold=1,2"]).run())
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["schemaVersion"] as? Int == 1)
    #expect(document["scenario"] as? String == "known")
    #expect(document["replications"] as? Int == 4)
    let cells = try #require(document["cells"] as? [[String: Any]])
    #expect((cells[1]["parameters"] as? [String: Any])?["healthCheck.failureThreshold"] as? Int == 2)
    let metrics = try #require(cells[0]["metrics"] as? [String: [String: Any]])
    for name in ["mttd", "mttrFull", "falseFailovers", "rpo", "availability", "cost"] { #expect(metrics[name] != nil) }
    let mttd = try #require(metrics["mttd"])
    #expect(mttd["mean"] as? Double == 0.5)
    #expect(mttd["ci95"] as? [Double] == [0.5, 0.5])
    for part in ["p50", "p95", "p99"] { #expect(mttd[part] as? Double == 0.5) }
  }

  @Test func `two quantities over a grid are drawn`() throws {
    let variations = ["endpoint.verify=0s,1s,2s", "healthCheck.failureThreshold=1,2"]
    let outcome = try folder.sweep(variations).run()
    for format in [SweepFormat.text, .markdown] {
      let report = try SweepReport(outcome, focus: SweepFocus("mttrDegraded.p95")).render(format)
      #expect(report.contains("MTTR degraded p95, s: endpoint.verify down, healthCheck.failureThreshold across"))
      #expect(report.contains("MTTR degraded, s"))
    }
  }
}

/// What a sweep has told, from whatever thread.
final class Told: Sendable {
  private let finished = Mutex([Int]())

  var cells: [Int] { finished.withLock { $0 } }

  func note(_ event: SweepEvent) {
    if case .finished(let cell, _) = event { finished.withLock { $0.append(cell.number) } }
  }
}
