import Failover

/// Which recoveries took longer than most, and what each of them waited for.
struct SlowRecoveries {
  let events: [Event]
  let incidents: [Incident]
  let style: Style
  /// No more than so many are told.
  var limit = 10

  var lines: [String] {
    guard !slow.isEmpty else { return [] }
    var table = TextTable([
      ("#", .right), ("full after", .right), ("longest part", .left), ("why", .left),
    ])
    for (number, incident) in slow.prefix(limit) {
      let longest = incident.phases.max { $0.duration < $1.duration }
      let causes = Hindrance.all(of: incident, in: events).map(\.description)
      table.add([
        "\(number + 1)", incident.timeToFullService.map(Figures.human) ?? "never",
        longest.map { "\($0.name) \(Figures.human($0.duration))" } ?? "–",
        causes.isEmpty ? "nothing went wrong: \(longest?.name ?? "it") is what takes long" : causes.joined(separator: "; "),
      ])
    }
    let more = slow.count > limit ? ["  … and \(slow.count - limit) more"] : []
    return ["", "  " + style("Slow recoveries, and why", .heading)] + table.lines(style) + more
  }

  /// Those that never ended, that something held up, or that took half as long again as the median; the slowest first.
  private var slow: [(Int, Incident)] {
    let median = Summary(incidents.compactMap(\.timeToFullService)).median
    let chosen = incidents.enumerated().filter { _, incident in
      guard let time = incident.timeToFullService, let median else { return true }
      return time > median.scaled(by: 3, over: 2) || !Hindrance.all(of: incident, in: events).isEmpty
    }
    let never = Duration.nanoseconds(Int64.max)
    func time(_ item: (offset: Int, element: Incident)) -> Duration { item.element.timeToFullService ?? never }
    return chosen.sorted { a, b in time(a) == time(b) ? a.offset < b.offset : time(a) > time(b) }
      .map { ($0.offset, $0.element) }
  }
}
