import Failover

/// What a run cost, by item.
struct CostSection {
  private let metrics: ResultNode
  private let isDrill: Bool

  init(_ metrics: ResultNode, isDrill: Bool) {
    self.metrics = metrics
    self.isDrill = isDrill
  }

  func section() throws -> Page.Section {
    let month = try metrics.member("costPerMonth")
    let items = CostItem.allCases.map { ($0.rawValue, $0.label) }
    let shown = try isDrill ? metrics.optional("cost") ?? month : month
    let bars = try items.compactMap { key, label -> BarChart.Row? in
      guard let amount = try shown.optionalNumber(key), amount.billionths != 0 else { return nil }
      return BarChart.Row(name: label, value: amount)
    }
    let incidents = try metrics.optional("costOfIncidents")
    var facts: [[Page.Cell]] = []
    if let incidents {
      facts = [
        [.init("spent between faults and full service"), .init(try incidents.optionalNumber("spent"), .money)],
        [.init("work to be done again, at the price of its GPU"), .init(try incidents.optionalNumber("lostWork"), .money)],
      ]
    }
    let whole = try metrics.optional("cost")
    // Nobody knows how often a drill is held: it has no month. A fleet has nothing but its month.
    let columns: [(title: String, cost: ResultNode)] =
      (whole.map { [("this run", $0)] } ?? []) + (isDrill && whole != nil ? [] : [("a month of 30 days", month)])
    let rows = try (items + [("total", "all")]).map { key, label -> [Page.Cell] in
      try [Page.Cell(label)]
        + columns.map { .init(try $0.cost.optionalNumber(key), .money, tone: key == "total" ? .strong : nil) }
    }
    var blocks: [Page.Block] = []
    if !bars.isEmpty {
      blocks.append(
        .chart(
          BarChart(
            title: isDrill ? "Cost of the drill" : "Cost of a month of 30 days",
            caption: "Only what costs something is drawn.", unit: .money, rows: bars)))
    }
    blocks.append(
      .table(
        .init(
          "Cost by item", [.text("item")] + columns.map { .number($0.title) }, rows: rows)))
    if !facts.isEmpty {
      blocks.append(.table(.init("What incidents cost", [.text("what"), .number("all incidents")], rows: facts)))
    }
    return .init(heading: "What it costs", blocks: blocks)
  }
}
