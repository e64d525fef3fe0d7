import Failover

/// The page of one run: a drill, an operation, or a fleet.
struct RunPage {
  let root: ResultNode
  let isDrill: Bool
  let name: String
  /// The documents that hold incidents and events: those of the workspaces of a fleet, or the run itself.
  let workspaces: [(name: String, node: ResultNode)]

  var isFleet: Bool { workspaces.count > 1 }

  init(_ root: ResultNode) throws {
    self.root = root
    name = try root.text("scenario")
    isDrill = try root.text("life") == "drill"
    let parts = try root.elements("workspaces")
    workspaces = try parts.isEmpty
      ? [(name, root)] : parts.enumerated().map { ("workspace \($0 + 1): " + (try $1.text("scenario")), $1) }
  }

  func page() throws -> Page {
    let kind = isDrill ? "Drill" : isFleet ? "Fleet" : "Run"
    let violations = try root.elements("violations").map { try $0.text() }
    var page = Page(title: "\(kind): \(name)", summary: try summary())
    page.facts = try facts()
    page.tiles = try tiles()
    if !violations.isEmpty {
      page.sections.append(
        .init(heading: "What must always hold did not", blocks: [.list(violations)]))
    }
    page.sections += try RunTimeline(self).sections()
    page.sections += try [phases(), recovery(), incidents()].compactMap(\.self)
    page.sections.append(try CostSection(root.member("metrics"), isDrill: isDrill).section())
    page.sections += try [
      ScoreSection.section(root), expectations(), health(), counts(), tests(), log(),
    ].compactMap(\.self)
    return page
  }

  private func summary() throws -> String {
    let metrics = try root.member("metrics")
    let interruptions = try metrics.number("interruptions").text(.count)
    let length = try root.number("length").text(.duration)
    let what = isDrill ? "A scripted drill of \(length)" : "\(length) of operation"
    let fleet = isFleet ? " of \(workspaces.count) workspaces" : ""
    let falseOnes = try metrics.number("falseFailovers").text(.count)
    return "\(what)\(fleet) in virtual time: \(interruptions) interruption\(interruptions == "1" ? "" : "s") of a serving "
      + "GPU, \(falseOnes) false failover\(falseOnes == "1" ? "" : "s")."
  }

  private func facts() throws -> [Page.Fact] {
    var facts = [
      Page.Fact(name: "scenario", value: .init(name)),
      Page.Fact(name: "seed", value: .init(try root.literal("seed"), literal: try root.literal("seed"))),
      Page.Fact(name: "length", value: .init(try root.number("length"), .duration)),
    ]
    if let workload = try root.optional("workload") {
      facts.append(.init(name: "on the GPU", value: .init(try workload.text())))
    }
    facts.append(.init(name: "fingerprint", value: .init(try root.text("fingerprint"))))
    return facts
  }

  private func tiles() throws -> [Page.Tile] {
    let metrics = try root.member("metrics")
    let spreads = try metrics.member("distributions")
    func time(_ label: String, _ key: String, _ note: String) throws -> Page.Tile {
      let spread = try spreads.optional(key)
      // One incident has no spread.
      let p95 = try spread?.number("count").double ?? 0 > 1 ? spread?.optionalNumber("p95") : nil
      return .init(
        label: label, value: .init(try metrics.optionalNumber(key), .duration),
        note: note + (p95.map { "; 95 %: \($0.text(.duration))" } ?? ""))
    }
    let availability = try metrics.member("availability")
    var tiles = [
      try time("MTTD", "mttd", "fault to detection, mean"),
      try time("MTTR degraded", "mttrDegraded", "to service by the standby"),
      try time("MTTR full", "mttrFull", "to service by a GPU"),
      try time("RPO", "rpo", "age of the data gone on with"),
      .init(
        label: "available, GPU", value: .init(try availability.optionalNumber("full"), .share),
        note: "degraded \(try availability.optionalNumber("degraded")?.text(.share) ?? "–"), down "
          + "\(try availability.optionalNumber("down")?.text(.share) ?? "–")"),
    ]
    let attempts = try sum("recoveryAttempts")
    if attempts > 0 {
      let done = try sum("recoveriesCompleted")
      tiles.append(
        .init(
          label: "recovery attempts ok", value: .init(Figures.percent(Int64(done), of: Int64(attempts), decimals: 1)),
          note: "\(done) of \(attempts)"))
    }
    let cost = try metrics.member(isDrill ? "cost" : "costPerMonth").number("total")
    tiles.append(.init(label: isDrill ? "cost of the drill" : "cost a month", value: .init(cost, .money)))
    if let score = try root.optional("score")?.optionalNumber("score") {
      tiles.append(.init(label: "mark of 10", value: .init(score, .count), note: "see the marks"))
    }
    return tiles
  }

  /// A count over all workspaces.
  private func sum(_ key: String) throws -> Int {
    try workspaces.reduce(0) { sum, workspace in
      let count = try workspace.node.optional("counts")?.optional(key) == nil ? 0 : workspace.node.member("counts").count(key)
      let (total, overflow) = sum.addingReportingOverflow(count)
      return overflow ? .max : total
    }
  }

  // MARK: Sections

  private func phases() throws -> Page.Section? {
    let rows = try workspaces.map { workspace in
      (workspace.name, try workspace.node.elements("phases").map { (try $0.text("name"), try $0.optionalNumber("seconds")) })
    }
    guard let names = rows.first?.1.map(\.0), !names.isEmpty, rows.allSatisfy({ $0.1.map(\.0) == names }) else { return nil }
    let charts = [
      StackedBarChart(
        title: isDrill ? "The phases of the script" : "From fault to full service, phase by phase",
        caption: isDrill
          ? "The script's time without its pauses."
          : "The mean of each phase over the incidents that are over; numbers are those of the legend.",
        parts: names, rows: rows.map { .init(name: $0.0, values: $0.1.map(\.1)) }, unit: .duration)
    ].filter { $0.rows.contains { $0.total > 0 } }
    guard !charts.isEmpty else { return nil }
    return .init(heading: "Where the time goes", blocks: charts.map { .chart($0) })
  }

  /// The incidents of all workspaces.
  func allIncidents() throws -> [ResultNode] { try workspaces.flatMap { try $0.node.elements("incidents") } }

  private func recovery() throws -> Page.Section? {
    let incidents = try allIncidents()
    let kinds = [
      ("timeToDetect", "detected"), ("timeToDegradedService", "service by the standby"),
      ("timeToFullService", "full service"),
    ]
    let samples = try kinds.map { key, name in
      DistributionChart.Sample(name, try incidents.compactMap { try $0.optionalNumber(key) })
    }.filter { !$0.values.isEmpty }
    var blocks: [Page.Block] = []
    if samples.contains(where: { $0.values.count > 1 }) {
      blocks.append(
        .chart(
          DistributionChart(
            title: "How many incidents are over by when",
            caption: "Each curve climbs from none to all incidents; in brackets, how many there are.",
            quantity: "time after the fault", unit: .duration, samples: samples)))
    }
    let spreads = try root.member("metrics").member("distributions").members()
    blocks.append(
      .table(
        .init(
          "Times over all incidents; quantiles by nearest rank",
          [.text("")] + ["incidents", "mean", "median", "95 %", "shortest", "longest"].map { .number($0) },
          rows: try spreads.map { key, node in
            [Page.Cell(Figure.named(key)?.label ?? key), Page.Cell(try node.number("count"), .count)]
              + (try ["mean", "p50", "p95", "min", "max"].map { .init(try node.optionalNumber($0), .duration) })
          })))
    return .init(heading: "How long it takes", blocks: blocks)
  }

  private func incidents() throws -> Page.Section? {
    let incidents = try allIncidents()
    guard !incidents.isEmpty else { return nil }
    var table = Page.Table(
      "Incidents, by the instant of the fault (or of its detection)",
      [.text("incident"), .number("at"), .text("cause"), .number("detected after"), .number("degraded after"),
        .number("full after"), .number("work lost"), .number("spent")])
    for (index, incident) in incidents.enumerated() {
      let start = try incident.optionalNumber("fault") ?? incident.optionalNumber("detected")
      let cause = try incident.optional("cause")?.text()
      let isFalse = try incident.flag("isFalse")
      table.rows.append([
        .init("\(index + 1): GPU \(try incident.text("instance"))"),
        .init(start.map { isDrill ? Figures.seconds($0.duration) + " s" : Figures.clock($0.duration) } ?? "–",
          literal: start?.literal),
        .init(isFalse ? "false alarm" : cause ?? "–", tone: isFalse ? .bad : nil),
        .init(try incident.optionalNumber("timeToDetect"), .duration),
        .init(try incident.optionalNumber("timeToDegradedService"), .duration),
        .init(try incident.optionalNumber("timeToFullService"), .duration),
        .init(try incident.optionalNumber("lostWork"), .duration),
        .init(try incident.optional("cost")?.optionalNumber("spent"), .money),
      ])
    }
    let details = try incidents.prefix(Self.incidentsInDetail).enumerated().map { index, incident in
      Page.Block.folded(
        "Incident \(index + 1), phase by phase",
        [
          .table(
            .init(
              "Phases of incident \(index + 1)", [.text("phase"), .number("took")],
              rows: try incident.elements("phases").map { phase in
                [Page.Cell(try phase.text("name")), Page.Cell(try phase.optionalNumber("seconds"), .duration)]
              }))
        ])
    }
    let more = incidents.count - details.count
    let rest = more > 0 ? [Page.Block.paragraph("The phases of \(more) more incidents are in the JSON.")] : []
    return .init(heading: "Incidents", blocks: [.table(table)] + details + rest)
  }

  /// So many incidents can be unfolded; those after them are in the table alone, to keep the page light.
  static let incidentsInDetail = 50

  private func expectations() throws -> Page.Section? {
    let outcomes = try root.elements("expectations")
    guard !outcomes.isEmpty else { return nil }
    let rows = try outcomes.map { outcome -> [Page.Cell] in
      let figure = try outcome.text("figure")
      let unit = MetricTable.definition(figure)?.unit ?? .count
      let holds = try outcome.flag("holds")
      return [
        .init(figure), .init(try outcome.optionalNumber("atLeast"), unit), .init(try outcome.optionalNumber("atMost"), unit),
        .init(try outcome.optionalNumber("value"), unit), .init(holds ? "✓ holds" : "✗ does not hold", tone: holds ? .good : .bad),
      ]
    }
    return .init(
      heading: "What the scenario expects",
      blocks: [
        .table(
          .init(
            "Expectations of the scenario", [.text("figure"), .number("at least"), .number("at most"), .number("is"), .text("")],
            rows: rows))
      ])
  }

  private func health() throws -> Page.Section? {
    guard let health = try root.optional("health") else { return nil }
    var blocks: [Page.Block] = []
    let targets = try health.elements("targets")
    if !targets.isEmpty {
      blocks.append(
        .table(
          .init(
            "Targets", [.text("target"), .text("figure"), .number("wanted"), .number("is"), .text("")],
            rows: try targets.map { target in
              let unit = MetricUnit(rawValue: try target.text("unit")) ?? .count
              let isMet = try target.optional("isMet").map { _ in try target.flag("isMet") }
              let verdict = isMet.map { $0 ? Page.Cell("✓ met", tone: .good) : Page.Cell("✗ missed", tone: .bad) }
              return [
                .init(try target.text("name")), .init(try target.text("metric")),
                .init("\(try target.text("relation")) \(try target.number("bound").text(unit))",
                  literal: try target.number("bound").literal),
                .init(try target.optionalNumber("value"), unit), verdict ?? .none,
              ]
            })))
    }
    let alerts = try health.elements("alerts")
    if !alerts.isEmpty {
      let shown = try alerts.prefix(200).map { alert -> [Page.Cell] in
        let time = try alert.number("t")
        return [
          .init(Figures.clock(time.duration), literal: time.literal), .init(try alert.text("rule")),
          .init(try alert.optional("detail")?.anyText() ?? ""),
        ]
      }
      blocks.append(
        .folded(
          "\(alerts.count) alert\(alerts.count == 1 ? "" : "s")" + (alerts.count > 200 ? ", the first 200 of them" : ""),
          [.table(.init("Alerts", [.text("at"), .text("rule"), .text("detail")], rows: shown))]))
    }
    return blocks.isEmpty ? nil : .init(heading: "Health", blocks: blocks)
  }

  private func counts() throws -> Page.Section? {
    guard !isFleet, let counts = try root.optional("counts") else { return nil }
    let rows = try counts.members().compactMap { key, node -> [Page.Cell]? in
      guard case .literal = node.value else { return nil }
      return [Page.Cell(key), Page.Cell(try node.number(), key.hasPrefix("bytes") ? .bytes : .count)]
    }
    return .init(
      heading: "Counts",
      blocks: [.folded("How often everything happened", [.table(.init("Counts", [.text("what"), .number("number")], rows: rows))])])
  }

  /// The records of what snapshots and inference took, as they are.
  private func tests() throws -> Page.Section? {
    let records = try workspaces.flatMap { try $0.node.elements("failoverTests") }
    guard let first = records.first else { return nil }
    let keys = try first.members().map(\.key)
    let rows = try records.prefix(200).map { record in
      try keys.map { key -> Page.Cell in
        guard let node = try record.optional(key) else { return .none }
        guard case .literal(let literal) = node.value else { return Page.Cell((try? node.anyText()) ?? "…") }
        return Page.Cell(literal, literal: ["true", "false"].contains(literal) ? nil : literal)
      }
    }
    return .init(
      heading: "Snapshots and inference",
      lead: "One record for each failover, by the names under which such tests are published; times in milliseconds.",
      blocks: [.table(.init("Records", keys.map { .number($0) }, rows: rows, namesRows: false))])
  }

  private func log() throws -> Page.Section? {
    guard !isFleet else { return nil }
    let events = try root.elements("events")
    let shown = events.prefix(Self.eventsShown)
    guard !shown.isEmpty else { return nil }
    let rows = try shown.map { event -> [Page.Cell] in
      let time = try event.number("t")
      let fields = try event.members().dropFirst(3).map { key, node in
        node.isNull ? "\(key) –" : "\(key) \((try? node.anyText()) ?? "…")"
      }
      return [
        .init(isDrill ? Figures.seconds(time.duration) + " s" : Figures.clock(time.duration), literal: time.literal),
        .init(try event.text("lane")), .init(try event.text("kind")), .init(fields.joined(separator: ", ")),
      ]
    }
    let title = "\(events.count) events" + (events.count > shown.count ? ", the first \(shown.count) of them" : "")
    return .init(
      heading: "The log",
      blocks: [.folded(title, [.table(.init("Events", [.text("at"), .text("lane"), .text("event"), .text("")], rows: rows))])])
  }

  /// So many events are on the page; all are in the JSON.
  static let eventsShown = 400
}
