import Failover

/// The page of a sweep: a figure over what was varied.
struct SweepPage {
  /// One combination of values.
  private struct Cell {
    var number: String
    var parameters: [(path: String, value: String)]
    var node: ResultNode
    var metrics: ResultNode

    var name: String { ParameterGrid.name(of: parameters) }

    func mean(_ figure: String) throws -> ResultNumber? { try metrics.optional(figure)?.optionalNumber("mean") }
  }

  private let root: ResultNode
  private let all: [Cell]
  /// Those that could be played.
  private let played: [Cell]

  init(_ root: ResultNode) throws {
    self.root = root
    all = try root.member("cells").elements().map { node in
      Cell(
        number: try node.literal("number"),
        parameters: try node.member("parameters").members().map { ($0, try $1.anyText()) }, node: node,
        metrics: try node.member("metrics"))
    }
    played = try all.filter { try $0.node.optional("error") == nil }
  }

  func page() throws -> Page {
    let paths = all.first?.parameters.map(\.path) ?? []
    var page = Page(
      title: "Sweep of \(try root.text("scenario"))",
      summary: "\(all.count) combination\(all.count == 1 ? "" : "s") of \(paths.joined(separator: ", ")), all played with the "
        + "same seeds." + (try root.flag("complete") ? "" : " The sweep was stopped early."))
    page.facts = [
      .init(name: "scenario", value: .init(try root.text("scenario"))),
      .init(name: "first seed", value: .init(try root.literal("seed"), literal: try root.literal("seed"))),
      .init(name: "replications, at most", value: .init(try root.number("replications"), .count)),
    ]
    page.sections = try [maps(), curves(), choice(), tables(), failures()].compactMap(\.self)
    return page
  }

  /// The figures of which people see that they differ among cells, in the order of reports.
  private func varying() throws -> [Figure] {
    try Figure.all.filter { figure in
      Set(try played.compactMap { try $0.mean(figure.name)?.text(figure.unit) }).count > 1
    }
  }

  /// Which figures are the same everywhere, so that nobody looks for their drawings.
  private func constants() throws -> [Page.Block] {
    let drawn = try Set(varying().map(\.name))
    let others = try Figure.all.filter { figure in
      try !drawn.contains(figure.name) && played.contains { try $0.mean(figure.name) != nil }
    }
    guard !others.isEmpty else { return [] }
    return [.paragraph("The same in all cells, and not drawn: " + others.map(\.label).joined(separator: "; ") + ".")]
  }

  // MARK: Drawings

  private func maps() throws -> Page.Section? {
    guard !played.isEmpty, let grid = ParameterGrid(all.map(\.parameters)) else { return nil }
    let charts = try varying().map { figure in
      let found = try grid.table(of: played, at: \.parameters) { try $0.mean(figure.name) }
      let best = best(of: found, figure)
      return HeatmapChart(
        title: "\(figure.label), mean", caption: "\(figure.help)\(figure.isMonthly ? ", in 30 days" : "").",
        side: grid.side, top: grid.top, values: found, unit: figure.unit,
        marks: best.map { [.init(row: $0.row, column: $0.column, sign: "★", isStrong: true)] } ?? [],
        legend: best == nil ? "" : "★ the best")
    }
    guard !charts.isEmpty else { return nil }
    return .init(
      heading: "Figures over \(grid.side.name) and \(grid.top.name)",
      lead: "Darker or lighter is more by the scale under each map; ★ is the best cell where one is better than all.",
      blocks: charts.map { .chart($0) } + (try constants()))
  }

  /// The best one, where people see that it is better than all others.
  private func best(of values: [[ResultNumber?]], _ figure: Figure) -> (row: Int, column: Int)? {
    guard figure.better != .neither else { return nil }
    let known = values.enumerated().flatMap { row, line in
      line.enumerated().compactMap { column, value in value.map { (place: (row: row, column: column), value: $0) } }
    }
    let order = known.sorted { $0.value.billionths < $1.value.billionths }
    guard let best = figure.better == .lower ? order.first : order.last else { return nil }
    let shown = best.value.text(figure.unit)
    return known.count { $0.value.text(figure.unit) == shown } == 1 ? best.place : nil
  }

  private func curves() throws -> Page.Section? {
    guard let first = played.first, first.parameters.count == 1 || first.parameters.count > 2, played.count <= 60 else { return nil }
    let charts = try varying().map { figure in
      IntervalChart(
        title: "\(figure.label), mean", caption: "\(figure.help)\(figure.isMonthly ? ", in 30 days" : ""); with 95 % intervals.",
        quantity: figure.label, unit: figure.unit,
        rows: try played.compactMap { cell in
          guard let node = try cell.metrics.optional(figure.name), let mean = try node.optionalNumber("mean") else { return nil }
          let ends = try node.elements("ci95")
          return .init(
            name: cell.name, value: mean, low: try ends.count == 2 && !ends[0].isNull ? ends[0].number() : nil,
            high: try ends.count == 2 && !ends[1].isNull ? ends[1].number() : nil)
        })
    }
    return charts.isEmpty ? nil : .init(heading: "Figures", blocks: charts.map { .chart($0) } + (try constants()))
  }

  private func choice() throws -> Page.Section? {
    // What is paid for a quicker recovery, in the order in which one would ask.
    guard let x = try ["cost.overhead", "cost", "falseFailovers", "lostWork"].first(where: isWorthTelling),
      try isWorthTelling("mttrFull"), let across = Figure.named(x), let up = Figure.named("mttrFull")
    else { return nil }
    let choices = try played.compactMap { cell -> ParetoChart.Choice? in
      guard let x = try cell.mean(x), let y = try cell.mean("mttrFull") else { return nil }
      return .init(name: cell.name, x: x, y: y)
    }
    guard choices.count > 1 else { return nil }
    return .init(
      heading: "What to choose", lead: ParetoSection.lead,
      blocks: [
        .chart(
          ParetoChart(
            "\(across.label) and \(up.label)", caption: ParetoSection.caption,
            x: (across.label + (across.isMonthly ? " a month" : ""), across.unit), y: (up.label + ", mean", up.unit), choices))
      ])
  }

  /// Whether a figure differs by more than a fiftieth of itself among cells: a choice between equal prices is none.
  private func isWorthTelling(_ figure: String) throws -> Bool {
    let values = try played.compactMap { try $0.mean(figure)?.billionths }
    guard let least = values.min(), let most = values.max() else { return false }
    return (most - least) * 50 > max(least.magnitude, most.magnitude)
  }

  // MARK: Tables

  private func tables() throws -> Page.Section {
    let parameters = all.first?.parameters.map { Page.Column.text($0.path) } ?? []
    let known = try Figure.all.filter { figure in try played.contains { try $0.mean(figure.name) != nil } }
    func head(_ cell: Cell) -> [Page.Cell] { cell.parameters.map { Page.Cell($0.value) } }
    let means = Page.Table(
      "Means of all replications", parameters + known.map { .number($0.label) },
      rows: try played.map { cell in
        head(cell) + (try known.map { .init(try cell.mean($0.name), $0.unit) })
      })
    let details = try known.map { figure -> Page.Block in
      let statistics = ["mean", "p50", "p95", "p99"]
      let rows = try played.map { cell -> [Page.Cell] in
        guard let node = try cell.metrics.optional(figure.name) else {
          return head(cell) + statistics.map { _ in .none } + [.none, .none]
        }
        let ends = try node.elements("ci95").compactMap { $0.isNull ? nil : try $0.number() }
        let interval = ends.count == 2 ? "\(ends[0].text(figure.unit)) to \(ends[1].text(figure.unit))" : "–"
        return head(cell) + (try statistics.map { .init(try node.optionalNumber($0), figure.unit) })
          + [.init(interval), .init(try node.number("samples"), .count)]
      }
      return .folded(
        "\(figure.label): \(figure.help)",
        [
          .table(
            .init(
              "\(figure.label), with the 95 % interval of the mean",
              parameters + statistics.map { .number($0) } + [.number("mean lies in"), .number("samples")], rows: rows))
        ])
    }
    return .init(heading: "All figures", blocks: [.table(means)] + details)
  }

  private func failures() throws -> Page.Section? {
    let broken = try all.compactMap { cell in
      try cell.node.cellProblem.map { "cell \(cell.number), \(cell.name): \($0)" }
    }
    return broken.isEmpty ? nil : .init(heading: "Cells with problems", blocks: [.list(broken)])
  }
}
