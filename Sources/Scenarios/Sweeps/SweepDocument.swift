import Failover

/// A sweep in the formats that programs read: all figures, in seconds, dollars, shares of 1 and numbers.
struct SweepDocument {
  private let outcome: SweepOutcome

  init(_ outcome: SweepOutcome) { self.outcome = outcome }

  private var sweep: Sweep { outcome.sweep }

  var json: JSONValue {
    [
      "schemaVersion": .number(1),
      "kind": "sweep",
      "scenario": .text(sweep.base.scenario.name),
      "replications": .number(sweep.rule.limit),
      "seed": .number(sweep.plan.baseSeed),
      "antithetic": .literal("\(sweep.plan.isAntithetic)"),
      "complete": .literal("\(outcome.isComplete)"),
      "units": .line([
        "time": "seconds", "money": "US dollars in 30 days (in a drill: in one run)", "availability": "share of 1",
        "falseFailovers": "in 30 days (in a drill: in one run)",
      ]),
      "cells": .array(outcome.cells.map(cell)),
    ]
  }

  private func cell(_ cell: Cell) -> JSONValue { .object(Self.members(cell)) }

  /// What is said of a cell.
  ///
  /// - Parameter more: what is said besides, before the figures.
  static func members(
    _ cell: Cell, more: () -> [(key: String, value: JSONValue)] = { [] }
  ) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("number", .number(cell.number)),
      ("parameters", .line(.object(cell.parameters.map { (key: $0.path, value: Self.value($0.value)) }))),
    ]
    switch cell.outcome {
    case .failed(let message): members += [("error", .text(message))] + more() + [("metrics", .object([]))]
    case .played(let result):
      members += [("replications", .number(result.replications)), ("incidents", .number(result.incidents))]
      if let violation = result.firstViolation {
        members.append(
          ("violations", .line(["replications": .number(result.violated), "first": .text(violation)])))
      }
      members += more()
      members.append(("metrics", .object(result.figures.map { (key: $0.name, value: Self.figure($0)) })))
    }
    return members
  }

  /// A plain number as a number, everything else as text.
  static func value(_ text: String) -> JSONValue {
    guard let quantity = Quantity(text), quantity.form == .number else { return .text(text) }
    return .literal(quantity.text)
  }

  private static func figure(_ summary: FigureSummary) -> JSONValue {
    .line(
      .object(
        [("samples", .number(summary.samples))]
          + Statistic.allCases.map { ($0.rawValue, number(summary[$0]?.value)) }
          + [
            ("ci95", interval(summary.mean)),
            ("intervals", .object(Statistic.allCases.dropFirst().map { ($0.rawValue, interval(summary[$0])) })),
          ]))
  }

  private static func interval(_ estimate: Estimate?) -> JSONValue {
    guard let estimate, estimate.low != nil || estimate.high != nil else { return .null }
    return .array([number(estimate.low), number(estimate.high)])
  }

  static func number(_ value: Double?) -> JSONValue { .optional(value.flatMap(text)) }

  /// With at most nine decimals.
  static func text(_ value: Double) -> String? {
    Int64(exactly: (value * 1e9).rounded()).map { exactText($0, decimals: 9) }
  }

  var csv: String { Self.csv(outcome.cells, paths: sweep.variations.map(\.path)) }

  /// A row for each cell.
  ///
  /// - Parameters:
  ///   - more: headings of columns before the figures.
  ///   - values: of a cell, by its place from 0, in those columns.
  static func csv(
    _ cells: [Cell], paths: [String], more: [String] = [], values: (Int) -> [String] = { _ in [] }
  ) -> String {
    let statistics = Figure.names.flatMap { name in
      Statistic.allCases.flatMap { ["\(name).\($0.rawValue)", "\(name).\($0.rawValue).low", "\(name).\($0.rawValue).high"] }
    }
    let head = ["cell"] + paths + ["replications", "incidents", "violations", "error"] + more + statistics
    let rows = cells.enumerated().map { index, cell -> [String] in
      let result = cell.result
      let counts = [result?.replications, result?.incidents, result?.violated].map { $0.map { "\($0)" } ?? "" }
      let figures = Figure.names.flatMap { name in
        Statistic.allCases.flatMap { statistic -> [String] in
          let estimate = result?[name]?[statistic]
          return [estimate?.value, estimate?.low, estimate?.high].map { $0.flatMap(Self.text) ?? "" }
        }
      }
      return ["\(cell.number)"] + cell.parameters.map(\.value) + counts + [cell.failure ?? ""] + values(index) + figures
    }
    return ([head] + rows).map { $0.map(Self.quotedCell).joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  private static func quotedCell(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
