import FailoverSim

/// The lifetimes of many instances: CSV with a header, of which the columns `lifetime_seconds` and
/// `ended_by` are read. An instance that was `preempted` lived that long; one whose owner said `stop` would
/// have lived longer.
func lifetimesCurve(
  _ bytes: [UInt8], file: String, following seat: FollowedSeat
) throws(TraceError) -> SurvivalCurve {
  guard seat == .firstNode else {
    throw TraceError(
      file: file, message: "no node can be followed: this file holds lifetimes, not when nodes came and went")
  }
  var lines = TraceLines(file: file, bytes: bytes)
  guard let header = try lines.next() else {
    throw TraceError(file: file, line: 1, column: 1, message: "expected a header, found an empty file")
  }
  let names = header.fields.map(\.text)
  func column(_ name: String) throws(TraceError) -> Int {
    guard let index = names.firstIndex(of: name), names.lastIndex(of: name) == index else {
      throw header.error("expected exactly one column named \"\(name)\"")
    }
    return index
  }
  let lifetimeColumn = try column("lifetime_seconds")
  let endColumn = try column("ended_by")
  var lifetimes: [SurvivalCurve.Lifetime] = []
  while let line = try lines.next() {
    try line.expectFields(names.count, form: "as many as the header")
    let lifetime = try line.seconds(line.fields[lifetimeColumn], "a lifetime")
    let end = line.fields[endColumn]
    guard end.text == "preempted" || end.text == "stop" else {
      throw line.error(end, expected: "\"preempted\" or \"stop\"")
    }
    lifetimes.append(.init(lifetime, wasInterrupted: end.text == "preempted"))
  }
  guard !lifetimes.isEmpty else {
    throw TraceError(
      file: file, line: 2, column: 1, message: "expected at least one lifetime after the header")
  }
  do {
    return try SurvivalCurve(lifetimes, source: "\(file) (lifetimes of \(lifetimes.count) instances)")
  } catch {
    throw TraceError(file: file, message: "\(error)")
  }
}
