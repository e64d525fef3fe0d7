import Foundation
import Synchronization
import Testing

@testable import Scenarios

@Suite struct TuningRecordTests {
  private let folder: SweepFolder

  init() throws { folder = try SweepFolder() }

  private var path: String { folder.path + "/record" }

  private func tuning() throws -> Tuning {
    try Tuning(
      folder.sweep(["endpoint.verify=0s,1s", "endpoint.hold=0s,2s"], replications: 25),
      objective: Objective("mttrFull"), budget: nil)
  }

  private func resumed(_ tuning: Tuning, played: Counter? = nil) throws -> String {
    let record = try TuningRecord(path: path, of: tuning.sweep, version: "1")
    return try TuningReport(
      tuning.run(workers: Workers(2), record: record, tell: { if case .replication = $0 { played?.add() } })
    ).render(.json)
  }

  @Test func `wherever the record was cut off, resuming gives the bytes of an undisturbed tuning`() throws {
    let tuning = try tuning()
    let expected = try TuningReport(tuning.run()).render(.json)
    #expect(try resumed(tuning) == expected)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
    #expect(ends.count > 4)
    let cuts = [0, 20, ends[0], ends[0] + 1, ends[2], ends[2] + 1, ends[2] + 40, whole.count - 1]
    for cut in cuts {
      try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
      #expect(try resumed(tuning) == expected, "cut at \(cut)")
      let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
      #expect(Set(lines) == Set(whole.split(separator: UInt8(ascii: "\n"))), "cut at \(cut)")
    }
  }

  @Test func `a tuning that is stopped keeps what it has played, and none of it is played again`() throws {
    let tuning = try tuning()
    let (first, second, all) = (Counter(), Counter(), Counter())
    #expect(throws: Stopped.self) {
      let record = try TuningRecord(path: path, of: tuning.sweep, version: "1")
      _ = try tuning.run(workers: Workers(1), record: record, isStopped: { first.value >= 13 }) {
        if case .replication = $0 { first.add() }
      }
    }
    _ = try tuning.run(workers: Workers(1), tell: { if case .replication = $0 { all.add() } })
    #expect(first.value == 13)
    _ = try resumed(tuning, played: second)
    #expect(second.value == all.value - 13)
  }
}

private final class Counter: Sendable {
  private let counted = Mutex(0)

  var value: Int { counted.withLock { $0 } }
  func add() { counted.withLock { $0 += 1 } }
}
