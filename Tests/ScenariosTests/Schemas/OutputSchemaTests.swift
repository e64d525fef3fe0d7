import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

/// Every document the program writes is valid by its schema, and the schema is no empty promise.
@Suite(.enabled(if: Validator.isThere, "\(Validator.absence)")) struct OutputSchemaTests {
  private static let rubric = Catalogue.folder.deletingLastPathComponent().appendingPathComponent("rubrics/failover.yaml").path

  private func expectValid(_ documents: [String], _ kind: FileKind, suffix: String = "json") throws {
    let problems = try Validator.problems(of: documents, suffix: suffix, by: kind.schema())
    #expect(problems.count == documents.count)
    for (index, problem) in problems.enumerated() { #expect(problem.isEmpty, "\(kind.rawValue) \(index): \(problem)") }
  }

  /// Each first-level member, left out in turn or joined by one that is not known, makes a document invalid.
  private func expectStrict(_ document: String, _ kind: FileKind) throws {
    let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
    var broken = object.keys.sorted().map { key in object.filter { $0.key != key } }
    broken.append(object.merging(["zzUnknown": 1]) { $1 })
    let texts = try broken.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
    let problems = try Validator.problems(of: texts, suffix: "json", by: kind.schema())
    #expect(problems.allSatisfy { !$0.isEmpty })
  }

  /// A drill, an operation, one of each strategy, a fleet; in text that is read by programs.
  private static let names = [
    "report-18.63", "cpu-standby/", "snapshots/", "warm-pool/incident", "compare/combined", "faults/s", "combined/",
  ]

  private static func paths() throws -> [String] {
    let all = try ScenarioCatalogue.paths([Catalogue.folder.path])
    return try all.filter { path in
      try names.contains { path.hasPrefix(Catalogue.folder.appendingPathComponent($0).path) }
        && !LoadedScenario.needsTrace(path: path)
    }
  }

  private static func runs() throws -> [Run] {
    try paths().map { path in
      let scenario = try LoadedScenario(path: path).scenario
      if case .drill = scenario.life { return try Run(scenario, seed: 1) }
      return try Run(scenario, seed: 1, until: .seconds(6 * 3600))
    } + Fixture.runs()
  }

  @Test func `runs, with marks and without, and their traces`() throws {
    let rubric = try Rubric.read(path: Self.rubric).rubric
    let runs = try Self.runs()
    #expect(runs.count > 15)
    let documents = try runs.map { try JSONReport.render($0) } + [JSONReport.render(runs[0], rubric: rubric)]
    try expectValid(documents, .run)
    try expectStrict(documents[0], .run)
    let traces = try runs.map(TraceReport.render)
    try expectValid(traces, .trace)
    try expectStrict(traces[0], .trace)
  }

  @Test func `a fleet`() throws {
    let changes = ["fleet={workspaces: 3, standbys: 1}"]
    let run = try Run(Catalogue.load("cpu-standby", changes).scenario, seed: 1, until: .seconds(43_200))
    let document = try JSONReport.render(run)
    #expect(document.contains("\"workspaces\": ["))
    try expectValid([document], .run)
    try expectStrict(document, .run)
  }

  @Test func `a comparison`() throws {
    let rubric = try Rubric.read(path: Self.rubric).rubric
    let entries = try ["compare/combined", "compare/none"].map { name in
      try Replications(Catalogue.load(name).scenario, seeds: 2, until: .seconds(86_400), workers: Workers(1)) { _ in }
    }
    let documents = try [nil, rubric].map { try ComparisonReport(Comparison(entries, rubric: $0)).render(.json) }
    try expectValid(documents, .compare)
    try expectStrict(documents[0], .compare)
  }

  @Test func `a tuning, with a recommended setting and with none`() throws {
    let documents = try [SamplePages.tuning(), SamplePages.tuning(["mttd<1ms"])]
    #expect(documents[1].contains("\"recommended\": null"))
    let folder = try SweepFolder()
    let failing = try Tuning(
      folder.sweep(["healthCheck.failureThreshold=0,1"], replications: 3), objective: Objective("mttd"))
    try expectValid(documents + [TuningReport(failing.run(workers: Workers(1))).render(.json)], .tune)
    try expectStrict(documents[0], .tune)
  }

  @Test func `a check, and the baselines of this project`() throws {
    let document = try SamplePages.check
    try expectValid([document], .check)
    try expectStrict(document, .check)
    let folder = Catalogue.folder.deletingLastPathComponent().appendingPathComponent("baselines")
    let baselines = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
      .sorted()
      .map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
    #expect(baselines.count >= 3)
    try expectValid(baselines, .baseline)
    try expectStrict(baselines[0], .baseline)
  }

  @Test func `a sweep, its list of cells and its record`() throws {
    let path = Catalogue.folder.appendingPathComponent("cpu-standby.yaml").path
    let sweep = try Sweep(
      ScenarioSource(path: path), vary: [Variation("healthCheck.interval=10s,20s,3min", number: 1)],
      replications: StoppingRule(limit: 3, precision: nil), until: .seconds(86_400))
    let workplace = try Workplace()
    let file = workplace.url.appendingPathComponent("sweep.record").path
    let record = try SweepRecord(path: file, of: sweep, version: "test")
    let outcome = try sweep.run(workers: Workers(1), record: record, isStopped: { false }) { _ in }
    let focus = try SweepFocus("mttd")
    let document = try SweepReport(outcome, focus: focus).render(.json)
    try expectValid([document], .sweep)
    try expectStrict(document, .sweep)
    let listing = try SweepListing(sweep, replicationTime: nil, jobs: 1).render(.json)
    try expectValid([listing, SweepListing(sweep, replicationTime: .seconds(1), jobs: 2).render(.json)], .sweepCells)
    try expectStrict(listing, .sweepCells)
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    try expectValid(lines, .sweepRecord)
    for line in lines.prefix(2) { try expectStrict(line, .sweepRecord) }
  }
}
