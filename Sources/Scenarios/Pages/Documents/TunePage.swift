import Failover

/// The page of a tuning: the recommended setting first, then what it was chosen over.
struct TunePage {
  private let root: ResultNode
  private let cells: [TunedSetting]
  private let objective: ShownFigure
  private let against: ShownFigure
  private let limits: [String]
  private let recommended: TunedSetting?

  init(_ root: ResultNode) throws {
    self.root = root
    cells = try root.member("cells").elements().map { try TunedSetting($0) }
    objective = ShownFigure(try root.member("objective").text("figure"), in: root)
    against = ShownFigure(try root.text("against"), in: root)
    limits = try root.elements("limits").map { try $0.text() }
    recommended = cells.first(where: \.isRecommended)
  }

  private var direction: String { get throws { try root.member("objective").text("direction") } }
  private var paths: [String] { cells.first?.parameters.map(\.path) ?? [] }

  func page() throws -> Page {
    let effort = try root.member("replications")
    var page = Page(
      title: "Tuning of \(try root.text("scenario"))",
      summary:
        "The cheapest of \(cells.count) setting\(cells.count == 1 ? "" : "s") of \(paths.joined(separator: ", "))"
        + (limits.isEmpty ? "" : " with \(limits.joined(separator: ", "))")
        + "; of equally cheap ones, the one with the \(try direction == "maximize" ? "most" : "least") "
        + "\(objective.label).")
    page.facts = [
      .init(name: "scenario", value: .init(try root.text("scenario"))),
      .init(name: "first seed", value: .init(try root.literal("seed"), literal: try root.literal("seed"))),
      .init(name: "replications of a setting that stays", value: .init(try effort.number("each"), .count)),
      .init(name: "played", value: .init(try effort.number("played"), .count)),
      .init(name: "the full grid has", value: .init(try effort.number("fullGrid"), .count)),
    ]
    page.tiles = try tiles()
    page.sections = try [answer(), front(), maps(), importance(), all(), failures()].compactMap(\.self)
    return page
  }

  // MARK: The answer

  private func tiles() throws -> [Page.Tile] {
    guard let recommended else {
      return [.init(label: "recommended", value: .init("none", tone: .bad), note: "no setting meets the limits")]
    }
    let own = recommended.parameters.map { parameter in
      Page.Tile(label: parameter.path, value: .init(parameter.value), note: "recommended")
    }
    let figures = try [objective, against].map { figure in
      Page.Tile(
        label: figure.label, value: .init(try value(of: figure, in: recommended), figure.unit), note: figure.note)
    }
    return own + figures
  }

  /// Of the objective and what it is held against as the tuning has it, of all others as they were seen.
  private func value(of figure: ShownFigure, in cell: TunedSetting) throws -> ResultNumber? {
    switch figure.name {
    case objective.name: try cell.node.optionalNumber("objective")
    case against.name: try cell.node.optionalNumber("against")
    default: try cell.node.member("metrics").optional(figure.key)?.optionalNumber(figure.statistic)
    }
  }

  /// What settings are judged by: the objective, what it is held against, and each figure with a limit, once.
  private var judged: [ShownFigure] {
    let limited = limits.compactMap { try? FigureLimit($0) }.map { ShownFigure($0.target.name, in: root) }
    var seen: Set<String> = []
    return ([objective, against] + limited).filter { seen.insert($0.name).inserted }
  }

  private func answer() throws -> Page.Section {
    guard let recommended else { return try miss() }
    var rows: [(cell: TunedSetting, why: String)] = [(recommended, "★ recommended")]
    for alternative in try root.elements("alternatives") {
      let number = try alternative.literal("number")
      if let cell = cells.first(where: { $0.number == number }) { rows.append((cell, try alternative.text("why"))) }
    }
    let figures = judged
    let table = Page.Table(
      "The recommended setting, and what it was chosen over",
      [.text("which")] + paths.map { .text(ParameterGrid.short($0)) } + figures.map { .number($0.label) }
        + [.text("against the recommended one"), .text("limits")],
      rows: try rows.enumerated().map { index, row in
        let changes = try figures.prefix(2).compactMap { figure in
          try Self.change(of: figure, from: value(of: figure, in: recommended), to: value(of: figure, in: row.cell))
        }
        return [.init(row.why, tone: index == 0 ? .good : nil)] + row.cell.parameters.map { Page.Cell($0.value) }
          + (try figures.map { .init(try value(of: $0, in: row.cell), $0.unit) })
          + [
            index == 0 ? .none : .init(changes.isEmpty ? "the same" : changes.joined(separator: ", ")),
            standing(of: row.cell),
          ]
      })
    return .init(
      heading: "Recommended",
      lead: "The cheapest setting that meets every limit; of those that cost the same, the best objective.",
      blocks: [.paragraph(try root.member("recommended").text("options")), .table(table)])
  }

  private func miss() throws -> Page.Section {
    guard let node = try root.optional("nearestMiss") else {
      return .init(heading: "No setting meets the limits", blocks: [.paragraph("None could be judged by them.")])
    }
    let number = try node.literal("number")
    let figures = judged
    let rows = try cells.filter { $0.number == number }.map { cell in
      cell.parameters.map { Page.Cell($0.value) } + (try figures.map { .init(try value(of: $0, in: cell), $0.unit) })
        + [standing(of: cell)]
    }
    return .init(
      heading: "No setting meets the limits",
      blocks: [
        .table(
          .init(
            "The setting that comes nearest",
            paths.map { .text($0) } + figures.map { .number($0.label) } + [.text("limits")],
            rows: rows, namesRows: false))
      ])
  }

  /// What one would gain or lose: `MTTR full p95 +14.1 s`; `nil` where nobody sees a difference.
  private static func change(of figure: ShownFigure, from best: ResultNumber?, to own: ResultNumber?) -> String? {
    guard let best, let own, best.text(figure.unit) != own.text(figure.unit) else { return nil }
    let difference = own - best
    return "\(figure.label) \(difference.billionths > 0 ? "+" : "")\(difference.text(figure.unit))"
  }

  /// In words, the limits that do not surely hold.
  private func standing(of cell: TunedSetting) -> Page.Cell {
    let told = zip(limits, cell.limits).compactMap { limit, standing -> String? in
      switch standing {
      case "met": nil
      case "probablyMet": "\(limit) holds so far"
      case "probablyBroken": "\(limit) is probably broken"
      case "broken": "breaks \(limit)"
      default: "\(limit) is not known"
      }
    }
    return told.isEmpty
      ? .init(limits.isEmpty ? "–" : "meets all", tone: limits.isEmpty ? .faint : .good)
      : .init(told.joined(separator: "; "), tone: cell.meetsLimits ? nil : .bad)
  }

  // MARK: Drawings

  private func front() throws -> Page.Section? {
    let shown = try cells.compactMap { cell -> (cell: TunedSetting, choice: ParetoChart.Choice)? in
      guard let x = try value(of: against, in: cell), let y = try value(of: objective, in: cell) else { return nil }
      return (
        cell,
        .init(
          name: cell.name + (cell.isKnee ? " (knee)" : ""), x: x, y: y,
          note: cell.isKnee ? "the knee" : cell.isOnFront ? "on the front" : cell.meetsLimits ? nil : "breaks a limit",
          isOut: !cell.meetsLimits)
      )
    }
    guard shown.count > 1 else { return nil }
    let front = shown.indices.filter { shown[$0].cell.isOnFront }
      .sorted { (shown[$0].choice.x.billionths, $0) < (shown[$1].choice.x.billionths, $1) }
    return .init(
      heading: "What one pays for what",
      lead:
        "On the front are the settings \(recommended == nil ? "" : "within the limits ")that no other beats in "
        + "both figures. The knee is the point farthest from the line between the ends of the front.",
      blocks: [
        .chart(
          ParetoChart(
            "\(objective.label) and \(against.label)",
            caption: try direction == "maximize" ? "Up is better." : ParetoSection.caption,
            x: (against.label, against.unit), y: (objective.label, objective.unit), shown.map(\.choice), front: front,
            recommended: shown.firstIndex { $0.cell.isRecommended }))
      ])
  }

  private func maps() throws -> Page.Section? {
    guard let grid = ParameterGrid(cells.map(\.parameters)) else { return nil }
    var marks: [HeatmapChart.Mark] = []
    for cell in cells {
      guard let place = grid.place(of: cell.parameters) else { continue }
      if cell.isRecommended { marks.append(.init(row: place.row, column: place.column, sign: "★", isStrong: true)) }
      if !cell.meetsLimits { marks.append(.init(row: place.row, column: place.column, sign: "✗")) }
    }
    let signs = [
      marks.contains { $0.isStrong } ? "★ recommended" : nil,
      marks.contains { !$0.isStrong } ? "✗ breaks a limit" : nil,
    ].compactMap(\.self)
    let charts = try judged.compactMap { figure -> HeatmapChart? in
      let values = try grid.table(of: cells, at: \.parameters) { try value(of: figure, in: $0) }
      guard Set(values.joined().compactMap { $0?.text(figure.unit) }).count > 1 else { return nil }
      return HeatmapChart(
        title: figure.label, caption: figure.note, side: grid.side, top: grid.top, values: values, unit: figure.unit,
        marks: marks, legend: signs.joined(separator: ", "))
    }
    guard !charts.isEmpty else { return nil }
    return .init(
      heading: "Figures over \(grid.side.name) and \(grid.top.name)",
      lead:
        "Settings that left early have what the recommended one has, and how much more or less they had in "
        + "the replications of both; figures with a limit are as they were seen.",
      blocks: charts.map { .chart($0) })
  }

  private func importance() throws -> Page.Section? {
    let parameters = try root.elements("importance")
    guard !parameters.isEmpty else { return nil }
    let rows = try parameters.flatMap { node -> [BarChart.Row] in
      let name = try node.text("parameter")
      return [
        .init(name: name, value: try node.optionalNumber("first"), note: "alone"),
        .init(
          name: "with others", value: try node.optionalNumber("total"), note: "together with what it does with others"),
      ]
    }
    return .init(
      heading: "What decides \(objective.label)",
      lead:
        "Sobol's indices of first and total order: how much of the figure's variation over the grid each parameter "
        + "makes, alone and together with what it does with others. From the "
        + "\(try root.literal("importanceReplications")) replications that every setting has.",
      blocks: [
        .chart(
          BarChart(
            title: "Importance", caption: "The part of the variance; what it owes to luck is taken off.", unit: .share,
            rows: rows, limit: 1))
      ])
  }

  // MARK: Tables

  private func all() throws -> Page.Section {
    let figures = judged
    let rows = try cells.filter { try $0.node.optional("error") == nil }.map { cell in
      cell.parameters.map { Page.Cell($0.value) } + (try figures.map { .init(try value(of: $0, in: cell), $0.unit) })
        + [
          .init(try cell.node.number("replications"), .count), Self.leaving(try cell.node.optional("dropped")?.text()),
          standing(of: cell),
          cell.isRecommended
            ? .init("★ recommended", tone: .good)
            : .init(cell.isKnee ? "the knee" : cell.isOnFront ? "on the front" : "–"),
        ]
    }
    return .init(
      heading: "All settings",
      blocks: [
        .table(
          .init(
            "In the order of the grid",
            paths.map { .text($0) } + figures.map { .number($0.label) }
              + [.number("replications"), .text("left early"), .text("limits"), .text("")], rows: rows, namesRows: false
          ))
      ])
  }

  /// Why a setting was not played to the end.
  private static func leaving(_ reason: String?) -> Page.Cell {
    switch reason {
    case nil: .init("no", tone: .faint)
    case "limit": .init("surely breaks a limit")
    case "worse": .init("surely worse")
    case "budget": .init("promised less")
    case let other?: .init(other)
    }
  }

  private func failures() throws -> Page.Section? {
    let broken = try cells.compactMap { cell in try cell.node.cellProblem.map { "\(cell.name): \($0)" } }
    return broken.isEmpty ? nil : .init(heading: "Settings with problems", blocks: [.list(broken)])
  }
}

/// One setting of a tuning.
private struct TunedSetting {
  let number: String
  let parameters: ParameterGrid.Parameters
  let node: ResultNode
  let meetsLimits: Bool
  let isOnFront: Bool
  let isKnee: Bool
  let isRecommended: Bool
  /// For each limit, whether it is met.
  let limits: [String]

  init(_ node: ResultNode) throws {
    self.node = node
    number = try node.literal("number")
    parameters = try node.member("parameters").members().map { ($0, try $1.anyText()) }
    meetsLimits = try node.flag("meetsLimits")
    isOnFront = try node.flag("onFront")
    isKnee = try node.flag("isKnee")
    isRecommended = try node.flag("recommended")
    limits = try node.elements("limits").map { try $0.text() }
  }

  var name: String { ParameterGrid.name(of: parameters) }
}

/// A figure by its name, such as `mttrFull.p95`, as a page calls it.
private struct ShownFigure {
  let name: String
  let label: String
  let unit: MetricUnit
  /// What it is, in a few words.
  let note: String
  /// Where the figure and its statistic stand in a cell's metrics.
  let key: String
  let statistic: String

  init(_ name: String, in root: ResultNode) {
    let known = try? FigureStatistic(name, at: .file(root.file))
    self.name = known?.name ?? name
    label = known?.label ?? name
    unit = known?.figure.unit ?? .count
    note = known.map { $0.figure.help + ($0.figure.isMonthly ? ", in 30 days" : "") } ?? ""
    key = known?.figure.name ?? name
    statistic = known?.statistic.rawValue ?? ""
  }
}
