import FailoverSim
import Foundation
import Scenarios
import Testing

@testable import Drills
@testable import Failover

/// The file that keeps how each drill went.
@Suite struct DrillHistoryTests {
  private static func scenario() throws -> Scenario {
    try LoadedScenario(path: DrillProgram.root.path + "/scenarios/lab/cpu-standby.yaml", overrides: []).scenario
  }

  /// A drill as the simulator plays it: the record is read off the same kind of log.
  private static func result(seed: UInt64) throws -> DrillResult {
    let scenario = try scenario()
    let run = try Run(scenario, seed: seed)
    return DrillResult(
      run: run, timings: [], state: OrchestratorState(policy: scenario.strategy.healthCheck),
      loss: CountedLoss(writes: 3, bytes: .kilobytes(12), age: .milliseconds(1500)))
  }

  @Test func `what was appended is read again, and says what the log says`() throws {
    let folder = try TemporaryFolder()
    let history = DrillHistory(path: folder.file("history.jsonl"))
    let result = try Self.result(seed: 1)
    let played = DrillRecord(result, of: try Self.scenario(), at: .lab, endedAt: 1_700_000_000)
    let failed = DrillRecord(failure: "one\ntwo", of: try Self.scenario(), at: .accounts, endedAt: 1_700_000_100)
    try history.append(played)
    try history.append(failed)
    #expect(try history.records() == [played, failed])
    let incident = try #require(Incident.all(in: result.run.events).first { $0.fault != nil })
    let detection = try #require(incident.timeToDetect)
    #expect(played.detection == detection.wholeNanoseconds / 1_000_000)
    #expect(played.lostWrites == 3 && played.lostAge == 1500)
    #expect(try #require(played.cost) > 0)
    #expect(failed.failure == "one; two" && failed.detection == nil)
  }

  @Test func `each line fits the schema, and the report repeats the lines`() async throws {
    let folder = try TemporaryFolder()
    let history = DrillHistory(path: folder.file("history.jsonl"))
    let scenario = try Self.scenario()
    try history.append(DrillRecord(Self.result(seed: 1), of: scenario, at: .lab, endedAt: 1_700_000_000))
    try history.append(DrillRecord(failure: "no offer", of: scenario, at: .lab, endedAt: 1_700_000_100))
    let lines = try String(contentsOfFile: history.path, encoding: .utf8).split(separator: "\n").map(String.init)
    for line in lines {
      let problems = try await SchemaCheck.problems(of: line, as: .history)
      #expect(problems ?? "" == "", "\(line)")
    }
    let report = try HistoryReport(history.records()).render(.json)
    let shown = try #require(try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [NSDictionary])
    let kept = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary }
    #expect(shown == kept.compactMap { $0 } && shown.count == 2)
  }

  @Test func `the report shows every drill, and the medians of each scenario`() throws {
    var records: [DrillRecord] = []
    for (number, full) in [9000, 11_000, 10_000].enumerated() {
      var record = DrillRecord(failure: nil, of: try Self.scenario(), at: .lab, endedAt: 1_700_000_000 + Int64(number))
      record.fullService = Int64(full)
      records.append(record)
    }
    records.append(DrillRecord(failure: "no offer", of: try Self.scenario(), at: .lab, endedAt: 1_700_000_100))
    let text = try HistoryReport(records).render(.text)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[2].contains("2023-11-14 22:13:20"), "\(text)")
    #expect(lines[5].hasSuffix("no offer"), "\(text)")
    let last = try #require(lines.last).split(separator: " ").map(String.init)
    #expect(last == ["lab-cpu-standby", "lab", "4", "1", "-", "-", "10.00", "0.00"], "\(text)")
    #expect(try HistoryReport([]).render(.text) == "no drill has been played\n")
  }

  @Test func `a line that is none is named, and one that a crash cut short is passed over`() throws {
    let folder = try TemporaryFolder()
    let history = DrillHistory(path: folder.file("history.jsonl"))
    let record = DrillRecord(failure: nil, of: try Self.scenario(), at: .lab, endedAt: 1_700_000_000)
    try history.append(record)
    let line = try String(contentsOfFile: history.path, encoding: .utf8)
    try folder.write(line + line.dropLast(10), to: "history.jsonl")
    #expect(try history.records() == [record])
    try folder.write(line + "nonsense\n" + line, to: "history.jsonl")
    let error = try #require(throws: InvalidFile.self) { try history.records() }
    #expect(error.description.hasSuffix("history.jsonl:2:1: error: not the record of a drill"), "\(error)")
    try folder.write(line.replacing("\"schemaVersion\":1", with: "\"schemaVersion\":7") + line, to: "history.jsonl")
    let other = try #require(throws: InvalidFile.self) { try history.records() }
    #expect(other.description.contains("this is version 7"), "\(other)")
  }

  @Test func `any file is read or refused`() throws {
    let folder = try TemporaryFolder()
    let history = DrillHistory(path: folder.file("history.jsonl"))
    try history.append(DrillRecord(Self.result(seed: 2), of: Self.scenario(), at: .lab, endedAt: 1_700_000_000))
    let good = Array(try Data(contentsOf: URL(fileURLWithPath: history.path)))
    var generator = SplitMix(seed: 7)
    var refused = 0
    for _ in 0..<2000 {
      var bytes = good + good + good
      for _ in 0...Int(generator.next() % 4) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
      }
      try Data(bytes).write(to: URL(fileURLWithPath: history.path))
      do throws(InvalidFile) { _ = try history.records() } catch { refused += 1 }
    }
    #expect(refused > 500)
  }
}

/// The generator that Java's SplittableRandom made known.
private struct SplitMix {
  var seed: UInt64

  mutating func next() -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var value = seed
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
