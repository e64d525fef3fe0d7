import Failover

/// Checks as programs read them: all figures in seconds, dollars, shares of 1 and numbers, as in every other result.
struct CheckDocument {
  private let report: CheckReport

  init(_ report: CheckReport) { self.report = report }

  var json: JSONValue {
    [
      "schemaVersion": .number(1), "kind": "check", "status": .text(report.status.name),
      "verdict": .text(report.verdict), "updateCommand": report.updateCommand.map(JSONValue.text) ?? .null,
      "units": .line([
        "time": "seconds", "money": "US dollars in 30 days (in a drill: in one run)", "availability": "share of 1",
        "falseFailovers": "in 30 days (in a drill: in one run)",
      ]),
      "checks": .array(report.checks.map(check)),
    ]
  }

  private func check(_ check: Check) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("baseline", .text(check.path)), ("cell", .text(check.cell)), ("seeds", .text(check.seeds)),
      ("status", .text(check.status.name)),
    ]
    switch check.result {
    case .failure(let reason): members.append(("reason", .text(reason.reason)))
    case .success(let findings):
      members += [
        ("where", findings.whereItChanged.map(JSONValue.text) ?? .null),
        ("metrics", .array(findings.judgements.map(metric))),
        ("limits", .array(findings.limits.map { limit in
          .line([
            "limit": .text(limit.text), "value": limit.value.map(JSONValue.text) ?? .null,
            "holds": .literal("\(limit.holds)"),
          ])
        })),
        ("phases", .array(findings.phases.map(phase))),
        ("distributions", .array(findings.distributions.map(distribution))),
        ("strategyChanges", .array(findings.strategyChanges.map(JSONValue.text))),
        ("notes", .array(findings.notes.map(JSONValue.text))),
      ]
    }
    return .object(members)
  }

  private func metric(_ judgement: Judgement) -> JSONValue {
    let more: Int? = if case .inconclusive(let more) = judgement.verdict { more } else { nil }
    func number(_ steps: Int64?) -> JSONValue { Self.number(steps, judgement.unit) }
    let change = judgement.before.flatMap { before in judgement.after.map { $0 - before } }
    return .line([
      "name": .text(judgement.name), "unit": .text(judgement.unit.rawValue), "verdict": .text(judgement.verdict.name),
      "before": number(judgement.before), "after": number(judgement.after), "change": number(change),
      "low": number(judgement.difference?.low.map { Int64($0.rounded()) }),
      "high": number(judgement.difference?.high.map { Int64($0.rounded()) }), "tolerance": number(judgement.tolerance),
      "moreSeeds": more.map { .number($0) } ?? .null,
    ])
  }

  private func phase(_ phase: PhaseChange) -> JSONValue {
    func number(_ steps: Int64?) -> JSONValue { Self.number(steps, .duration) }
    return .line([
      "name": .text(phase.name), "before": number(phase.before), "after": number(phase.after),
      "change": number(phase.difference), "low": number(phase.low), "high": number(phase.high),
      "isChanged": .literal("\(phase.isChanged)"),
    ])
  }

  private func distribution(_ change: DistributionChange) -> JSONValue {
    func side(_ sorted: [Int64]) -> JSONValue {
      .line([
        "count": .number(sorted.count),
        "values": .array(DistributionChange.shown(sorted).map { Self.number($0, .duration) }),
      ])
    }
    return ["name": .text(change.name), "before": side(change.before), "after": side(change.after)]
  }

  /// Whole steps as seconds, dollars, a share or a number; exact.
  private static func number(_ steps: Int64?, _ unit: MetricUnit) -> JSONValue {
    let decimals =
      switch unit {
      case .duration: 3
      case .money, .share, .count: 6
      case .bytes: 0
      }
    return .optional(steps.map { exactText($0, decimals: decimals) })
  }
}
