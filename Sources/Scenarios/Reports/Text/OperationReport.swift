import Failover

/// A long run: its first incidents event by event, then all of them as a table, then where the time goes.
struct OperationReport {
  let run: Run
  let style: Style
  let incidentsInDetail: Int

  private var incidents: [Incident] { Incident.all(in: run.events) }

  var lines: [String] {
    let incidents = incidents
    guard !incidents.isEmpty else { return ["", "  No GPU was lost in this time."] }
    let slow = SlowRecoveries(events: run.events, incidents: incidents, style: style)
    return detailed(incidents) + table(incidents) + slow.lines + breakdown(incidents)
  }

  private func detailed(_ incidents: [Incident]) -> [String] {
    let timeline = Timeline(style: style, isDrill: false)
    return incidents.prefix(incidentsInDetail).enumerated().flatMap { index, incident in
      let start = incident.start ?? .zero
      let end = incident.fullService.map { $0 + .seconds(1) } ?? run.length
      let title = "Incident \(index + 1) of \(incidents.count)"
      return ["", "  " + style(title, .heading)]
        + timeline.excerpt(run.events, from: start - .seconds(1), to: end, origin: start)
    }
  }

  private func table(_ incidents: [Incident]) -> [String] {
    var table = TextTable([
      ("#", .right), ("GPU lost at", .right), ("detect", .right), ("degraded after", .right),
      ("full after", .right), ("attempts", .right), ("data age", .right), ("not copied", .right),
    ])
    func text(_ duration: Duration?) -> String { duration.map(Figures.human) ?? "–" }
    for (index, incident) in incidents.enumerated() {
      table.add(
        [
          "\(index + 1)", incident.fault.map(Figures.clock) ?? "no fault", text(incident.timeToDetect),
          text(incident.timeToDegradedService), text(incident.timeToFullService),
          "\(incident.attempts.count)", text(incident.recoveryPoint),
          incident.unsynced?.description ?? "–",
        ], tone: incident.isFalse ? .warning : nil)
    }
    return ["", "  " + style("Incidents", .heading)] + table.lines(style)
  }

  /// The mean of each phase over the incidents that reached full service: why the time to full service is what it is.
  private func breakdown(_ incidents: [Incident]) -> [String] {
    let complete = incidents.filter { $0.timeToFullService != nil }
    guard !complete.isEmpty else { return [] }
    let phases = Phases.mean(of: complete)
    let total = phases.reduce(Duration.zero) { $0 + $1.duration }
    var table = TextTable([("phase", .left), ("mean", .right), ("share", .right), ("", .left)])
    for phase in phases {
      table.add(
        [
          phase.name, Figures.human(phase.duration),
          Figures.percent(phase.duration, of: total, decimals: 1),
          Figures.bar(phase.duration, of: total, width: 40),
        ])
    }
    table.add(["full service after", Figures.human(total), "", ""], tone: .strong)
    return ["", "  " + style("Where the time to full service goes", .heading)] + table.lines(style)
  }
}

/// The phases of incidents, put together.
enum Phases {
  /// The mean of each phase over `incidents`, a phase that did not occur counting as zero; in order of occurrence.
  static func mean(of incidents: [Incident]) -> [(name: String, duration: Duration)] {
    let phases = incidents.flatMap(\.phases)
    return Incident.phaseNames.compactMap { name in
      let durations = phases.filter { $0.name == name }.map(\.duration)
      return durations.isEmpty ? nil : (name, durations.reduce(.zero, +) / incidents.count)
    }
  }
}
