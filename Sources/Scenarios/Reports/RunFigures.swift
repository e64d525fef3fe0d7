import Failover

/// The names that every report uses for the figures of a run.
enum FigureNames {
  /// What is summarised over the incidents of a run.
  static let summaries: [(key: String, figure: any KeyPath<Metrics, Summary> & Sendable)] = [
    ("mttd", \.timeToDetect),
    ("mttrDegraded", \.timeToDegradedService),
    ("mttrFull", \.timeToFullService),
    ("rpo", \.recoveryPoint),
    ("lostWork", \.lostWorkTime),
  ]

  /// What is counted by the kind of the event that records it.
  static let counts: [(key: String, kind: String)] = [
    ("checksFailed", "checkFailed"),
    ("syncsFailed", "syncFailed"),
    ("snapshotsFailed", "snapshotFailed"),
    ("detections", "faultDetected"),
    ("failoversCompleted", "failoverCompleted"),
    ("warmFailoversCompleted", "warmFailoverCompleted"),
    ("warmFailoversFailed", "warmFailoverFailed"),
    ("recoveryAttempts", "recoveryStarted"),
    ("restoresCompleted", "restoreCompleted"),
    ("snapshotsRestored", "snapshotRestored"),
    ("recoveriesCompleted", "recoveryCompleted"),
    ("notificationsDelivered", "notified"),
  ]
}

extension Run {
  /// Whether a script led the run.
  var isDrill: Bool { if case .drill = scenario.life { true } else { false } }

  /// How long the parts of the run took: for a drill the phases of its script; for an operation each phase of
  /// an incident, as the mean over the incidents that had a fault and reached full service.
  public var phaseTimes: [(name: String, duration: Duration)] {
    if isDrill { return Phase.ofScript(in: events).map { ($0.name, $0.duration) } }
    return Phases.mean(of: Incident.all(in: events).filter { $0.timeToFullService != nil })
  }

  /// How many events of each kind in `FigureNames.counts` the log holds, in that order.
  var eventCounts: [(key: String, count: Int)] {
    var byKind: [String: Int] = [:]
    for event in events { byKind[event.kind.name, default: 0] += 1 }
    return FigureNames.counts.map { ($0.key, byKind[$0.kind] ?? 0) }
  }
}
