import Failover

/// What the scenario's author expects beside what the run shows.
struct ExpectationSection {
  let outcomes: [Expectation.Outcome]
  let style: Style

  var lines: [String] {
    guard !outcomes.isEmpty else { return [] }
    var table = TextTable([("", .left), ("this run", .right), ("", .left)])
    for outcome in outcomes {
      table.add(
        [
          outcome.expectation.description, outcome.value?.description ?? "no figure",
          outcome.holds ? "as expected" : "NOT AS EXPECTED",
        ], tone: outcome.holds ? .good : .bad, in: 2)
    }
    let held = outcomes.count { $0.holds }
    let title = "What the scenario expects: \(held) of \(outcomes.count) hold"
    return ["", "  " + style(title, .heading)] + table.lines(style)
  }
}
