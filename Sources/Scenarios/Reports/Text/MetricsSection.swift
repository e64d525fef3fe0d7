import Failover
import FailoverSim

/// The figures of a run: how long, how much, how often, what it costs.
struct MetricsSection {
  let run: Run
  let style: Style

  var lines: [String] {
    let metrics = MetricInputs(run).metrics
    let title = run.companions.isEmpty ? "Figures" : "Figures of all workspaces together"
    return ["", "  " + style(title, .heading)] + times(metrics) + [""] + rest(metrics)
  }

  private func times(_ metrics: Metrics) -> [String] {
    var table = TextTable([
      ("", .left), ("mean", .right), ("median", .right), ("p95", .right), ("longest", .right), ("", .left),
    ])
    func add(_ name: String, _ summary: Summary, _ note: String) {
      func text(_ duration: Duration?) -> String { duration.map(Figures.human) ?? "–" }
      table.add(
        [
          name, text(summary.mean), text(summary.median), text(summary.percentile95),
          text(summary.maximum), note,
        ], tone: .faint, in: 5)
    }
    add("MTTD", metrics.timeToDetect, detectionBounds)
    add("MTTR degraded", metrics.timeToDegradedService, "fault to service by the standby")
    add("MTTR full", metrics.timeToFullService, "fault to service by a GPU")
    add("RPO", metrics.recoveryPoint, "age at the fault of the data that was gone on with")
    return table.lines(style)
  }

  /// The closed form that the mean and the longest time to detect must lie in, where there is one.
  private var detectionBounds: String {
    guard case .operation = run.scenario.life else { return "fault to detection; checks are called by the script" }
    if let figures = DetectionFigures(run.scenario) { return figures.description }
    return "fault to detection" + (run.scenario.strategy.notice == nil ? "" : "; zero where a notice came before")
  }

  private func rest(_ metrics: Metrics) -> [String] {
    let counts = run.workspaces.reduce(RoutineCounts()) { $0 + $1.counts }
    let (failedSyncs, failedChecks) = (count("syncFailed"), count("checkFailed"))
    let availability = metrics.availability
    let shares = [("full", availability.full), ("degraded", availability.degraded), ("down", availability.down)]
      .map { "\($0.0) \(Figures.percent($0.1, of: availability.total, decimals: 3))" }
    let losses = run.events.count { $0.kind == .capacityLost }
    let rows: [(String, String)] = [
      ("interruptions", interruptions(metrics, losses)),
    ] + warmPool + [
      ("availability", shares.joined(separator: " · ")),
      ("not copied", "\(metrics.unsynced) in all incidents"),
      ("syncs", "\(counts.syncsCompleted) done, \(failedSyncs) failed, \(counts.bytesSynced) sent"),
      ("health checks", "\(counts.checksPassed) passed, \(failedChecks) failed"),
    ] + costs(metrics.bill) + simulation
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, text in
      "  " + style(name + String(repeating: " ", count: width - name.count), .faint) + "  " + text
    }
  }

  /// How many events of a kind there are, in all workspaces.
  private func count(_ kind: String) -> Int {
    run.workspaces.reduce(0) { $0 + $1.events.count { $0.kind.name == kind } }
  }

  /// What the second GPU was good for; nothing without a warm pool.
  private var warmPool: [(String, String)] {
    guard run.scenario.strategy.warmPool != nil else { return [] }
    let text = "\(count("warmFailoverCompleted")) failovers to the stopped GPU, \(count("warmFailoverFailed")) in vain; "
      + "\(count("warmStandbyReady")) stopped GPUs made, \(count("warmStandbyFailed")) attempts failed"
    return [("warm pool", text)]
  }

  /// What the simulation took; nothing of a run with real machines.
  private var simulation: [(String, String)] {
    guard !run.isRecorded else { return [] }
    let text = "\(run.statistics.wakeUps) wake-ups, \(run.statistics.advancesInPlace) of them without suspending; "
      + "\(run.statistics.skippedRounds) checks, syncs and polls skipped, because nothing could happen in them"
    return [("simulated", text)]
  }

  private func interruptions(_ metrics: Metrics, _ losses: Int) -> String {
    let base = "\(metrics.interruptions) of a serving GPU, \(metrics.falseFailovers) false failovers"
    return losses == 0 ? base : "\(losses) of the followed seat played; \(base)"
  }

  private func costs(_ bill: Bill) -> [(String, String)] {
    var rows = [("cost so far", lines(of: bill.whole))]
    if case .operation = run.scenario.life, run.length != .billingMonth {
      rows.append((run.companions.isEmpty ? "cost a month" : "a month of one", lines(of: bill.month)))
    }
    guard !bill.incidents.isEmpty else { return rows }
    let incidents = bill.allIncidents
    let spent = "\(cents(incidents.spent.total)) between fault and full service"
    return rows + [("of incidents", "\(spent); work to be done again \(cents(bill.lostWork))")]
  }

  private func lines(of cost: Cost) -> String {
    let lines = cost.lines.map { "\($0.item.label) \(cents($0.amount))" }
    let recorded = run.scenario.world.interruptions.recordedPrices.isEmpty ? "" : " (at the recorded prices)"
    return lines.isEmpty ? cents(cost.total) : "\(cents(cost.total)): \(lines.joined(separator: ", "))\(recorded)"
  }

  /// Whole cents are enough for a bill, and a drill's bill is less than one.
  private func cents(_ money: Money) -> String {
    // Four decimals would make nothing of it.
    if money > .zero, money.nanodollars < 50_000 { return "under $0.0001" }
    return money < .cents(10)
      ? money.description : "$" + Figures.fixed(money.nanodollars, per: 1_000_000_000, decimals: 2)
  }
}
