import Failover

/// Targets and alerts in the text report.
struct MonitoringSection {
  let report: HealthReport
  let style: Style

  var lines: [String] {
    ["", "  " + style("Targets", .heading)] + targets + ["", "  " + style("Alerts", .heading)] + alerts
  }

  private var targets: [String] {
    var table = TextTable([("", .left), ("target", .right), ("this run", .right), ("", .left)])
    for result in report.targets {
      let (word, tone): (String, Style.Tone) =
        switch result.isMet {
        case true?: ("met", .good)
        case false?: ("missed", .warning)
        case nil: ("no figure in this run", .faint)
        }
      table.add(
        [
          result.target.name, "\(result.target.relation.rawValue) \(result.target.bound.written)",
          result.value?.description ?? "–", word,
        ], tone: tone, in: 3)
    }
    return table.lines(style)
  }

  /// How often each rule raised an alert, and the first one: a bad month has hundreds.
  private var alerts: [String] {
    var table = TextTable([
      ("", .left), ("above", .right), ("raised", .right), ("first at", .right), ("with", .right), ("", .left),
    ])
    for rule in report.rules {
      let raised = report.alerts.filter { $0.rule == rule }
      let never = raised.isEmpty ? report.whyNeverRaised(rule) : nil
      table.add(
        [
          rule.name, rule.threshold.written, "\(raised.count)", raised.first.map { Figures.clock($0.at) } ?? "–",
          raised.first?.value.description ?? "–", raised.first?.detail ?? never ?? "",
        ], tone: raised.isEmpty ? nil : .warning, in: 2)
    }
    return table.lines(style)
  }
}

extension HealthReport {
  /// For programs: every target with its figure, every alert with its instant in seconds.
  var json: JSONValue {
    [
      "targets": .array(
        targets.map { result in
          .line([
            "name": .text(result.target.key), "metric": .text(result.target.metric),
            "relation": .text(result.target.relation.rawValue), "unit": .text(result.target.bound.unit.rawValue),
            "bound": result.target.bound.json, "value": result.value?.json ?? .null,
            "isMet": .optional(result.isMet.map { "\($0)" }),
          ])
        }),
      "alerts": .array(
        alerts.map { alert in
          .line([
            "t": .seconds(alert.at), "rule": .text(alert.rule.watched.rawValue),
            "threshold": alert.rule.threshold.json, "value": alert.value.json, "detail": .text(alert.detail),
          ])
        }),
    ]
  }
}
