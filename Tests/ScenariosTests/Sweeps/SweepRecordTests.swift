import Foundation
import Testing

@testable import Scenarios

@Suite struct SweepRecordTests {
  private let folder: SweepFolder

  init() throws { folder = try SweepFolder() }

  private static let four = ["healthCheck.failureThreshold=0,1,2", "endpoint.verify=0s,1s"]

  private var path: String { folder.path + "/record" }
  private func json(_ outcome: SweepOutcome) throws -> String {
    try SweepReport(outcome, focus: .all).render(.json)
  }

  private func resumed(_ sweep: Sweep) throws -> SweepOutcome {
    try sweep.run(workers: Workers(2), record: SweepRecord(path: path, of: sweep, version: "1"))
  }

  @Test func `wherever the record was cut off, resuming gives the bytes of an undisturbed sweep`() throws {
    let sweep = try folder.sweep(Self.four, replications: 3)
    let expected = try json(sweep.run())
    #expect(try json(resumed(sweep)) == expected)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
    #expect(ends.count == 5)
    let cuts = Set([0, 20, ends[0], ends[0] + 1, ends[2], ends[2] + 1, ends[2] + 40, whole.count - 1])
    for cut in cuts.sorted() where cut <= whole.count {
      try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
      #expect(try json(resumed(sweep)) == expected, "cut at \(cut)")
      let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
      #expect(Set(lines) == Set(whole.split(separator: UInt8(ascii: "\n"))), "cut at \(cut)")
    }
  }

  @Test func `a record of everything is not played again`() throws {
    let sweep = try folder.sweep(["endpoint.verify=0s,1s"])
    _ = try resumed(sweep)
    let told = Told()
    let record = try SweepRecord(path: path, of: sweep, version: "1")
    #expect(record.results.count == 2)
    let outcome = try sweep.run(record: record, isStopped: { true }) { told.note($0) }
    #expect(outcome.isComplete)
    #expect(told.cells == [1, 2])
  }

  @Test func `another sweep's record is refused and left as it is`() throws {
    let sweep = try folder.sweep(Self.four)
    _ = try resumed(sweep)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let others = [
      try folder.sweep(Self.four, replications: 5), try folder.sweep(["endpoint.verify=0s"]),
      try folder.sweep(Self.four, plan: ReplicationPlan(baseSeed: 2)),
      try folder.sweep(Self.four, plan: ReplicationPlan(isAntithetic: true)),
      try folder.sweep(Self.four, set: ["endpoint.hold=1s"]),
    ]
    for other in others {
      let error = #expect(throws: RecordError.self) { try SweepRecord(path: path, of: other, version: "1") }
      #expect(error?.description.contains("the record of another sweep, of 'known'") ?? false)
      #expect(error?.isForeign == true)
    }
    #expect(throws: RecordError.self) { try SweepRecord(path: path, of: sweep, version: "2") }
    try (KnownScenario.text + "# changed\n").write(toFile: folder.path + "/known.yaml", atomically: false, encoding: .utf8)
    #expect(throws: RecordError.self) { try SweepRecord(path: path, of: folder.sweep(Self.four), version: "1") }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func `a file that is no record is refused and left as it is`() throws {
    let sweep = try folder.sweep(["endpoint.verify=0s"])
    for text in ["precious", "precious\nlines\n", "{}\n", "\n"] {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      #expect(throws: RecordError.self) { try SweepRecord(path: path, of: sweep, version: "1") }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
    #expect(throws: RecordError.self) { try SweepRecord(path: folder.path, of: sweep, version: "1") }
  }

  @Test func `a damaged line is named`() throws {
    let sweep = try folder.sweep(["endpoint.verify=0s,1s"])
    _ = try resumed(sweep)
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    lines[1].removeLast(5)
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: false, encoding: .utf8)
    let error = #expect(throws: RecordError.self) { try SweepRecord(path: path, of: sweep, version: "1") }
    #expect(error?.description.contains("line 2") ?? false)
  }

  @Test func `while one writes to a record, another is refused`() throws {
    let sweep = try folder.sweep(["endpoint.verify=0s"])
    let first = try SweepRecord(path: path, of: sweep, version: "1")
    #expect(throws: RecordError.self) { try SweepRecord(path: path, of: sweep, version: "1") }
    withExtendedLifetime(first) {}
  }
}
