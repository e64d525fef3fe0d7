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
    var counts: [String: Int] = [:]
    for workspace in run.workspaces {
      for incident in Incident.all(in: workspace.events) {
        for hindrance in Hindrance.all(of: incident, in: workspace.events) { counts[hindrance.cause, default: 0] += 1 }
      }
    }
    guard !counts.isEmpty else { return [] }
    let sorted = counts.sorted { a, b in a.value == b.value ? a.key < b.key : a.value > b.value }
    return ["", "  " + style("What held up incidents", .heading)]
      + sorted.map { "  \($0.value) of them: \($0.key)" }
  }
}
