import Failover

/// What the drill's compressed times stand for: the documents' word for production beside a simulated month of it.
struct ProductionSection {
  let drill: Run
  let production: Run
  let style: Style

  /// A claim of the documents about production, and whether the simulated month bears it out.
  private struct Claim {
    var what: String
    var drill: String
    var says: String
    var simulated: String
    var holds: Bool
  }

  var lines: [String] {
    var table = TextTable([
      ("", .left), ("drill", .right), ("documents say of production", .right), ("simulated", .right), ("", .left),
    ])
    for claim in claims {
      table.add(
        [claim.what, claim.drill, claim.says, claim.simulated, claim.holds ? "holds" : "does not hold"],
        tone: claim.holds ? .good : .warning, in: 4)
    }
    let title = "In production (\(production.scenario.name), \(Figures.human(production.length)))"
    return ["", "  " + style(title, .heading)] + table.lines(style)
  }

  private var claims: [Claim] {
    let incidents = Incident.all(in: production.events)
    let drilled = Incident.all(in: drill.events).first
    let ended = incidents.filter { $0.attempts.count > 0 }
    let succeeded = ended.filter { $0.attempts.count == 1 && $0.fullService != nil }
    return [
      claim(
        "detection", drilled?.timeToDetect, "at most 30 s", incidents.compactMap(\.timeToDetect),
        within: .zero ... .seconds(30)),
      claim(
        "decision to fail over", Self.decision(drilled), "less than 1 s", incidents.compactMap(Self.decision),
        within: .zero ... .milliseconds(999)),
      claim(
        "switch to the standby", Self.transition(drilled), "2 to 5 s", incidents.compactMap(Self.transition),
        within: .seconds(2) ... .seconds(5)),
      claim(
        "recovery", Self.recovery(drilled), "10 to 20 min", incidents.compactMap(Self.recovery),
        within: .seconds(600) ... .seconds(1200)),
      Claim(
        what: "recovered at the first attempt", drill: "1 of 1", says: "98 to 99 %",
        simulated: Figures.percent(Int64(succeeded.count), of: Int64(ended.count), decimals: 1),
        holds: succeeded.count * 100 >= ended.count * 98),
    ]
  }

  private func claim(
    _ what: String, _ drill: Duration?, _ says: String, _ values: [Duration], within range: ClosedRange<Duration>
  ) -> Claim {
    let summary = Summary(values)
    guard let least = summary.minimum, let most = summary.maximum else {
      return Claim(what: what, drill: text(drill), says: says, simulated: "no incident", holds: false)
    }
    return Claim(
      what: what, drill: text(drill), says: says,
      simulated: least == most ? text(least) : "\(text(least)) to \(text(most))",
      holds: range.contains(least) && range.contains(most))
  }

  private func text(_ duration: Duration?) -> String { duration.map(Figures.human) ?? "–" }

  private static func decision(_ incident: Incident?) -> Duration? {
    guard let started = incident?.failoverStarted, let detected = incident?.detected else { return nil }
    return started - detected
  }

  private static func transition(_ incident: Incident?) -> Duration? {
    guard let started = incident?.failoverStarted, let served = incident?.degradedService else { return nil }
    return served - started
  }

  private static func recovery(_ incident: Incident?) -> Duration? {
    guard let started = incident?.attempts.first, let served = incident?.fullService else { return nil }
    return served - started
  }
}
