import Failover

/// A comparison as a JSON document, for programs.
///
/// | key | holds |
/// |---|---|
/// | `kind` | `comparison` |
/// | `seeds` | each scenario was played with the seeds from 1 to this |
/// | `scenarios` | one each: metrics by name, the time to full service of every incident, score, what held recoveries up |
/// | `figures` | what is laid side by side: a value for each scenario in their order, and the places of the best |
/// | `winners` | one sentence for each who is best at something |
/// | `differences` | how much longer each takes to full service than `from`: mean of paired seeds and half of its 95 % interval |
/// | `claims` | each claim of the documents beside what was simulated |
struct ComparisonDocument {
  private let report: ComparisonReport
  private var comparison: Comparison { report.comparison }

  init(_ report: ComparisonReport) { self.report = report }

  var json: JSONValue {
    [
      "schemaVersion": .number(1),
      "kind": "comparison",
      "units": .line(["time": "seconds", "data": "bytes", "money": "US dollars"]),
      "seeds": .number(comparison.seeds),
      "scenarios": .array(comparison.entries.indices.map(entry)),
      "figures": .array(comparison.figures.map(figure)),
      "winners": .array(report.verdicts.map(JSONValue.text)),
      "differences": .array(differences),
      "claims": ClaimsSection(Claim.verdicts(for: comparison.entries)).value,
    ]
  }

  private func entry(_ index: Int) -> JSONValue {
    let entry = comparison.entries[index]
    let times = entry.incidents.compactMap(\.timeToFullService).sorted()
    return [
      "name": .text(entry.scenario.name),
      "summary": .text(entry.scenario.summary),
      "strategy": .text(entry.scenario.strategy.summary),
      "incidents": .number(entry.incidents.count),
      "metrics": .object(entry.metrics.rows.map { ($0.name, $0.value.json) }),
      "timesToFullService": .line(.array(times.map(JSONValue.seconds))),
      "overheadPerHourGained": comparison.overheadPerHourGained(index)
        .map { .literal($0.perHour.dollarsText) } ?? .null,
      "score": comparison.scorecard(index)?.json ?? .null,
      "hindrances": .array(
        entry.hindrances.map { .line(["cause": .text($0.cause), "incidents": .number($0.incidents)]) }),
      "violations": .array(entry.violations.map { .text("seed \($0.seed): \($0.sentence)") }),
    ]
  }

  private func figure(_ figure: ComparedFigure) -> JSONValue {
    let unit = figure.values.lazy.compactMap { $0?.unit }.first
    return .line([
      "label": .text(figure.label),
      "unit": unit.map { .text($0.rawValue) } ?? .null,
      "better": .text(figure.better.rawValue),
      "values": .array(figure.values.map { $0?.json ?? .null }),
      "best": .array(figure.best.map { .number($0) }),
    ])
  }

  private var differences: [JSONValue] {
    guard let quickest = comparison.quickest else { return [] }
    return comparison.differencesFromQuickest.map { index, difference in
      .line([
        "scenario": .text(report.names[index]), "from": .text(report.names[quickest]),
        "figure": "mttrFull.mean", "pairs": .number(difference.count), "mean": Self.seconds(difference.mean),
        "halfWidth": difference.halfWidth.map(Self.seconds) ?? .null, "isClear": .literal("\(difference.isClear)"),
      ])
    }
  }

  /// To the nanosecond.
  private static func seconds(_ value: Double) -> JSONValue {
    .optional(Int64(exactly: (value * 1e9).rounded()).map { exactText($0, decimals: 9) })
  }
}
