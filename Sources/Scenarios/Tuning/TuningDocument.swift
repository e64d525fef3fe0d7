import Failover

/// A tuning in the formats that programs read.
struct TuningDocument {
  private let outcome: TuningOutcome

  init(_ outcome: TuningOutcome) { self.outcome = outcome }

  private var tuning: Tuning { outcome.tuning }

  /// `--set healthCheck.interval=5s --set healthCheck.failureThreshold=2`, ready for a shell.
  static func options(_ cell: Cell) -> String {
    cell.parameters.map { parameter in
      let text = "\(parameter.path)=\(parameter.value)"
      let isPlain = text.utf8.allSatisfy { byte in
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "=.-_/:%+,".utf8.contains(byte)
      }
      return "--set " + (isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'")
    }.joined(separator: " ")
  }

  var json: JSONValue {
    var document: [(key: String, value: JSONValue)] = [
      ("schemaVersion", .number(1)),
      ("kind", "tuning"),
      ("scenario", .text(tuning.sweep.base.scenario.name)),
      ("objective", .line([
        "figure": .text(tuning.objective.name), "direction": .text(tuning.objective.direction.rawValue),
      ])),
      ("against", .text(tuning.against.name)),
      ("limits", .line(.array(tuning.limits.map { .text($0.text) }))),
      ("units", .line([
        "time": "seconds", "money": "US dollars in 30 days (in a drill: in one run)", "availability": "share of 1",
        "falseFailovers": "in 30 days (in a drill: in one run)",
      ])),
      ("seed", .number(tuning.sweep.plan.baseSeed)),
      ("replications", .line([
        "each": .number(tuning.replications), "played": .number(outcome.played), "fullGrid": .number(tuning.fullCount),
      ])),
      ("recommended", outcome.recommended.map { setting($0.cell) } ?? .null),
      ("nearestMiss", outcome.nearestMiss.map { setting($0.cell) } ?? .null),
      ("knee", outcome.front.first { $0.isKnee }.map { .number($0.cell.number) } ?? .null),
      ("asWritten", outcome.asWritten.map { .number($0.cell.number) } ?? .null),
      ("alternatives", .array(outcome.alternatives.map { alternative in
        .line(["number": .number(alternative.cell.cell.number), "why": .text(alternative.why)])
      })),
      ("front", .line(.array(outcome.front.map { .number($0.cell.number) }))),
    ]
    document.append(("importance", outcome.importance.map { importance in
      .array(zip(tuning.sweep.variations, importance).map { variation, one in
        .line([
          "parameter": .text(variation.path), "first": SweepDocument.number(one.first),
          "total": SweepDocument.number(one.total),
        ])
      })
    } ?? .null))
    document.append(("importanceReplications", .number(outcome.importanceReplications)))
    document.append(("cells", .array(outcome.cells.map(cell))))
    return .object(document)
  }

  private func setting(_ cell: Cell) -> JSONValue {
    .line([
      "number": .number(cell.number),
      "parameters": .object(cell.parameters.map { (key: $0.path, value: SweepDocument.value($0.value)) }),
      "options": .text(Self.options(cell)),
    ])
  }

  private func cell(_ tuned: TunedCell) -> JSONValue {
    .object(
      SweepDocument.members(tuned.cell) { [
        ("isDropped", .literal("\(tuned.dropped != nil)")),
        ("dropped", tuned.dropped.map(JSONValue.text) ?? .null),
        ("meetsLimits", .literal("\(tuned.meetsLimits)")),
        ("limits", .line(.array(tuned.limitStandings.map { .text($0.rawValue) }))),
        ("onFront", .literal("\(tuned.onFront)")),
        ("isKnee", .literal("\(tuned.isKnee)")),
        ("recommended", .literal("\(tuned.isRecommended)")),
        ("objective", SweepDocument.number(tuned.objective)),
        ("against", SweepDocument.number(tuned.against)),
      ] })
  }

  var csv: String {
    SweepDocument.csv(
      outcome.cells.map(\.cell), paths: tuning.sweep.variations.map(\.path),
      more: ["dropped", "meetsLimits", "onFront", "knee", "recommended", "objective", "against"]
    ) { index in
      let tuned = outcome.cells[index]
      return [
        tuned.dropped ?? "", "\(tuned.meetsLimits)", "\(tuned.onFront)", "\(tuned.isKnee)", "\(tuned.isRecommended)",
        tuned.objective.flatMap(SweepDocument.text) ?? "", tuned.against.flatMap(SweepDocument.text) ?? "",
      ]
    }
  }
}
