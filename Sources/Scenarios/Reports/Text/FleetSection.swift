import Failover

/// The workspaces of a fleet side by side, and what held up their recoveries.
struct FleetSection {
  let run: Run
  let style: Style

  var lines: [String] { heading + table + causes }

  private var heading: [String] {
    let count = run.workspaces.count
    let standbys = run.scenario.standbySharing.map { sharing in
      let machines = sharing.machines == 1 ? "1 standby" : "\(sharing.machines) standbys"
      let atOnce = sharing.servesAtOnce == 1 ? "one workspace" : "\(sharing.servesAtOnce) workspaces"
      return " share \(machines), each of which serves \(atOnce) at once"
    }
    return ["", "  " + style("Workspaces", .heading), "  \(count) workspaces\(standbys ?? ", each by itself")"]
  }

  private var table: [String] {
    var table = TextTable([
      ("#", .right), ("GPUs lost", .right), ("MTTD", .right), ("degraded after", .right), ("full after", .right),
      ("no room on the standby", .right), ("full", .right), ("degraded", .right), ("down", .right), ("cost", .right),
    ])
    for (index, workspace) in run.workspaces.enumerated() {
      let metrics = Metrics(workspace)
      let availability = metrics.availability
      func text(_ duration: Duration?) -> String { duration.map(Figures.human) ?? "–" }
      func share(_ part: Duration) -> String { Figures.percent(part, of: availability.total, decimals: 3) }
      table.add([
        "\(index + 1)", "\(metrics.interruptions)", text(metrics.timeToDetect.mean),
        text(metrics.timeToDegradedService.mean), text(metrics.timeToFullService.mean),
        "\(workspace.events.count { $0.kind.name == "standbyBusy" })", share(availability.full),
        share(availability.degraded), share(availability.down), "\(metrics.cost.total)",
      ])
    }
    return table.lines(style) + ["  " + style("times are means over a workspace's incidents", .faint)]
  }

  private var causes: [String] {
    let causes = Hindrance.tally(run.causes.joined())
    guard !causes.isEmpty else { return [] }
    return ["", "  " + style("What held up incidents", .heading)]
      + causes.map { "  \($0.incidents) of them: \($0.cause)" }
  }
}
