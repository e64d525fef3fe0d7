import Failover
import FailoverSim

/// Everything about one run as a JSON document, for programs and for people with `jq`.
///
/// Every time and duration is a number of seconds, exact to the nanosecond; instants count from the start of
/// the run. Amounts of data are whole bytes, amounts of money US dollars, both exact. What did not happen is
/// `null`.
///
/// | key | holds |
/// |---|---|
/// | `schemaVersion` | 1; raised when a key changes its meaning or goes away |
/// | `kind` | `run` |
/// | `units` | the units above, for readers without this text |
/// | `scenario`, `life`, `workload`, `seed` | what was played; a life is a `drill` or an `operation` |
/// | `fingerprint` | 16 hexadecimal digits over every event and count |
/// | `length` | virtual time from the start to the end |
/// | `phases` | drill: the script's phases; operation: the mean of each phase of an incident |
/// | `counts` | how often the routine succeeded, and how many events of some kinds there are |
/// | `metrics` | `mttd`, `mttrDegraded`, `mttrFull`, `rpo`, `lostWork`: means over the incidents; more below |
/// | `incidents` | one failover each: its instants, how long things took, and its phases as far as they are over |
/// | `failoverTests` | one record each of what snapshot and inference took, by the published names, in milliseconds |
/// | `health` | operation: targets met or missed, and alerts |
/// | `score` | the marks by the rubric that was asked for, each with the figures behind it |
/// | `expectations` | what the scenario expects, and whether it held |
/// | `violations` | what must always hold and did not, one sentence each |
/// | `simulation` | what the simulation's kernel counted |
/// | `timeline` | who served, the phases of script and orchestrator, and the lives of machines: track, name, start and end |
/// | `events` | the log: time, lane, kind, and the fields of that kind; last, because it is long |
///
/// The document of a fleet has `workspaces` in place of `phases`, `counts`, `incidents`, `failoverTests`, `simulation`,
/// `timeline` and `events`: an array of documents with all of these, one a workspace; and `standbys`, the number of machines that they
/// share. Its metrics are those of all workspaces together, with the costs of one month of one workspace as
/// `costPerMonth`.
///
/// Among the metrics, `availability` is the shares of `serviceTime`, from 0 to 1, rounded to nine decimals,
/// and `distributions` the spread of what the means at the top are means of. `cost` is that of the run by item,
/// `costPerMonth` the same scaled to 30 days; `costOfIncidents` is what was spent between faults and full service, and
/// the price of the work that was lost, as is the `cost` of each incident. `lostWork` is the work to be done again, in
/// seconds: the mean of an incident, or that of one. `training` says what became of the `served` seconds of GPUs: the
/// `progress` at the end, the time `paused` for checkpoints, and the rest lost; it is `null` for other workloads.
public enum JSONReport {
  public static let schemaVersion = 1

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public static func render(_ run: Run, rubric: Rubric? = nil) throws -> String {
    try value(of: run, rubric: rubric).document()
  }

  /// The document before it is written down.
  static func value(of run: Run, rubric: Rubric?) -> JSONValue {
    run.companions.isEmpty ? document(of: run, rubric: rubric) : fleet(run, rubric)
  }

  /// A fleet: the figures of all workspaces together, then a document for each.
  private static func fleet(_ run: Run, _ rubric: Rubric?) -> JSONValue {
    [
      "schemaVersion": .number(schemaVersion),
      "kind": "run",
      "units": .line(["time": "seconds", "data": "bytes", "money": "US dollars"]),
      "scenario": .text(run.scenario.name),
      "life": "operation",
      "seed": .number(run.seed),
      "fingerprint": .text(run.fingerprint.description),
      "length": .seconds(run.length),
      "standbys": run.scenario.standbySharing.map { .number($0.machines) } ?? .null,
      "metrics": figures(of: MetricInputs(run).metrics),
      "health": HealthReport(run).json,
      "score": rubric.map { Scorecard($0, MetricTable(run)).json } ?? .null,
      "expectations": .array(Expectation.outcomes(in: run).map(expectation)),
      "violations": .array(run.violations.map(JSONValue.text)),
      "workspaces": .array(run.workspaces.map { document(of: $0.alone, rubric: nil) }),
    ]
  }

  private static func document(of run: Run, rubric: Rubric?) -> JSONValue {
    let metrics = Metrics(run)
    return [
      "schemaVersion": .number(schemaVersion),
      "kind": "run",
      "units": .line(["time": "seconds", "data": "bytes", "money": "US dollars"]),
      "scenario": .text(run.scenario.name),
      "life": .text(run.isDrill ? "drill" : "operation"),
      "workload": .text(run.scenario.workload.kind.rawValue),
      "seed": .number(run.seed),
      "fingerprint": .text(run.fingerprint.description),
      "length": .seconds(run.length),
      "phases": phases(run.phaseTimes),
      "counts": counts(of: run),
      "metrics": figures(of: metrics),
      "incidents": .array(incidents(of: run, metrics)),
      "failoverTests": .array(FailoverRecord.all(of: run).map(\.json)),
      "health": run.isDrill ? .null : HealthReport(run).json,
      "score": rubric.map { Scorecard($0, MetricTable(run)).json } ?? .null,
      "expectations": .array(Expectation.outcomes(in: run).map(expectation)),
      "violations": .array(run.violations.map(JSONValue.text)),
      "simulation": .line([
        "wakeUps": .number(run.statistics.wakeUps),
        "advancesInPlace": .number(run.statistics.advancesInPlace),
        "skippedRounds": .number(run.statistics.skippedRounds),
      ]),
      "timeline": .array(TraceMarks(run).spans.map(span)),
      "events": .array(run.events.map(event)),
    ]
  }

  private static func phases(_ phases: [(name: String, duration: Duration)]) -> JSONValue {
    .array(phases.map { .line(["name": .text($0.name), "seconds": .seconds($0.duration)]) })
  }

  private static func counts(of run: Run) -> JSONValue {
    let routine = run.counts
    var members: [(key: String, value: JSONValue)] = [
      ("events", .number(run.events.count)),
      ("checksPassed", .number(routine.checksPassed)),
      ("syncsCompleted", .number(routine.syncsCompleted)),
      ("bytesSynced", .number(routine.bytesSynced.bytes)),
      (
        "syncTime",
        .line([
          "total": .seconds(routine.syncTime), "min": .seconds(routine.shortestSync),
          "max": .seconds(routine.longestSync),
        ])
      ),
    ]
    let snapshots = routine.snapshots
    members += [
      ("snapshotsSaved", .number(snapshots.saved)), ("snapshotsWhole", .number(snapshots.whole)),
      ("snapshotsDeleted", .number(snapshots.deleted)),
      ("bytesStored", .number(snapshots.stored.bytes)),
      ("bytesKeptOnAverage", .number(snapshots.meanKept(until: run.length).bytes)),
      (
        "snapshotTime",
        .line([
          "total": .seconds(snapshots.saveTime), "min": .seconds(snapshots.shortestSave),
          "max": .seconds(snapshots.longestSave),
        ])
      ),
    ]
    members += run.eventCounts.map { ($0.key, .number($0.count)) }
    return .object(members)
  }

  private static func figures(of metrics: Metrics) -> JSONValue {
    let summaries = FigureNames.summaries.map { (key: $0.key, summary: metrics[keyPath: $0.figure]) }
    let (availability, bill) = (metrics.availability, metrics.bill)
    let rest: [(key: String, value: JSONValue)] = [
      ("availability", services { .optional(availability[keyPath: $0].shareText(of: availability.total)) }),
      ("serviceTime", services { .seconds(availability[keyPath: $0]) }),
      ("interruptions", .number(metrics.interruptions)),
      ("falseFailovers", .number(metrics.falseFailovers)),
      ("unsyncedBytes", .number(metrics.unsynced.bytes)),
      ("lostWorkTotal", .seconds(metrics.lostWork.total)),
      ("connectionsCut", .number(metrics.connectionsCut)),
      ("training", training(metrics.lostWork.training)),
      ("cost", cost(bill.whole)),
      ("costPerMonth", cost(bill.month)),
      ("costOfIncidents", cost(bill.allIncidents)),
      ("distributions", .object(summaries.map { ($0.key, distribution($0.summary)) })),
    ]
    return .object(summaries.map { ($0.key, .seconds($0.summary.mean)) } + rest)
  }

  private static func training(_ training: TrainingProgress?) -> JSONValue {
    training.map {
      .line([
        "served": .seconds($0.served), "progress": .seconds($0.progress), "paused": .seconds($0.paused),
        "checkpoints": .number($0.checkpoints),
      ])
    } ?? .null
  }

  private static func cost(_ cost: Cost) -> JSONValue {
    let items = CostItem.allCases.map { (key: $0.rawValue, value: JSONValue.literal(cost[$0].dollarsText)) }
    return .line(.object(items + [("total", .literal(cost.total.dollarsText))]))
  }

  private static func cost(_ incident: IncidentCost) -> JSONValue {
    .line([
      "spent": .literal(incident.spent.total.dollarsText), "lostWork": .literal(incident.lostWork.dollarsText),
    ])
  }

  private static func services(_ value: (KeyPath<Availability, Duration>) -> JSONValue) -> JSONValue {
    .line(["full": value(\.full), "degraded": value(\.degraded), "down": value(\.down)])
  }

  private static func distribution(_ summary: Summary) -> JSONValue {
    .line([
      "count": .number(summary.count), "mean": .seconds(summary.mean), "p50": .seconds(summary.median),
      "p95": .seconds(summary.percentile95), "min": .seconds(summary.minimum),
      "max": .seconds(summary.maximum),
    ])
  }

  private static func incidents(of run: Run, _ metrics: Metrics) -> [JSONValue] {
    let incidents = Incident.all(in: run.events)
    return incidents.indices.map {
      incident(incidents[$0], metrics.lostWork.incidents[$0], metrics.bill.incidents[$0])
    }
  }

  private static func incident(_ incident: Incident, _ lost: Duration?, _ bill: IncidentCost) -> JSONValue {
    [
      "instance": .text(incident.instance.rawValue),
      "isFalse": .literal("\(incident.isFalse)"),
      "cause": incident.cause.map(JSONValue.text) ?? .null,
      "unsyncedBytes": incident.unsynced.map { .number($0.bytes) } ?? .null,
      "lastSyncStarted": .seconds(incident.lastSync?.started),
      "lastSyncCompleted": .seconds(incident.lastSync?.completed),
      "fault": .seconds(incident.fault),
      "detected": .seconds(incident.detected),
      "warmFailoverStarted": .seconds(incident.warmFailoverStarted),
      "warmFailoverFailed": .seconds(incident.warmFailoverFailed),
      "keptVolume": .literal("\(incident.keptVolume)"),
      "failoverStarted": .seconds(incident.failoverStarted),
      "degradedService": .seconds(incident.degradedService),
      "failoverCompleted": .seconds(incident.failoverCompleted),
      "attempts": .line(.array(incident.attempts.map(JSONValue.seconds))),
      "offerFound": .seconds(incident.offerFound),
      "instanceRunning": .seconds(incident.instanceRunning),
      "sshReady": .seconds(incident.sshReady),
      "restoreCompleted": .seconds(incident.restoreCompleted),
      "inferenceCompleted": .seconds(incident.inferenceCompleted),
      "failbackStarted": .seconds(incident.failbackStarted),
      "fullService": .seconds(incident.fullService),
      "timeToDetect": .seconds(incident.timeToDetect),
      "timeToDegradedService": .seconds(incident.timeToDegradedService),
      "timeToFullService": .seconds(incident.timeToFullService),
      "recoveryPoint": .seconds(incident.recoveryPoint),
      "lostWork": .seconds(lost),
      "cost": cost(bill),
      "phases": phases(incident.phases.map { ($0.name, $0.duration) }),
    ]
  }

  private static func expectation(_ outcome: Expectation.Outcome) -> JSONValue {
    .line([
      "figure": .text(outcome.expectation.figure.name),
      "atLeast": outcome.expectation.atLeast?.json ?? .null,
      "atMost": outcome.expectation.atMost?.json ?? .null, "value": outcome.value?.json ?? .null,
      "holds": .literal("\(outcome.holds)"),
    ])
  }

  private static func span(_ mark: TraceMark) -> JSONValue {
    .line([
      "track": .text(mark.track.name), "kind": .text(mark.category), "name": .text(mark.name),
      "start": .seconds(mark.start), "end": .seconds(mark.start + mark.length),
    ])
  }

  private static func event(_ event: Event) -> JSONValue {
    let head: [(key: String, value: JSONValue)] = [
      ("t", .seconds(event.time)), ("lane", .text(event.lane.description)),
      ("kind", .text(event.kind.name)),
    ]
    return .line(.object(head + event.kind.fields.map { ($0.jsonKey, $0.value.json) }))
  }
}
