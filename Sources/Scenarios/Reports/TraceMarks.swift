import Failover

/// One lane of a trace.
enum TraceTrack: Hashable {
  case script
  /// Incidents, one after the other; those that overlap with one on the first lane are on a second, and so
  /// on.
  case incidents(Int)
  case endpoint
  case orchestrator
  case marketplace
  case machine(Lane, MachinePart)

  /// A machine is checked while it is being synced, so each has a lane of its own.
  enum MachinePart: Int {
    case life
    case transfers
    case checks
  }

  init(_ lane: Lane, _ part: MachinePart = .life) {
    switch lane {
    case .script: self = .script
    case .endpoint: self = .endpoint
    case .orchestrator: self = .orchestrator
    case .marketplace: self = .marketplace
    case .gpu, .standby, .store: self = .machine(lane, part)
    }
  }

  var name: String {
    switch self {
    case .script: "script"
    case .incidents(0): "incidents"
    case .incidents(let number): "incidents \(number + 1)"
    case .endpoint: "endpoint"
    case .orchestrator: "orchestrator"
    case .marketplace: "marketplace"
    case .machine(let lane, .life): lane.description
    case .machine(let lane, .transfers): "\(lane) transfers"
    case .machine(let lane, .checks): "\(lane) checks"
    }
  }
}

/// Something to be seen in a trace: a slice, or an instant when it has no length.
struct TraceMark {
  var track: TraceTrack
  var name: String
  /// Groups marks for filters: what kind of thing this is.
  var category: String
  var start: Duration
  var length = Duration.zero
  var arguments: [(key: String, value: JSONValue)] = []
}

/// Turns the log of a run into marks; one that holds others is always put before them.
struct TraceMarks {
  private(set) var marks: [TraceMark] = []
  private let end: Duration

  init(_ run: Run) {
    end = run.length
    marks += Self.incidentMarks(Incident.all(in: run.events), until: end)
    for span in ServiceSpan.all(in: run.events, until: end) {
      marks.append(
        TraceMark(
          track: .endpoint, name: span.level.rawValue, category: "service", start: span.start,
          length: span.duration))
    }
    for phase in Phase.ofScript(in: run.events) {
      marks.append(
        TraceMark(
          track: .script, name: phase.name, category: "script", start: phase.start, length: phase.duration))
    }
    addLog(run.events)
  }

  /// What has a length and is no routine: who served, the phases of the script and of the orchestrator, and the lives of
  /// machines.
  var spans: [TraceMark] {
    marks.filter { ["service", "script", "phase", "machine"].contains($0.category) && $0.length > .zero }
  }

  // MARK: The log

  private mutating func addLog(_ events: [Event]) {
    var ends = EndTimes(of: events, until: end)
    for event in events {
      switch event.kind {
      case .scriptPhaseStarted, .scriptPhaseEnded: break
      case .phaseChanged(_, let phase):
        add(event, named: phase.rawValue, "phase", until: ends.nextPhaseEnd())
      case .primaryAdopted(let instance), .standbyCreated(let instance, _):
        add(event, named: "machine \(instance.id)", "machine", until: ends.lifeEnd(of: instance.id))
      case .instanceCreated(let id, _):
        add(event, named: "machine \(id)", "machine", until: ends.lifeEnd(of: id))
      case .syncCompleted(let report):
        add(event, named: "sync", .transfers, lasting: report.duration)
      case .finalSyncCompleted(let report):
        add(event, named: "final sync", .transfers, lasting: report.duration)
      case .restoreCompleted(let report):
        add(event, named: "restore", .transfers, lasting: report.duration)
      case .snapshotSaved(let report):
        add(event, named: "snapshot", .transfers, lasting: report.duration)
      case .snapshotRestored(let report):
        add(event, named: "restore", .transfers, lasting: report.duration)
      case .inferencePassed(let report):
        add(event, named: "inference", .transfers, lasting: report.load + report.answer)
      case .checkPassed(let duration): add(event, named: "check", .checks, lasting: duration)
      default: add(event, named: event.kind.name, "event", until: event.time)
      }
    }
  }

  /// Something that begins with its event.
  private mutating func add(
    _ event: Event, named name: String, _ category: String, until end: Duration
  ) {
    marks.append(
      TraceMark(
        track: TraceTrack(event.lane), name: name, category: category, start: event.time,
        length: end - event.time, arguments: event.arguments))
  }

  /// Something that ends with its event.
  private mutating func add(
    _ event: Event, named name: String, _ part: TraceTrack.MachinePart, lasting length: Duration
  ) {
    marks.append(
      TraceMark(
        track: TraceTrack(event.lane, part), name: name, category: "routine", start: event.time - length,
        length: length, arguments: event.arguments))
  }

  // MARK: Incidents

  /// Each incident with its phases in it; an incident that has no end yet lasts until `end`.
  static func incidentMarks(_ incidents: [Incident], until end: Duration) -> [TraceMark] {
    var marks: [TraceMark] = []
    var laneEnds: [Duration] = []
    for incident in incidents {
      guard let start = incident.start else { continue }
      let incidentEnd = incident.fullService ?? end
      let lane = laneEnds.firstIndex { $0 <= start } ?? laneEnds.count
      if lane == laneEnds.count { laneEnds.append(incidentEnd) } else { laneEnds[lane] = incidentEnd }
      let kind = incident.isFalse ? "false failover" : "incident"
      marks.append(
        TraceMark(
          track: .incidents(lane), name: "\(kind): gpu \(incident.instance)", category: "incident",
          start: start, length: incidentEnd - start, arguments: figures(of: incident)))
      marks += incident.phases.map { phase in
        TraceMark(
          track: .incidents(lane), name: phase.name, category: "incident", start: phase.start,
          length: phase.duration)
      }
    }
    return marks
  }

  private static func figures(of incident: Incident) -> [(key: String, value: JSONValue)] {
    let figures: [(key: String, value: JSONValue)] = [
      ("cause", incident.cause.map(JSONValue.text) ?? .null),
      ("mttd_s", .seconds(incident.timeToDetect)),
      ("mttrDegraded_s", .seconds(incident.timeToDegradedService)),
      ("mttrFull_s", .seconds(incident.timeToFullService)),
      ("rpo_s", .seconds(incident.recoveryPoint)),
      ("unsynced_bytes", incident.unsynced.map { .number($0.bytes) } ?? .null),
      ("attempts", .number(incident.attempts.count)),
    ]
    return figures.filter { if case .null = $0.value { false } else { true } }
  }
}

extension Event {
  fileprivate var arguments: [(key: String, value: JSONValue)] {
    kind.fields.map { ($0.header, $0.value.json) }
  }
}

/// When what begins in a log ends: a phase with the next one, a machine's life with its interruption or
/// destruction.
private struct EndTimes {
  private var phaseEnds: [Duration]
  private var nextPhase = 0
  private var lifeEnds: [InstanceID: Duration] = [:]
  private let end: Duration

  init(of events: [Event], until end: Duration) {
    self.end = end
    var changes: [Duration] = []
    for event in events {
      switch event.kind {
      case .phaseChanged: changes.append(event.time)
      case .interrupted(let id, _, _), .instanceDestroyed(let id), .standbyLost(let id, _, _),
        .standbyDeactivated(let id):
        if lifeEnds[id] == nil { lifeEnds[id] = event.time }
      default: break
      }
    }
    phaseEnds = changes.dropFirst() + [end]
  }

  /// The end of the first phase, at the first call, then of the second, and so on.
  mutating func nextPhaseEnd() -> Duration {
    defer { nextPhase += 1 }
    return nextPhase < phaseEnds.count ? phaseEnds[nextPhase] : end
  }

  func lifeEnd(of id: InstanceID) -> Duration { lifeEnds[id] ?? end }
}
