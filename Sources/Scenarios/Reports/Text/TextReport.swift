import Failover

/// A run as a person reads it.
public struct TextReport {
  let run: Run
  let production: Run?
  let traceSource: String?
  let style: Style
  /// How many incidents of an operation are told event by event.
  let incidentsInDetail: Int
  /// What the run is marked by; no marks, when `nil`.
  let rubric: Rubric?

  public init(
    _ run: Run, production: Run? = nil, traceSource: String? = nil, style: Style = .plain,
    incidentsInDetail: Int = 2, rubric: Rubric? = nil
  ) {
    self.rubric = rubric
    self.run = run
    self.production = production
    self.traceSource = traceSource
    self.style = style
    self.incidentsInDetail = incidentsInDetail
  }

  public func render() -> String {
    var lines = heading
    switch run.scenario.life {
    case .drill:
      lines += Timeline(style: style, isDrill: true).drill(run.events)
      lines += reference
    case .operation where !run.companions.isEmpty:
      lines += FleetSection(run: run, style: style).lines
    case .operation:
      lines += OperationReport(run: run, style: style, incidentsInDetail: incidentsInDetail).lines
    }
    if run.companions.isEmpty { lines += SnapshotReportSection(run: run, style: style).lines }
    lines += MetricsSection(run: run, style: style).lines
    if case .operation = run.scenario.life {
      if run.companions.isEmpty { lines += LossSection(run: run, style: style).lines }
      lines += MonitoringSection(report: HealthReport(run), style: style).lines
    }
    if let rubric {
      lines += ScorecardSection(card: Scorecard(rubric, MetricTable(run)), style: style).lines
    }
    lines += ExpectationSection(outcomes: Expectation.outcomes(in: run), style: style).lines
    if let production { lines += ProductionSection(drill: run, production: production, style: style).lines }
    lines += violations
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    let length: String =
      switch run.scenario.life {
      case .drill: "\(Figures.seconds(run.length)) s of script time"
      case .operation: Figures.human(run.length)
      }
    let origin = run.isRecorded ? "played with real machines" : "seed \(run.seed) · fingerprint \(run.fingerprint)"
    let facts = "\(length) · \(origin)"
    let lines = [style(run.scenario.name, .strong) + "  " + style(facts, .faint), "  " + run.scenario.summary]
    return lines + (traceSource.map { ["  trace: \($0)"] } ?? [])
  }

  private var reference: [String] {
    guard run.scenario.reference == .drill1863 else { return [] }
    return ReferenceSection(table: Drill1863(run).table, style: style).lines
  }

  private var violations: [String] {
    guard !run.violations.isEmpty else { return [] }
    return ["", "  " + style("What must always hold did not:", .bad)]
      + run.violations.map { "    \($0)" }
  }
}

/// A published report beside the run, and where it disagrees with itself.
struct ReferenceSection {
  let table: ReferenceTable
  let style: Style

  var lines: [String] {
    var rows = TextTable([
      ("", .left), ("figure", .left), ("report says", .right), ("simulated", .right), ("", .left),
    ])
    for row in table.rows {
      rows.add(
        [row.section, row.what, row.says, row.simulated, row.isEqual ? "equal" : "DIFFERS"],
        tone: row.isEqual ? .good : .bad, in: 4)
    }
    let equal = table.rows.count { $0.isEqual }
    let verdict = "\(equal) of \(table.rows.count) figures equal"
    return ["", "  " + style("The report of 2025-12-19 beside this run", .heading)] + rows.lines(style)
      + ["  " + style(verdict, table.isEqual ? .good : .bad), ""]
      + ["  " + style("Where the report disagrees with itself", .heading)]
      + table.discrepancies.flatMap { ["  · says      \($0.says)", "    computed  \($0.computed)"] }
  }
}
