import Failover

/// The formats of a sweep.
public enum SweepFormat: String, Sendable, CaseIterable {
  case text, json, csv, markdown, html
}

/// Which figure a report of a sweep tells most of.
public enum SweepFocus: Sendable {
  case one(FigureStatistic)
  case all

  /// Parses `mttrFull.p95` or `all`.
  ///
  /// - Throws: `InvalidFile` when no figure has the name.
  public init(_ text: String, option: String = "--metric") throws(InvalidFile) {
    self = text == "all" ? .all : .one(try FigureStatistic(text, at: .option("\(option) \(text)", number: 1)))
  }
}

/// A sweep, as people and programs read it.
public struct SweepReport {
  let outcome: SweepOutcome
  let focus: SweepFocus
  let style: Style

  public init(_ outcome: SweepOutcome, focus: SweepFocus, style: Style = .plain) {
    self.outcome = outcome
    self.focus = focus
    self.style = style
  }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: SweepFormat) throws -> String {
    switch format {
    case .text: text
    case .markdown: markdown
    case .json: try SweepDocument(outcome).json.document()
    case .csv: SweepDocument(outcome).csv
    case .html: try HTMLReport.render(SweepDocument(outcome).json)
    }
  }

  var isScripted: Bool { if case .drill = outcome.sweep.base.scenario.life { true } else { false } }
  var played: [Cell] { outcome.cells.filter { $0.result != nil } }

  private var text: String {
    var lines = [style(title, .strong) + "  " + style(replicationNote, .faint)] + remarks.map { "  \($0)" }
    for table in tables { lines += ["", "  " + style(table.title, .heading)] + table.text(style) }
    lines += [""] + legend.map { "  " + style($0, .faint) }
    for heatmap in heatmaps { lines += ["", "  " + style(heatmap.title, .heading)] + heatmap.lines(style) }
    if let table = tradeOff?.table { lines += ["", "  " + style(table.title, .heading)] + table.text(style) }
    if !failures.isEmpty {
      lines += ["", "  " + style("Cells that could not be played", .bad)] + failures.map { "    \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var markdown: String {
    var parts = ["# \(title)\n\n\(([replicationNote] + remarks).joined(separator: "; "))."]
    parts += tables.map { "## \($0.title)\n\n" + $0.markdown.joined(separator: "\n") }
    parts.append(legend.joined(separator: " "))
    for heatmap in heatmaps {
      parts.append("## \(heatmap.title)\n\n```\n" + heatmap.lines(.plain).joined(separator: "\n") + "\n```")
    }
    if let table = tradeOff?.table { parts.append("## \(table.title)\n\n" + table.markdown.joined(separator: "\n")) }
    if !failures.isEmpty {
      parts.append("## Cells that could not be played\n\n" + failures.map { "- \($0)" }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var tradeOff: SweepTradeOff? {
    if case .one(let target) = focus { SweepTradeOff(self, of: target) } else { nil }
  }

  /// Of the figure one asks for, and of what is paid for it.
  private var heatmaps: [SweepHeatmap] {
    guard case .one(let target) = focus else { return [] }
    return ([target] + [tradeOff?.price].compactMap(\.self)).compactMap { SweepHeatmap(self, of: $0) }
  }

  private var title: String {
    let count = outcome.sweep.cells.count
    return "Sweep of \(outcome.sweep.base.scenario.name): \(count) cell\(count == 1 ? "" : "s")"
  }

  private var replicationNote: String {
    let plan = outcome.sweep.plan
    let counts = played.compactMap(\.result?.replications)
    let (fewest, most) = (counts.min() ?? outcome.sweep.rule.limit, counts.max() ?? outcome.sweep.rule.limit)
    let number = fewest == most ? "\(most)" : "\(fewest) to \(most)"
    return "\(number) replication\(most == 1 ? "" : "s") of each, the same seeds for all, from \(plan.baseSeed) on"
      + (plan.isAntithetic ? ", in antithetic pairs" : "")
  }

  /// What one has to know besides.
  private var remarks: [String] {
    var remarks: [String] = []
    if outcome.sweep.excluded > 0 { remarks.append("\(outcome.sweep.excluded) more are left out by the constraint") }
    if !outcome.isComplete {
      remarks.append("stopped early: \(outcome.cells.count) of \(outcome.sweep.cells.count) cells are finished")
    }
    if let precision = outcome.sweep.rule.precision {
      let short = played.count { cell in
        cell.result.map { $0.replications >= outcome.sweep.rule.limit && !precision.isReached(in: $0) } ?? false
      }
      if short > 0 {
        remarks.append("\(short) cells did not reach the precision in \(outcome.sweep.rule.limit) replications")
      }
    }
    let violated = played.count { ($0.result?.violated ?? 0) > 0 }
    if violated > 0 { remarks.append("what must always hold did not in \(violated) cells: see violations in the JSON") }
    return remarks
  }

  private var legend: [String] {
    [
      "± and (from–to): 95 % confidence; ? would take more replications. Times are over all incidents, of which those of",
      "one replication are not taken for independent. Every statistic: --metric all, or --format csv or json.",
    ]
  }

  private var failures: [String] {
    outcome.failed.map { cell in
      "\(cell.label): \((cell.failure ?? "").split(separator: "\n").joined(separator: "; "))"
    }
  }

  // MARK: Tables

  private var tables: [SweepTable] {
    let details: [SweepTable] = switch focus {
    case .one(let target): [detail(target.figure)]
    case .all: Figure.all.map(detail)
    }
    if case .all = focus { return details }
    let times = Figure.all.filter { $0.sampling == .incident }
    let others = Figure.all.filter { $0.sampling == .replication }
    return [
      table("Times", times.flatMap { [($0, Statistic.mean), ($0, .p95)] }),
      table("Service and money, means", others.map { ($0, Statistic.mean) }),
    ] + details
  }

  var parameterHeadings: [String] {
    // The last part of a path says enough where no other ends alike.
    let paths = outcome.sweep.variations.map(\.path)
    let ends = paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    return zip(paths, ends).map { path, end in ends.count { $0 == end } == 1 ? end : path }
  }

  private func table(_ title: String, _ columns: [(figure: Figure, statistic: Statistic)]) -> SweepTable {
    let columns = columns.filter { column in played.contains { $0.result?[column.figure.name]?.mean != nil } }
    let units = columns.map { unit(of: $0.figure, [$0.statistic]) }
    var table = SweepTable(title: title, parameters: parameterHeadings)
    table.headings += zip(columns, units).map { column, unit in
      unit.heading(column.statistic == .mean ? column.figure.label : column.statistic.rawValue)
    }
    for cell in played {
      table.rows.append(
        cell.parameters.map(\.value)
          + zip(columns, units).map { column, unit in
            let estimate = cell.result?[column.figure.name]?[column.statistic]
            return column.statistic == .mean ? unit.text(estimate) : estimate.map { unit.text($0.value) } ?? "–"
          })
    }
    return table
  }

  private func detail(_ figure: Figure) -> SweepTable {
    let unit = unit(of: figure, Statistic.allCases)
    var table = SweepTable(title: "\(figure.label): \(figure.help)", parameters: parameterHeadings)
    // Where less is worse, the bad end is the low one.
    let statistics: [Statistic] = figure.better == .higher ? [.mean, .p50, .p5] : [.mean, .p50, .p95, .p99]
    table.headings += statistics.map { unit.heading($0.rawValue) }
      + [figure.sampling == .incident ? "incidents" : "replications"]
    for cell in played {
      let summary = cell.result?[figure.name]
      table.rows.append(
        cell.parameters.map(\.value) + statistics.map { unit.interval(summary?[$0]) } + ["\(summary?.samples ?? 0)"])
    }
    return table
  }

  func unit(of figure: Figure, _ statistics: [Statistic]) -> FigureUnit {
    let values = played.flatMap { cell in statistics.compactMap { cell.result?[figure.name]?[$0]?.value } }
    return FigureUnit(figure, for: values, isScripted: isScripted)
  }
}

extension Precision {
  /// Whether the figure is known that closely.
  func isReached(in result: CellResult) -> Bool { isReached(by: result[figure]?[statistic]) }
}

/// A table that is shown as text or as Markdown.
struct SweepTable: Sendable {
  var title: String
  var headings: [String]
  var rows: [[String]] = []

  init(title: String, parameters: [String]) {
    self.title = title
    headings = parameters
  }

  func text(_ style: Style) -> [String] {
    var table = TextTable(headings.map { ($0, .right) })
    for row in rows { table.add(row) }
    return table.lines(style)
  }

  var markdown: [String] {
    ["| " + headings.joined(separator: " | ") + " |", "|" + headings.map { _ in "---:|" }.joined()]
      + rows.map { "| " + $0.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |" }
  }
}
