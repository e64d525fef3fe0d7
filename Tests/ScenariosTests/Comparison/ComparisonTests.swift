import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

/// Strategies side by side.
@Suite struct ComparisonTests {
  /// Two strategies in one world; snapshots get a GPU back sooner, because nothing passes through the standby.
  private static func entry(_ strategy: String, seeds: Int, _ duration: String) throws -> Replications {
    let text = """
      schemaVersion: 1
      name: \(strategy)
      summary: A GPU that lives for three hours.
      duration: \(duration)
      strategy: \(strategy)
      workload: {kind: training, checkpointInterval: 20min, checkpointDuration: 15s}
      interruptions: {lifetimes: {exponential: {mean: 3h}}}
      healthCheck: {interval: 30s}
      sync: {interval: 2min}
      snapshots: {interval: 5min, method: none}
      network: {link: 1Gbit/s}
      """
    let file = try Document(bytes: Array(text.utf8), name: "\(strategy).yaml").read(ScenarioFile.init).value
    return try Replications(file.scenario, seeds: seeds, workers: Workers(2))
  }

  private static func compare(seeds: Int, _ duration: String) throws -> Comparison {
    Comparison(try ["cpuStandby", "snapshots"].map { try entry($0, seeds: seeds, duration) })
  }

  /// What people see, to the letter. A change of the report or of the simulation shows here: the message says how to
  /// take it over once it has been read and is right.
  @Test func `the text of a small comparison is the one that was read and found right`() throws {
    let text = try ComparisonReport(Self.compare(seeds: 2, "1d")).render(.text)
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Reference/comparison.txt").standardizedFileURL
    if ProcessInfo.processInfo.environment["UPDATE_REFERENCE"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let reference = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let expected = reference.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, other) in zip(lines, expected) { #expect(line == other) }
    #expect(lines.count == expected.count, "UPDATE_REFERENCE=1 swift test writes Tests/Reference/comparison.txt anew")
  }

  @Test func `the figures of a comparison do not depend on how many simulations run at a time`() throws {
    let scenario = try Self.entry("snapshots", seeds: 1, "12h").scenario
    let tables = try [1, 3].map { try Replications(scenario, seeds: 4, workers: Workers($0)).metrics.rows }
    #expect(tables[0] == tables[1])
  }

  /// With the same seeds both lose their GPUs at nearly the same times: what is chance is in both, and falls out.
  @Test func `the same seeds for both make the error of the difference smaller`() throws {
    let comparison = try Self.compare(seeds: 12, "1d")
    let served = comparison.entries.map { entry in entry.runs.compactMap(\.shareOfFullService) }
    #expect(served.allSatisfy { $0.count == 12 })
    let paired = try #require(comparison.pairedDifference(\.shareOfFullService, of: 0, from: 1))
    #expect(paired.count == 12)
    let differences = zip(served[0], served[1]).map { $0 - $1 }
    #expect(abs(paired.mean - Self.mean(differences)) < 1e-12)
    let pairedError = (Self.variance(differences) / 12).squareRoot()
    let unpairedError = ((Self.variance(served[0]) + Self.variance(served[1])) / 12).squareRoot()
    #expect(pairedError < 0.8 * unpairedError, "\(pairedError) against \(unpairedError)")
    // Student's 97.5 % quantile for 11 degrees of freedom.
    #expect(abs(try #require(paired.halfWidth) / pairedError - 2.200985160082949) < 1e-9)
    #expect(paired.isClear && paired.mean < 0, "snapshots bring the GPU back sooner")
  }

  @Test func `scenarios that differ in more than the strategy are doubted`() throws {
    let scenario = try Self.entry("snapshots", seeds: 1, "1h").scenario
    #expect(Comparison.doubts(about: [scenario, scenario]).isEmpty)
    var other = scenario
    other.name = "other"
    other.workload = .inference
    #expect(
      Comparison.doubts(about: [scenario, other])
        == ["other and snapshots differ in what runs on the GPU: they do not answer one question"])
    // How often training writes its state is part of the answer.
    let training = try ["training", "../weigh/training-checkpoints-short"].map {
      try Catalogue.load("cpu-standby/\($0)").scenario
    }
    #expect(training[0].world.workspace != training[1].world.workspace)
    #expect(Comparison.doubts(about: training).isEmpty)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func variance(_ values: [Double]) -> Double {
    let center = mean(values)
    return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)
  }
}
