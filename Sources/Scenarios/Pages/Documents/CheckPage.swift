import Failover

/// The page of a check: the verdict first, then for each baseline what changed, by how much, and in which phase.
struct CheckPage {
  private let root: ResultNode
  private let checks: [CheckedBaseline]

  /// Tables and drawings are of so many baselines at most; all stand in the verdict.
  private static let mostDetailed = 40
  private static let mostTiles = 12

  init(_ root: ResultNode) throws {
    self.root = root
    checks = try root.member("checks").elements().map { try CheckedBaseline($0) }
  }

  func page() throws -> Page {
    let only = checks.count == 1 ? checks.first?.cell : nil
    var page = Page(
      title: "Check of \(only ?? "\(checks.count) baselines")",
      summary: try root.text("verdict")
        + ". Each scenario was played again with the seeds of its baseline and laid beside it "
        + "seed by seed: what differs is what was changed.")
    page.facts = [
      .init(name: "verdict", value: Self.cell(try root.text("status"))),
      .init(name: "baselines", value: .init("\(checks.count)")),
    ]
    page.tiles = checks.prefix(Self.mostTiles).map { check in
      .init(label: check.cell, value: Self.cell(check.status), note: check.headline)
    }
    page.sections = try [verdict()] + checks.prefix(Self.mostDetailed).flatMap { try $0.sections() }
    return page
  }

  /// A status in its colour.
  private static func cell(_ status: String) -> Page.Cell {
    .init(status, tone: status == "fine" || status == "improved" ? .good : status == "regressed" ? .bad : nil)
  }

  private func verdict() throws -> Page.Section {
    var blocks: [Page.Block] = [.list(checks.map { "\($0.cell) (\($0.path)): \($0.status); \($0.headline)" })]
    if let command = try root.optional("updateCommand") {
      blocks.append(.paragraph("To keep what got better: \(try command.text())"))
    }
    if checks.count > Self.mostDetailed {
      blocks.append(.paragraph("Below are the first \(Self.mostDetailed); all are in the JSON."))
    }
    return .init(
      heading: "Verdict",
      lead: "Regressed: worse, and the near end of the 99 % interval of the difference is beyond the tolerance.",
      blocks: blocks)
  }
}

/// What a check says of one baseline.
private struct CheckedBaseline {
  /// A figure before and after.
  private struct Metric {
    var node: ResultNode
    var name: String
    var verdict: String
    var unit: MetricUnit

    init(_ node: ResultNode) throws {
      self.node = node
      name = try node.text("name")
      verdict = try node.text("verdict")
      unit = MetricUnit(rawValue: try node.text("unit")) ?? .count
    }

    /// `MTTR full p95`
    var label: String { (try? FigureStatistic(name, at: .file(node.file)))?.label ?? name }
    var isChanged: Bool { verdict != "no change" }

    var tone: Page.Cell.Tone? {
      switch verdict {
      case "regressed": .bad
      case "improved": .good
      case "no change": .faint
      default: nil
      }
    }

    /// By how much it changed, with the sign: `+4.10 s`; `gone` where nothing has it any more.
    func change() throws -> Page.Cell {
      guard let number = try node.optionalNumber("change") else {
        return .init(try node.optional("after") == nil ? "gone" : "new")
      }
      return CheckedBaseline.signed(number, unit)
    }

    /// With how many more seeds would tell.
    func sentence() throws -> String {
      guard let more = try node.optional("moreSeeds") else { return verdict }
      return "\(verdict), needs about \(try more.anyText()) more seeds"
    }
  }

  let cell: String
  let status: String
  let path: String
  /// What did it, in a line.
  let headline: String
  private let node: ResultNode
  private let metrics: [Metric]

  init(_ node: ResultNode) throws {
    self.node = node
    cell = try node.text("cell")
    status = try node.text("status")
    path = try node.text("baseline")
    metrics = try node.elements("metrics").map { try Metric($0) }
    var parts = try node.optional("reason").map { [try $0.text()] } ?? []
    parts += try node.elements("limits").filter { try !$0.flag("holds") }.map {
      "limit broken: \(try $0.text("limit"))"
    }
    let told = metrics.filter { $0.verdict == "regressed" || $0.verdict == "improved" }
    parts += try told.prefix(3).map { "\($0.label) \(try $0.change().text)" }
    if told.count > 3 { parts.append("and \(told.count - 3) more") }
    if !told.isEmpty, let place = try node.optional("where") { parts.append("where: \(try place.text())") }
    headline = parts.isEmpty ? "no figure changed" : parts.joined(separator: "; ")
  }

  func sections() throws -> [Page.Section] {
    guard try node.optional("reason") == nil else { return [] }
    let parts = try remarks() + [.table(changed())] + differences() + curves() + phases() + [
      .folded("All \(metrics.count) figures", [.table(try table("All figures", metrics))])
    ]
    return [
      .init(heading: "\(cell): \(status)", lead: try node.text("seeds") + ", the same luck for both.", blocks: parts)
    ]
  }

  // MARK: Words

  private func remarks() throws -> [Page.Block] {
    var items: [String] = []
    if metrics.contains(where: \.isChanged), let place = try node.optional("where") {
      items.append("Where: \(try place.text())")
    }
    items += try node.elements("limits").map { limit in
      let value = try limit.optional("value")?.text() ?? "missing: nothing had a value"
      return "Limit \(try limit.text("limit")): it is \(value)" + (try limit.flag("holds") ? "" : ", which breaks it")
    }
    items += try node.elements("strategyChanges").map { "The strategy changed: \(try $0.text())" }
    items += try node.elements("notes").map { try $0.text() }
    return items.isEmpty ? [] : [.list(items)]
  }

  // MARK: Tables

  private func changed() throws -> Page.Table {
    let rows = metrics.filter(\.isChanged)
    let count = metrics.count - rows.count
    return try table(
      rows.isEmpty ? "No figure changed" : "What changed; \(count) of \(metrics.count) figures did not", rows)
  }

  private func table(_ caption: String, _ metrics: [Metric]) throws -> Page.Table {
    Page.Table(
      caption,
      [.text("figure"), .number("baseline"), .number("now"), .number("change"), .number("99 % from"), .number("to"),
        .number("tolerance"), .text("verdict")],
      rows: try metrics.map { metric in
        func cell(_ key: String) throws -> Page.Cell { .init(try metric.node.optionalNumber(key), metric.unit) }
        func end(_ key: String) throws -> Page.Cell {
          try metric.node.optionalNumber(key).map { Self.signed($0, metric.unit) } ?? .none
        }
        return [
          .init(metric.label), try cell("before"), try cell("after"), try metric.change().toned(metric.tone),
          try end("low"), try end("high"), try cell("tolerance"), .init(try metric.sentence(), tone: metric.tone),
        ]
      })
  }

  /// With its sign: `+4.10 s`.
  private static func signed(_ number: ResultNumber, _ unit: MetricUnit) -> Page.Cell {
    .init((number.billionths > 0 ? "+" : "") + number.text(unit), literal: number.literal)
  }

  // MARK: Drawings

  /// A drawing for each unit, of the figures that moved at all.
  private func differences() throws -> [Page.Block] {
    let titles: [(MetricUnit, String)] = [
      (.duration, "times"), (.share, "shares"), (.money, "money a month"), (.count, "counts a month"), (.bytes, "data"),
    ]
    return try titles.compactMap { unit, name in
      let rows = try metrics.filter { $0.unit == unit }.compactMap { metric -> IntervalChart.Row? in
        guard let change = try metric.node.optionalNumber("change") else { return nil }
        let (low, high) = (try metric.node.optionalNumber("low"), try metric.node.optionalNumber("high"))
        guard [change, low, high].contains(where: { $0?.billionths ?? 0 != 0 }) else { return nil }
        return .init(
          name: metric.label, value: change, low: low, high: high, allowed: try metric.node.optionalNumber("tolerance"),
          note: try metric.sentence())
      }
      guard !rows.isEmpty else { return nil }
      return .chart(
        IntervalChart(
          title: "What moved: \(name)",
          caption: "Now less baseline, with the 99 % interval; the band is the tolerance, left and right of no change.",
          quantity: "difference", unit: unit, rows: rows, showsZero: true, confidence: 99))
    }
  }

  private func curves() throws -> [Page.Block] {
    try node.elements("distributions").compactMap { node in
      let name = try node.text("name")
      func sample(_ key: String, _ title: String) throws -> DistributionChart.Sample? {
        let side = try node.member(key)
        let values = try side.elements("values").map { try $0.number() }
        return values.isEmpty ? nil : .init(title, values, count: try side.count("count"))
      }
      let samples = try [sample("before", "baseline"), sample("after", "now")].compactMap(\.self)
      // What nobody would see a difference in is drawn only where it is what people ask for.
      let isSame = samples.count == 2 && samples[0].values == samples[1].values
      guard !samples.isEmpty, !isSame || name == "mttrFull" else { return nil }
      let figure = Figure.named(name)
      return .chart(
        DistributionChart(
          title: "\(figure?.label ?? name), now and in the baseline",
          caption: (figure.map { "\($0.help): " } ?? "")
            + "how many incidents are over by when; in brackets, how many there are."
            + (isSame ? " Both curves are the same." : ""),
          quantity: figure?.help ?? name, unit: .duration, samples: samples))
    }
  }

  private func phases() throws -> [Page.Block] {
    let phases = try node.elements("phases")
    guard !phases.isEmpty else { return [] }
    let names = try phases.map { try $0.text("name") }
    let bars = StackedBarChart(
      title: "Phase by phase", caption: "The mean of each phase over the incidents that were noticed.", parts: names,
      rows: try [("baseline", "before"), ("now", "after")].map { title, key in
        .init(name: title, values: try phases.map { try $0.optionalNumber(key) })
      }, unit: .duration)
    let rows = try zip(names, phases).map { name, phase in
      IntervalChart.Row(
        name: name, value: try phase.number("change"), low: try phase.optionalNumber("low"),
        high: try phase.optionalNumber("high"), note: try phase.flag("isChanged") ? "changed" : "")
    }
    let moved = rows.contains { row in [row.value, row.low, row.high].contains { $0?.billionths ?? 0 != 0 } }
    return [.chart(bars)]
      + (moved
        ? [
          .chart(
            IntervalChart(
              title: "Which phase it was", caption: "Now less baseline, with the 99 % interval.",
              quantity: "difference of the mean",
              unit: .duration, rows: rows, showsZero: true, confidence: 99))
        ] : [])
  }
}
