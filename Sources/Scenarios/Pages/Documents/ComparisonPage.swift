import Failover

/// The page of several strategies side by side.
struct ComparisonPage {
  private let root: ResultNode
  private let scenarios: [ResultNode]
  private let names: [String]

  init(_ root: ResultNode) throws {
    self.root = root
    scenarios = try root.member("scenarios").elements()
    names = try scenarios.map { try $0.text("name") }
  }

  func page() throws -> Page {
    let seeds = try root.literal("seeds")
    var page = Page(
      title: "Strategies side by side",
      summary: "\(names.count) scenarios, \(seeds) seed\(seeds == "1" ? "" : "s") each, the same for all: what differs is the "
        + "strategy. Times are over all incidents of all seeds.")
    page.facts = [.init(name: "seeds", value: .init(seeds, literal: seeds))]
    page.sections = try [
      winners(), figures(), distribution(), choice(), costs(), hindrances(), marks(), claims(), violations(),
    ].compactMap(\.self)
    return page
  }

  private func winners() throws -> Page.Section? {
    let sentences = try root.elements("winners").map { try $0.text() }
    let table = Page.Table(
      "What is compared", [.text("scenario"), .text("strategy"), .text("")],
      rows: try zip(names, scenarios).map { name, node in
        [.init(name), .init(try node.text("strategy")), .init(try node.optional("summary")?.text() ?? "")]
      })
    return .init(
      heading: "Who wins on what",
      blocks: (sentences.isEmpty ? [] : [.list(sentences)]) + (try differences()) + [.table(table)])
  }

  private func differences() throws -> [Page.Block] {
    let rows = try root.elements("differences").map { node -> IntervalChart.Row in
      let mean = try node.number("mean")
      let width = try node.optionalNumber("halfWidth")
      return .init(
        name: try node.text("scenario"), value: mean, low: width.map { mean - $0 }, high: width.map { mean + $0 },
        note: try node.flag("isClear") ? "clear" : "no clear difference with so few seeds")
    }
    guard !rows.isEmpty, let from = try root.elements("differences").first?.text("from") else { return [] }
    return [
      .chart(
        IntervalChart(
          title: "How much longer than \(from) to full service",
          caption: "The mean of the paired differences of each seed, with its 95 % interval; clear of zero is sure.",
          quantity: "longer to full service, mean", unit: .duration, rows: rows, showsZero: true))
    ]
  }

  private func figures() throws -> Page.Section? {
    let figures = try root.elements("figures")
    guard !figures.isEmpty else { return nil }
    let rows = try figures.map { figure -> [Page.Cell] in
      let unit = try figure.optional("unit")?.text()
      let best = try figure.elements("best").map { try $0.anyText() }
      let values = try figure.member("values").elements()
      guard values.count == names.count else {
        throw figure.problem("\(figure.path).values: expected one for each of the \(names.count) scenarios")
      }
      return [Page.Cell(try figure.text("label"))]
        + (try values.enumerated().map { index, node in
          let number = node.isNull ? nil : try node.number()
          var cell = Page.Cell(number, MetricUnit(rawValue: unit ?? "") ?? .count)
          if best.contains("\(index)") { (cell.text, cell.tone) = ("★ " + cell.text, .good) }
          return cell
        })
    }
    return .init(
      heading: "Figures",
      blocks: [.table(.init("★ the best of its row", [.text("")] + names.map { .number($0) }, rows: rows))])
  }

  private func distribution() throws -> Page.Section? {
    let samples = try zip(names, scenarios).map { name, node in
      DistributionChart.Sample(name, try node.elements("timesToFullService").map { try $0.number() })
    }.filter { !$0.values.isEmpty }
    guard !samples.isEmpty else { return nil }
    return .init(
      heading: "How long it takes",
      blocks: [
        .chart(
          DistributionChart(
            title: "Time to full service", caption: "How many incidents are over by when; in brackets, how many there are.",
            quantity: "time from the fault to service by a GPU", unit: .duration, samples: samples))
      ])
  }

  private func choice() throws -> Page.Section? {
    let choices = try zip(names, scenarios).compactMap { name, node -> ParetoChart.Choice? in
      let metrics = try node.member("metrics")
      guard let cost = try metrics.optionalNumber("cost.overhead.month"), let time = try metrics.optionalNumber("mttrFull.mean")
      else { return nil }
      return .init(name: name, x: cost, y: time)
    }
    guard choices.count > 1 else { return nil }
    return .init(
      heading: "What to choose", lead: ParetoSection.lead,
      blocks: [
        .chart(
          ParetoChart(
            "Protection's price and time to full service", caption: ParetoSection.caption,
            x: ("protection a month", .money), y: ("MTTR full, mean", .duration), choices))
      ])
  }

  private func costs() throws -> Page.Section? {
    let items = try CostItem.allCases.filter { item in
      try item != .gpu
        && scenarios.contains { try $0.member("metrics").optionalNumber("cost.\(item.rawValue).month")?.billionths ?? 0 > 0 }
    }
    let rows = try zip(names, scenarios).map { name, node in
      let metrics = try node.member("metrics")
      return StackedBarChart.Row(name: name, values: try items.map { try metrics.optionalNumber("cost.\($0.rawValue).month") })
    }
    let table = Page.Table(
      "Cost of a month of 30 days", [.text(""), .number("GPUs that run"), .number("protection"), .number("all")],
      rows: try zip(names, scenarios).map { name, node in
        let metrics = try node.member("metrics")
        return [Page.Cell(name)]
          + (try ["cost.gpu.month", "cost.overhead.month", "cost.month"].map { .init(try metrics.optionalNumber($0), .money) })
      })
    let chart = StackedBarChart(
      title: "What protection costs a month", caption: "Everything but GPUs that run, by item.", parts: items.map(\.label),
      rows: rows, unit: .money)
    return .init(
      heading: "What it costs", blocks: (rows.contains { $0.total > 0 } ? [.chart(chart)] : []) + [.table(table)])
  }

  private func hindrances() throws -> Page.Section? {
    let rows = try zip(names, scenarios).flatMap { name, node in
      try node.elements("hindrances").map { hindrance -> [Page.Cell] in
        [.init(name), .init(try hindrance.text("cause")), .init(try hindrance.number("incidents"), .count),
          .init(try node.number("incidents"), .count)]
      }
    }
    guard !rows.isEmpty else { return nil }
    return .init(
      heading: "What held up recoveries",
      blocks: [
        .table(
          .init(
            "Causes, the most frequent first", [.text("scenario"), .text("cause"), .number("incidents"), .number("of all")],
            rows: rows))
      ])
  }

  private func marks() throws -> Page.Section? {
    let cards = try scenarios.map { try $0.optional("score") }
    guard cards.contains(where: { $0 != nil }) else { return nil }
    let categories = try cards.compactMap(\.self).first?.elements("categories").map { try $0.text("name") } ?? []
    let rows = try categories.enumerated().map { place, name -> [Page.Cell] in
      [.init(name)]
        + (try cards.map { card in
          let own = try card?.elements("categories") ?? []
          return .init(place < own.count ? try own[place].optionalNumber("score") : nil, .count)
        })
    }
    let overall = try cards.map { Page.Cell(try $0?.optionalNumber("score"), .count, tone: .strong) }
    let bars = try zip(names, cards).map { BarChart.Row(name: $0, value: try $1?.optionalNumber("score")) }
    return .init(
      heading: "Marks", lead: "Out of 10, by the rubric '\(try cards.compactMap(\.self).first?.text("rubric") ?? "")'.",
      blocks: [
        .chart(BarChart(title: "Overall", caption: "Out of 10.", unit: .count, rows: bars, limit: 10)),
        .table(
          .init("Marks by category", [.text("category")] + names.map { .number($0) }, rows: rows + [[.init("overall")] + overall])),
      ])
  }

  private func claims() throws -> Page.Section? {
    let claims = try root.elements("claims")
    guard !claims.isEmpty else { return nil }
    let rows = try claims.map { claim -> [Page.Cell] in
      let outcome = try claim.text("outcome")
      let (text, tone): (String, Page.Cell.Tone?) =
        switch outcome {
        case "holds": ("✓ yes", .good)
        case "better": ("✓ better", .good)
        case "doesNotHold": ("✗ no", .bad)
        case "notSeen": ("not seen", .faint)
        default: (outcome, nil)
        }
      let note = try claim.optional("note")?.text()
      return [
        .init(try claim.text("scenario")), .init(try claim.text("document")), .init(try claim.text("claim")),
        .init(try claim.text("says")), .init(try claim.text("simulated")), .init(text, tone: tone),
        .init(try claim.text("why") + (note.map { " (\($0))" } ?? ""), tone: .faint),
      ]
    }
    return .init(
      heading: "What the documents claim, and what the simulation gives",
      lead: "Better: sooner or cheaper than the document says. Claims on compression are measured, not simulated.",
      blocks: [
        .table(
          .init(
            "Claims", [.text("scenario"), .text("document"), .text("claim"), .number("says"), .number("simulated"),
              .text("holds"), .text("why")], rows: rows))
      ])
  }

  private func violations() throws -> Page.Section? {
    let broken = try zip(names, scenarios).flatMap { name, node in
      try node.elements("violations").map { "\(name), \(try $0.text())" }
    }
    return broken.isEmpty ? nil : .init(heading: "What must always hold did not", blocks: [.list(broken)])
  }
}

/// What is said of every drawing of a front.
enum ParetoSection {
  static let lead =
    "Recommended is, of those that no other beats in both figures, the nearest to where both would be at their best, each "
    + "counted in the span that they have among them. Who values one figure more than the other chooses another of them."
  static let caption = "Down and to the left is better."
}
