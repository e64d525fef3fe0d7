import Failover
import Scenarios

/// A comparison as people and programs read it.
public enum DrillComparisonFormat: String, Sendable, CaseIterable {
  case text, json, markdown
}

extension Comparison {
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: DrillComparisonFormat, style: Style = .plain) throws -> String {
    switch format {
    case .text: text(style)
    case .markdown: markdown
    case .json: try json.document()
    }
  }

  private var heading: String {
    let drills = drills == 1 ? "one drill" : "\(drills) drills"
    let first = calibratedWith == 1 ? "the first" : "the first \(calibratedWith)"
    return "\(scenario): \(drills) with real machines, and as many simulated; calibrated with \(first)"
  }

  private func text(_ style: Style) -> String {
    var phases = TextTable([
      ("phase", .left), ("drills", .right), ("real p50 (s)", .right), ("from..to (s)", .right),
      ("simulated p50 (s)", .right), ("difference (s)", .right), ("agrees", .left), ("mostly", .left),
    ])
    for row in rows {
      phases.add(cells(row), tone: row.agrees ? .good : .bad, in: 6)
    }
    var measured = TextTable([
      ("value", .left), ("median", .right), ("unit", .left), ("from..to", .right), ("from", .left),
    ])
    for value in values { measured.add(cells(value)) }
    let lines = [style(heading, .strong), ""] + phases.lines(style)
      + ["", "  " + Self.rule, ""] + remarks.map { "  \($0)" } + (remarks.isEmpty ? [] : [""])
      + [style("What the world was calibrated with", .heading)] + measured.lines(style)
    return lines.joined(separator: "\n") + "\n"
  }

  private static let rule =
    "agrees: the medians differ by no more than 10 % or 0.100 s, whichever is more. "
    + "mostly: the call that took most of it."

  /// What is to be said of the phases that do not agree.
  var remarks: [String] {
    rows.filter { !$0.agrees }.map { row in
      let side = row.difference > 0 ? "longer" : "shorter"
      let spread = row.range.contains(row.simulatedMedian)
        ? "; within the range of the real ones" : "; outside the range of the real ones"
      let call = row.mainCall.map { "; the real ones went mostly into \($0)" } ?? ""
      // The simulator moves everything twice; a staged relay has most of it from the syncs before.
      let relay = row.phase == "restore" && isRelayed && row.difference > 0
        ? " The relay kept a copy from the syncs before, so that one of the two ways had little to carry." : ""
      return "\(row.phase): simulated \(Self.number(abs(row.difference))) s \(side)\(spread)\(call).\(relay)"
    }
  }

  private func cells(_ row: Row) -> [String] {
    [
      row.phase, "\(row.real.count)", Self.number(row.realMedian),
      "\(Self.number(row.range.lowerBound))..\(Self.number(row.range.upperBound))",
      row.simulated.isEmpty ? "-" : Self.number(row.simulatedMedian),
      row.simulated.isEmpty ? "-" : (row.difference < 0 ? "-" : "+") + Self.number(abs(row.difference)),
      row.agrees ? "yes" : "no", row.mainCall ?? "",
    ]
  }

  private func cells(_ value: WorldCalibration.Value) -> [String] {
    [
      value.path, Self.number(value.median), value.unit,
      "\(Self.number(value.samples.min() ?? 0))..\(Self.number(value.samples.max() ?? 0))", value.source,
    ]
  }

  private var markdown: String {
    func table(_ headings: [String], _ rows: [[String]]) -> [String] {
      ([headings, headings.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
    }
    let lines = ["# \(heading)", ""]
      + table(
        ["phase", "drills", "real p50 (s)", "from..to (s)", "simulated p50 (s)", "difference (s)", "agrees", "mostly"],
        rows.map(cells))
      + ["", Self.rule, ""] + remarks.map { "- \($0)" } + (remarks.isEmpty ? [] : [""])
      + ["## What the world was calibrated with", ""]
      + table(["value", "median", "unit", "from..to", "from"], values.map(cells))
    return lines.joined(separator: "\n") + "\n"
  }

  private var json: JSONValue {
    [
      "schemaVersion": .number(1), "scenario": .text(scenario), "drills": .number(drills),
      "calibratedWith": .number(calibratedWith), "units": .line(["phases": .text("s")]),
      "phases": .array(
        rows.map { row in
          [
            "phase": .text(row.phase), "real": Self.array(row.real), "simulated": Self.array(row.simulated),
            "realP50": .literal(Self.number(row.realMedian)),
            "simulatedP50": row.simulated.isEmpty ? .null : .literal(Self.number(row.simulatedMedian)),
            "agrees": .literal("\(row.agrees)"), "mainCall": row.mainCall.map(JSONValue.text) ?? .null,
          ]
        }),
      "calibration": .array(
        values.map { value in
          [
            "path": .text(value.path), "unit": .text(value.unit), "median": .literal(Self.number(value.median)),
            "samples": Self.array(value.samples),
          ]
        }),
    ]
  }

  private static func array(_ numbers: [Double]) -> JSONValue {
    .line(.array(numbers.map { .literal(number($0)) }))
  }

  /// With three decimals.
  private static func number(_ value: Double) -> String {
    fixedDecimals(Int64((value * 1000).rounded()), per: 1000, decimals: 3)
  }
}
