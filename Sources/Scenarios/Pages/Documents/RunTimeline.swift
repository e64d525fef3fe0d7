import Failover

/// What ran when: the whole run, and the slowest incident from close by.
struct RunTimeline {
  private let page: RunPage
  /// The tracks of each workspace.
  private var rows: [GanttChart.Row] = []

  /// More rows than this are no drawing any more.
  private static let mostRows = 32

  init(_ page: RunPage) throws {
    self.page = page
    for workspace in page.workspaces {
      let spans = try workspace.node.elements("timeline")
      let prefix = page.isFleet ? workspace.name.prefix { $0 != ":" } + " " : ""
      var order: [String] = []
      var tracks: [String: [GanttChart.Bar]] = [:]
      var kinds: [String: String] = [:]
      for span in spans {
        let kind = try span.text("kind")
        let track = try Self.trackName(span.text("track"), kind)
        if tracks[track] == nil { order.append(track) }
        let name = try span.text("name")
        tracks[track, default: []].append(
          .init(
            name: kind == "machine" ? "runs" : name, start: try span.number("start"), end: try span.number("end"),
            style: Self.style(kind, name)))
        kinds[track] = kind
      }
      let ranks = ["service", "script", "phase", "machine"]
      func rank(_ track: String) -> Int { ranks.firstIndex(of: kinds[track] ?? "") ?? ranks.count }
      let sorted = order.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
      rows += sorted.map { GanttChart.Row(name: prefix + $0.element, bars: tracks[$0.element] ?? []) }
    }
  }

  private static func trackName(_ track: String, _ kind: String) -> String {
    switch kind {
    case "service": "service"
    case "script": "script"
    case "phase": "orchestrator"
    default: track
    }
  }

  private static func style(_ kind: String, _ name: String) -> String {
    switch kind {
    case "service": ServiceLevel(rawValue: name) == nil ? "s5" : name
    case "script": "s5"
    case "phase": name == "protected" ? "s5" : "s3"
    default: "s0"
    }
  }

  private var key: [(style: String, name: String)] {
    Self.levels + [("s3", "a step of the way back"), ("s5", page.isDrill ? "protected, or the script" : "protected")]
  }

  private static let levels = [
    ("full", "full: a GPU answers"), ("degraded", "degraded: the standby answers"), ("down", "down: nobody answers"),
    ("s0", "a machine runs"),
  ]

  func sections() throws -> [Page.Section] {
    let end = try page.root.number("length").double
    var blocks: [Page.Block] = []
    if (1...Self.mostRows).contains(rows.count) {
      blocks.append(
        .chart(
          GanttChart(
            title: "The whole \(page.isDrill ? "drill" : "run")",
            caption: "Who served, what the orchestrator was at, and which machines ran.", rows: rows, window: (0, end),
            key: key)))
    } else if rows.count > Self.mostRows {
      blocks.append(.paragraph("\(rows.count) tracks are too many for one drawing; they are in the JSON, under timeline."))
    }
    if !page.isDrill, !page.isFleet, let incident = try slowest(until: end) { blocks.append(.chart(incident)) }
    return blocks.isEmpty ? [] : [.init(heading: "What happened when", blocks: blocks)]
  }

  /// The incident that took longest to full service, from a little before the fault to a little after its end.
  private func slowest(until end: Double) throws -> GanttChart? {
    let incidents = try page.allIncidents()
    var found: (index: Int, fault: ResultNumber, took: ResultNumber)?
    for (index, incident) in incidents.enumerated() {
      guard let fault = try incident.optionalNumber("fault"), let took = try incident.optionalNumber("timeToFullService")
      else { continue }
      if found.map({ took.billionths > $0.took.billionths }) ?? true { found = (index, fault, took) }
    }
    guard let found, found.took.double > 0 else { return nil }
    let margin = max(1, found.took.double * 0.06)
    let window = (start: max(0, found.fault.double - margin), end: min(end, found.fault.double + found.took.double + margin))
    let near = rows.compactMap { row -> GanttChart.Row? in
      let bars = row.bars.filter { $0.end.double > window.start && $0.start.double < window.end }
      return bars.isEmpty ? nil : GanttChart.Row(name: row.name, bars: bars)
    }
    let phases = try Self.phases(of: incidents[found.index], from: found.fault)
    guard near.count <= Self.mostRows else { return nil }
    return GanttChart(
      title: "The slowest incident: number \(found.index + 1), \(found.took.text(.duration)) to full service",
      caption: "From just before the fault to just after its end.",
      rows: [.init(name: "phases", bars: phases)] + near, window: window, origin: found.fault.double,
      originName: "the fault", key: key)
  }

  /// The phases one after the other from the fault on.
  private static func phases(of incident: ResultNode, from fault: ResultNumber) throws -> [GanttChart.Bar] {
    var start = fault
    return try incident.elements("phases").compactMap { phase in
      guard let seconds = try phase.optionalNumber("seconds"), seconds.billionths > 0 else { return nil }
      defer { start = start + seconds }
      return GanttChart.Bar(name: try phase.text("name"), start: start, end: start + seconds, style: "s3")
    }
  }
}
