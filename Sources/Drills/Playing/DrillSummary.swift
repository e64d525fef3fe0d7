import Failover
import Scenarios

extension DrillResult {
  /// What only a drill with real machines can say, for the end of its report.
  public func summary(_ style: Style = .plain) -> String {
    var table = TextTable([("", .left), ("", .left)])
    if let loss {
      let text = loss.writes == 0
        ? "none of users' writes"
        : "\(loss.writes) writes of users, \(loss.bytes), the oldest \(loss.age.roundedSeconds) s before the fault"
      table.add(["lost, counted", text], tone: loss.writes == 0 ? .good : .warning, in: 1)
    }
    let equal = run.events.contains { if case .contentVerified = $0.kind { true } else { false } }
    if equal { table.add(["data", "both copies equal by hash after the last sync"], tone: .good, in: 1) }
    table.add(["calls", "\(timings.count) to real programs, \(timings.count { !$0.succeeded }) of them failed"])
    return (["", "  " + style("With real machines", .strong)] + table.lines(style).dropFirst())
      .joined(separator: "\n") + "\n"
  }
}
