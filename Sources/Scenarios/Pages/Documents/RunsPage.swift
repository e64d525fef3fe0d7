import Failover

/// Several runs laid over each other; the first is what the others are held against.
struct RunsPage {
  private let runs: [(name: String, page: RunPage)]

  init(_ roots: [ResultNode]) throws {
    let pages = try roots.map { try RunPage($0) }
    runs = try pages.enumerated().map { index, page in
      // Names tell runs apart; where they do not, seeds and then places do.
      let isUnique = pages.count { $0.name == page.name } == 1
      let seed = try page.root.literal("seed")
      let isUniqueWithSeed = try pages.count { try $0.name == page.name && $0.root.literal("seed") == seed } == 1
      let name = isUnique ? page.name : isUniqueWithSeed ? "\(page.name), seed \(seed)" : "\(page.name), run \(index + 1)"
      return (name, page)
    }
  }

  func page() throws -> Page {
    var page = Page(
      title: "\(runs.count) runs side by side",
      summary: "The first, \(runs.first?.name ?? ""), is the baseline: what differs from it is said beside each figure.")
    page.facts = try runs.map { .init(name: $0.name, value: .init(try $0.page.root.text("fingerprint"))) }
    page.sections = try [recovery(), figures(), phases(), costs()].compactMap(\.self)
    return page
  }

  private func recovery() throws -> Page.Section? {
    let charts = try [
      ("timeToFullService", "Time to full service"), ("timeToDegradedService", "Time to service by the standby"),
    ].compactMap { key, title -> DistributionChart? in
      let samples = try runs.enumerated().map { index, run in
        DistributionChart.Sample(
          run.name + (index == 0 ? " (baseline)" : ""), try run.page.allIncidents().compactMap { try $0.optionalNumber(key) })
      }.filter { !$0.values.isEmpty }
      guard !samples.isEmpty else { return nil }
      return DistributionChart(
        title: title, caption: "How many incidents are over by when; in brackets, how many there are.",
        quantity: "time after the fault", unit: .duration, samples: samples)
    }
    return charts.isEmpty ? nil : .init(heading: "How long it takes", blocks: charts.map { .chart($0) })
  }

  private func figures() throws -> Page.Section {
    typealias Row = (label: String, unit: MetricUnit, read: (ResultNode) throws -> ResultNumber?)
    func spread(_ key: String, _ statistic: String) -> (ResultNode) throws -> ResultNumber? {
      { try $0.member("distributions").optional(key)?.optionalNumber(statistic) }
    }
    let times: [Row] = ["mttd", "mttrDegraded", "mttrFull", "rpo", "lostWork"].flatMap { key -> [Row] in
      let label = key == "lostWork" ? "lost work" : Figure.named(key)?.label ?? key
      return [
        ("\(label), mean", .duration, spread(key, "mean")), ("\(label), 95 %", .duration, spread(key, "p95")),
      ]
    }
    let rest: [Row] = [
      ("available, GPU", .share, { try $0.member("availability").optionalNumber("full") }),
      ("down", .share, { try $0.member("availability").optionalNumber("down") }),
      ("interruptions", .count, { try $0.optionalNumber("interruptions") }),
      ("false failovers", .count, { try $0.optionalNumber("falseFailovers") }),
      ("cost a month", .money, { try $0.member("costPerMonth").optionalNumber("total") }),
    ]
    let rows = try (times + rest).map { row -> [Page.Cell] in
      let values = try runs.map { try row.read($0.page.root.member("metrics")) }
      return [Page.Cell(row.label)]
        + values.enumerated().flatMap { index, value -> [Page.Cell] in
          guard index > 0 else { return [Page.Cell(value, row.unit)] }
          return [Page.Cell(value, row.unit), change(from: values[0], to: value, row.unit)]
        }
    }
    let columns = runs.enumerated().flatMap { index, run -> [Page.Column] in
      index == 0 ? [.number("\(run.name) (baseline)")] : [.number(run.name), .number("more or less")]
    }
    return .init(heading: "Figures", blocks: [.table(.init("Figures of each run", [.text("")] + columns, rows: rows))])
  }

  private func change(from baseline: ResultNumber?, to value: ResultNumber?, _ unit: MetricUnit) -> Page.Cell {
    guard let baseline, let value else { return .none }
    let difference = value - baseline
    guard difference.billionths != 0 else { return Page.Cell("equal", tone: .faint) }
    return Page.Cell((difference.billionths > 0 ? "+" : "") + difference.text(unit))
  }

  private func phases() throws -> Page.Section? {
    let lists = try runs.map { run in
      (run.name, try run.page.root.elements("phases").map { (try $0.text("name"), try $0.optionalNumber("seconds")) })
    }
    guard let names = lists.first?.1.map(\.0), !names.isEmpty, lists.allSatisfy({ $0.1.map(\.0) == names }) else { return nil }
    return .init(
      heading: "Where the time goes",
      blocks: [
        .chart(
          StackedBarChart(
            title: "Phase by phase", caption: "The mean of each phase over the incidents of a run.", parts: names,
            rows: lists.map { .init(name: $0.0, values: $0.1.map(\.1)) }, unit: .duration))
      ])
  }

  private func costs() throws -> Page.Section? {
    let items = try CostItem.allCases.filter { item in
      try runs.contains { run in
        try run.page.root.member("metrics").member("costPerMonth").optionalNumber(item.rawValue)?.billionths ?? 0 > 0
      }
    }
    let rows = try runs.map { run in
      let month = try run.page.root.member("metrics").member("costPerMonth")
      return StackedBarChart.Row(name: run.name, values: try items.map { try month.optionalNumber($0.rawValue) })
    }
    guard rows.contains(where: { $0.total > 0 }) else { return nil }
    return .init(
      heading: "What it costs",
      blocks: [
        .chart(
          StackedBarChart(
            title: "Cost of a month of 30 days", caption: "By item.", parts: items.map(\.label), rows: rows, unit: .money))
      ])
  }
}
