import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct TuningTests {
  private static let scenario = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scenarios/cpu-standby.yaml").path

  private static func tuning(
    _ limits: [String] = ["cost<400/month"], replications: Int = 24, isSelecting: Bool = true,
    vary: [String] = ["healthCheck.interval=5s,10s,20s", "healthCheck.failureThreshold=2,3"],
    constraint: String? = nil
  ) throws -> Tuning {
    try Tuning(
      Sweep(
        ScenarioSource(path: scenario, overrides: ["interruptions={lifetimes: {exponential: {mean: 6h}}}"]),
        vary: vary.map { try Variation($0) }, constraint: constraint.map { try Constraint($0) },
        replications: StoppingRule(limit: replications), until: .seconds(2 * 86_400)),
      objective: Objective("mttd"), limits: limits.map { try FigureLimit($0) }, isSelecting: isSelecting, budget: nil)
  }

  @Test func `a small tuning is the same to the byte for any number of jobs`() throws {
    let tuning = try Self.tuning()
    let expected = try TuningReport(tuning.run(workers: Workers(1))).render(.json)
    #expect(try TuningReport(tuning.run(workers: Workers(3))).render(.json) == expected)
  }

  @Test func `it recommends what the full grid does, and what finds a loss soonest`() throws {
    let raced = try Self.tuning().run()
    let full = try Self.tuning(isSelecting: false).run()
    #expect(raced.recommended?.cell.label == "healthCheck.interval=5s, healthCheck.failureThreshold=2")
    #expect(raced.recommended?.cell.number == full.recommended?.cell.number)
    #expect(full.played == full.tuning.fullCount)
    #expect(raced.played < full.played)
    #expect(raced.asWritten?.cell.label == "healthCheck.interval=10s, healthCheck.failureThreshold=3")
    // A cell that stays is played with the very replications of a sweep.
    let swept = try full.tuning.sweep.run()
    #expect(full.cells.map(\.cell) == swept.cells)
    for cell in raced.cells where cell.dropped == nil { #expect(swept.cells[cell.cell.number - 1] == cell.cell) }
    // Detection takes (n - 1/2) intervals: the interval decides most, the threshold the rest.
    let importance = try #require(full.importance)
    #expect(importance[0].first > importance[1].first)
    #expect(importance[1].first > 0.05)
  }

  @Test func `when no setting meets the limits the nearest miss is named with the limit it breaks`() throws {
    let outcome = try Self.tuning(["mttd < 1s", "cost<400"]).run()
    #expect(outcome.recommended == nil)
    #expect(outcome.nearestMiss?.cell.label == "healthCheck.interval=5s, healthCheck.failureThreshold=2")
    let text = try TuningReport(outcome).render(.text)
    #expect(text.contains("No setting meets the limits"))
    #expect(text.contains("breaks mttd < 1s"))
    #expect(!text.contains("breaks cost"))
  }

  @Test func `every format has the recommended setting ready for use`() throws {
    let outcome = try Self.tuning(replications: 12).run()
    let options = "--set healthCheck.interval=5s --set healthCheck.failureThreshold=2"
    for format in [TuningFormat.text, .markdown, .json] {
      #expect(try TuningReport(outcome).render(format).contains(options))
    }
    let json = try TuningReport(outcome).render(.json)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(document["kind"] as? String == "tuning")
    #expect(document["schemaVersion"] as? Int == 1)
    let cells = try #require(document["cells"] as? [[String: Any]])
    #expect(cells.count == 6)
    #expect(cells.count { $0["recommended"] as? Bool == true } == 1)
    #expect(cells.allSatisfy { $0["isDropped"] is Bool && $0["onFront"] is Bool && $0["metrics"] != nil })
    let rows = try TuningReport(outcome).render(.csv).split(separator: "\n")
    #expect(rows.count == 7)
    #expect(Set(rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1)
  }

  @Test func `cells that are no full grid have no importance`() throws {
    let outcome = try Self.tuning(replications: 3, constraint: "healthCheck.interval < 20s or healthCheck.failureThreshold < 3").run()
    #expect(outcome.importance == nil)
    #expect(try TuningReport(outcome).render(.text).contains("Needs a full grid"))
  }

  @Test func `a cell that cannot be played is told of and does not lose the others`() throws {
    let outcome = try Self.tuning(replications: 3, vary: ["healthCheck.failureThreshold=0,2"]).run()
    #expect(outcome.failed.map(\.number) == [1])
    #expect(outcome.recommended?.cell.number == 2)
  }

  @Test func `options are ready for a shell`() {
    let cell = Cell(
      number: 1, parameters: [.init(path: "a.b", value: "5s"), .init(path: "c", value: "[api, 'x']")], outcome: .failed(""))
    #expect(TuningDocument.options(cell) == "--set a.b=5s --set 'c=[api, '\\''x'\\'']'")
  }

  @Test func `the objective is not held against itself, and stopping gives nothing`() throws {
    let tuning = try Self.tuning(replications: 3)
    #expect(throws: InvalidFile.self) {
      try Tuning(tuning.sweep, objective: Objective("cost"), limits: [])
    }
    #expect(throws: Stopped.self) { try tuning.run(isStopped: { true }) }
  }
}
