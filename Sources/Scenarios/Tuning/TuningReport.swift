import Failover

/// The formats of a tuning.
public enum TuningFormat: String, Sendable, CaseIterable {
  case text, json, csv, markdown, html

  /// The same for the list of cells.
  public var ofListing: SweepFormat { SweepFormat(rawValue: rawValue) ?? .text }
}

/// A tuning, as people and programs read it.
public struct TuningReport {
  let outcome: TuningOutcome
  let style: Style

  public init(_ outcome: TuningOutcome, style: Style = .plain) {
    self.outcome = outcome
    self.style = style
  }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: TuningFormat) throws -> String {
    switch format {
    case .text: text
    case .markdown: markdown
    case .json: try TuningDocument(outcome).json.document()
    case .csv: TuningDocument(outcome).csv
    case .html: try HTMLReport.render(TuningDocument(outcome).json)
    }
  }

  private var tuning: Tuning { outcome.tuning }
  private var isScripted: Bool { if case .drill = tuning.sweep.base.scenario.life { true } else { false } }

  private var text: String {
    var lines = [style(title, .strong) + "  " + style(effort, .faint)] + remarks.map { "  \($0)" }
    for section in sections {
      lines += ["", "  " + style(section.title, .heading)] + section.lines.map { "    \($0)" }
      if let table = section.table { lines += table.text(style) }
      lines += section.notes.map { "  " + style($0, .faint) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var markdown: String {
    var parts = ["# \(title)\n\n\(([effort] + remarks).joined(separator: "; "))."]
    for section in sections {
      var blocks = ["## \(section.title)"]
      if !section.lines.isEmpty { blocks.append(section.lines.map { "- \($0)" }.joined(separator: "\n")) }
      if let table = section.table { blocks.append(table.markdown.joined(separator: "\n")) }
      if !section.notes.isEmpty { blocks.append(section.notes.joined(separator: " ")) }
      parts += blocks
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var title: String {
    let limits = tuning.limits.map(\.text)
    return "Tuning of \(tuning.sweep.base.scenario.name): \(tuning.objective.direction.rawValue) \(tuning.objective.name)"
      + (limits.isEmpty ? "" : " with " + limits.joined(separator: ", "))
  }

  private var effort: String {
    let percent = Double(outcome.played) / Double(max(1, tuning.fullCount)) * 100
    return "\(tuning.sweep.cells.count) cells, \(outcome.played) replications of the full grid's \(tuning.fullCount) "
      + "(\(Int(percent.rounded())) %), seeds from \(tuning.sweep.plan.baseSeed) on"
  }

  private var remarks: [String] {
    func count(_ reason: Selection.Reason) -> Int { outcome.cells.count { $0.dropped == reason.rawValue } }
    var remarks: [String] = []
    let dropped: [String] = [
      (Selection.Reason.limit, "break a limit"), (.worse, "are worse"), (.budget, "promised less, though not surely"),
    ].filter { count($0.0) > 0 }.map { "\(count($0.0)) \($0.1)" }
    let whole = outcome.cells.count { $0.dropped == nil && $0.cell.result != nil }
    if !dropped.isEmpty { remarks.append("left early: \(dropped.joined(separator: ", ")); \(whole) were played to the end") }
    if tuning.sweep.excluded > 0 { remarks.append("\(tuning.sweep.excluded) more are left out by the constraint") }
    if !outcome.failed.isEmpty { remarks.append("\(outcome.failed.count) cells could not be played") }
    let violated = outcome.cells.count { ($0.cell.result?.violated ?? 0) > 0 }
    if violated > 0 { remarks.append("what must always hold did not in \(violated) cells: see violations in the JSON") }
    return remarks
  }

  // MARK: Sections

  private struct Section {
    var title: String
    var lines: [String] = []
    var table: SweepTable?
    var notes: [String] = []
  }

  private var sections: [Section] { [answer, front, importance, failures].compactMap(\.self) }

  private var figures: [(target: FigureStatistic, value: (TunedCell) -> Double?)] {
    [(tuning.objective.target, { $0.objective }), (tuning.against.target, { $0.against })]
  }

  private func unit(_ target: FigureStatistic, _ values: [Double]) -> FigureUnit {
    FigureUnit(target.figure, for: values, isScripted: isScripted)
  }

  /// `MTTR full p95 24.05 min`
  private func said(_ target: FigureStatistic, _ value: Double?) -> String {
    guard let value else { return "no \(target.name)" }
    let unit = unit(target, [value])
    return "\(target.label) \(unit.text(value))" + (unit.name.isEmpty ? "" : " \(unit.name)")
  }

  private func saidAll(_ cell: TunedCell) -> String {
    let shown = [tuning.objective.name, tuning.against.name]
    let limits = tuning.limits.filter { !shown.contains($0.target.name) }.map { limit in
      said(limit.target, cell.cell.result?[limit.target.figure.name]?[limit.target.statistic]?.value)
    }
    return (figures.map { said($0.target, $0.value(cell)) } + limits).joined(separator: ", ")
  }

  private var answer: Section {
    guard let best = outcome.recommended else { return miss }
    var section = Section(title: "Recommended: the cheapest that meets the limits; of equally cheap ones, the best objective")
    section.lines = [TuningDocument.options(best.cell), saidAll(best)]
    for (limit, standing) in zip(tuning.limits, best.limitStandings) where standing == .probablyMet {
      section.notes.append("\(limit.text) holds so far, but more replications are needed to be sure.")
    }
    section.lines += outcome.alternatives.map { "not \($0.cell.cell.label) (\($0.why)): \(compared($0.cell, to: best))" }
    return section
  }

  private var miss: Section {
    var section = Section(title: "No setting meets the limits")
    guard let miss = outcome.nearestMiss else { return section }
    section.lines = ["nearest: \(miss.cell.label)", saidAll(miss)]
    for (limit, standing) in zip(tuning.limits, miss.limitStandings) where standing != .met && standing != .probablyMet {
      let value = miss.cell.result?[limit.target.figure.name]?[limit.target.statistic]?.value
      section.lines.append("breaks \(limit.text): \(said(limit.target, value))")
    }
    return section
  }

  /// What one would gain and lose by another setting: `MTTR full p95 0.35 min less, cost 0.21 $ a month more`.
  private func compared(_ other: TunedCell, to best: TunedCell) -> String {
    let parts = figures.map { target, value -> String in
      guard let a = value(other), let b = value(best) else { return "no \(target.name)" }
      let unit = unit(target, [b - a])
      let amount = unit.text((a - b).magnitude)
      if amount.allSatisfy({ "0.".contains($0) }) { return "\(target.label) the same" }
      return "\(target.label) \(amount)\(unit.name.isEmpty ? "" : " \(unit.name)") \(a > b ? "more" : "less")"
    }
    let broken = zip(tuning.limits, other.limitStandings).filter { $1 != .met && $1 != .probablyMet }.map(\.0.text)
    return (parts + broken.map { "breaks \($0)" }).joined(separator: ", ")
  }

  private var front: Section {
    let kind = outcome.recommended == nil ? "all settings" : "settings that meet the limits"
    var section = Section(
      title: "Pareto front of \(tuning.objective.name) and \(tuning.against.name): \(kind) that none beats in both")
    let units = figures.map { figure in unit(figure.target, outcome.front.compactMap(figure.value)) }
    var table = SweepTable(title: "", parameters: tuning.sweep.variations.map(\.path))
    table.headings += zip(figures, units).map { $1.heading($0.target.label) } + ["replications", ""]
    for cell in outcome.front {
      let marks = [cell.isRecommended ? "recommended" : nil, cell.isKnee ? "knee" : nil].compactMap(\.self)
      table.rows.append(
        cell.cell.parameters.map(\.value) + zip(figures, units).map { figure, unit in
          figure.value(cell).map(unit.text) ?? "–"
        } + ["\(cell.cell.result?.replications ?? 0)", marks.joined(separator: ", ")])
    }
    section.table = table
    section.notes = [
      "The knee is the point farthest from the line between the ends, both axes scaled to 0–1. Cells that left early are held",
      "against the recommended one in the replications that both have.",
    ]
    return section
  }

  private var importance: Section? {
    var section = Section(title: "What decides \(tuning.objective.name): part of its variance over the grid")
    guard let importance = outcome.importance else {
      section.notes = [
        "Needs a full grid, every cell of which can be played, two replications, and a figure that varies by more than luck."
      ]
      return section
    }
    let percent = { (part: Double) in "\(fixedDecimals(Int64((part * 1000).rounded()), per: 10, decimals: 1)) %" }
    var table = SweepTable(title: "", parameters: ["parameter"])
    table.headings += ["alone", "with what it does together with others"]
    for (variation, one) in zip(tuning.sweep.variations, importance) {
      table.rows.append([variation.path, percent(one.first), percent(one.total)])
    }
    section.table = table
    section.notes = [
      "Sobol's indices of first and total order, luck taken off, from the \(outcome.importanceReplications) replications that every cell has."
    ]
    return section
  }

  private var failures: Section? {
    guard !outcome.failed.isEmpty else { return nil }
    return Section(
      title: "Cells that could not be played",
      lines: outcome.failed.map { cell in
        "\(cell.label): \((cell.failure ?? "").split(separator: "\n").joined(separator: "; "))"
      })
  }
}
