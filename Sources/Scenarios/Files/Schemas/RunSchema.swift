import Failover
import FailoverSim

/// The schema of `JSONReport`: one workspace, or a fleet of them.
enum RunSchema {
  static func document(_ title: String) -> JSONValue {
    JSONSchema.document(
      title, ["oneOf": .array([JSONSchema.reference("single"), JSONSchema.reference("fleet")])],
      definitions: [
        ("single", single), ("fleet", fleet), ("metrics", metrics), ("health", health), ("incident", incident),
        ("event", event), ("failoverTest", failoverTest), ("cost", cost), ("score", ScoreSchema.card),
        ("expectation", expectation),
      ])
  }

  typealias Members = [(key: String, value: JSONValue)]

  /// Seconds, or `null` for what did not happen.
  private static let time = JSONSchema.nullable(JSONSchema.number)

  static let units = JSONSchema.object([
    ("time", JSONSchema.text), ("data", JSONSchema.text), ("money", JSONSchema.text),
  ])

  private static let optionalHealth = JSONSchema.nullable(JSONSchema.reference("health"))
  private static let optionalScore = JSONSchema.nullable(JSONSchema.reference("score"))
  private static let fingerprint: JSONValue = .line(["type": "string", "pattern": "^[0-9a-f]{16}$"])

  private static var head: Members {
    [
      ("schemaVersion", JSONSchema.constant(JSONReport.schemaVersion)), ("kind", JSONSchema.words(["run"])),
      ("units", units),
      ("scenario", JSONSchema.text),
    ]
  }

  private static var tail: Members {
    [
      ("health", optionalHealth), ("score", optionalScore),
      ("expectations", JSONSchema.array(JSONSchema.reference("expectation"))),
      ("violations", JSONSchema.array(JSONSchema.text)),
    ]
  }

  private static var single: JSONValue {
    let phase = JSONSchema.object([("name", JSONSchema.text), ("seconds", JSONSchema.number)])
    return JSONSchema.object(
      head + [
        ("life", JSONSchema.words(["drill", "operation"])),
        ("workload", JSONSchema.words(Workload.Kind.allCases.map(\.rawValue))),
        ("seed", JSONSchema.count), ("fingerprint", fingerprint), ("length", JSONSchema.number),
        ("phases", JSONSchema.array(phase)), ("counts", counts), ("metrics", JSONSchema.reference("metrics")),
        ("incidents", JSONSchema.array(JSONSchema.reference("incident"))),
        ("failoverTests", JSONSchema.array(JSONSchema.reference("failoverTest"))),
      ] + tail + [
        (
          "simulation",
          JSONSchema.object(["wakeUps", "advancesInPlace", "skippedRounds"].map { ($0, JSONSchema.count) })
        ),
        ("timeline", JSONSchema.array(span)), ("events", JSONSchema.array(JSONSchema.reference("event"))),
      ])
  }

  private static let span = JSONSchema.object([
    ("track", JSONSchema.text), ("kind", JSONSchema.text), ("name", JSONSchema.text), ("start", JSONSchema.number),
    ("end", JSONSchema.number),
  ])

  private static var fleet: JSONValue {
    JSONSchema.object(
      head + [
        ("life", JSONSchema.words(["operation"])), ("seed", JSONSchema.count), ("fingerprint", fingerprint),
        ("length", JSONSchema.number), ("standbys", JSONSchema.nullable(JSONSchema.count)),
        ("metrics", JSONSchema.reference("metrics")),
      ] + tail + [("workspaces", JSONSchema.array(JSONSchema.reference("single")))])
  }

  private static var counts: JSONValue {
    let spread = JSONSchema.object([("total", JSONSchema.number), ("min", time), ("max", time)])
    func numbers(_ names: [String]) -> Members { names.map { ($0, JSONSchema.count) } }
    return JSONSchema.object(
      numbers(["events", "checksPassed", "syncsCompleted", "bytesSynced"]) + [("syncTime", spread)]
        + numbers(["snapshotsSaved", "snapshotsWhole", "snapshotsDeleted", "bytesStored", "bytesKeptOnAverage"])
        + [("snapshotTime", spread)] + numbers(FigureNames.counts.map(\.key)))
  }

  private static var metrics: JSONValue {
    let names = FigureNames.summaries.map(\.key)
    let services = ["full", "degraded", "down"]
    let distribution = JSONSchema.object(
      [("count", JSONSchema.count)] + ["mean", "p50", "p95", "min", "max"].map { ($0, time) })
    let training = JSONSchema.object(
      ["served", "progress", "paused"].map { ($0, JSONSchema.number) } + [("checkpoints", JSONSchema.count)])
    let rest: Members = [
      ("availability", JSONSchema.object(services.map { ($0, time) })),
      ("serviceTime", JSONSchema.object(services.map { ($0, JSONSchema.number) })),
      ("interruptions", JSONSchema.count), ("falseFailovers", JSONSchema.count), ("unsyncedBytes", JSONSchema.count),
      ("lostWorkTotal", JSONSchema.number), ("connectionsCut", JSONSchema.count),
      ("training", JSONSchema.nullable(training)),
      ("cost", JSONSchema.reference("cost")), ("costPerMonth", JSONSchema.reference("cost")),
      ("costOfIncidents", incidentCost),
      ("distributions", JSONSchema.object(names.map { ($0, distribution) })),
    ]
    return JSONSchema.object(names.map { ($0, time) } + rest)
  }

  private static var cost: JSONValue {
    JSONSchema.object((CostItem.allCases.map(\.rawValue) + ["total"]).map { ($0, JSONSchema.number) })
  }

  private static var incidentCost: JSONValue {
    JSONSchema.object([("spent", JSONSchema.number), ("lostWork", JSONSchema.number)])
  }

  private static var incident: JSONValue {
    let phase = JSONSchema.object([("name", JSONSchema.text), ("seconds", JSONSchema.number)])
    func times(_ names: String...) -> Members { names.map { ($0, time) } }
    return JSONSchema.object(
      [
        ("instance", JSONSchema.text), ("isFalse", JSONSchema.bool), ("cause", JSONSchema.nullable(JSONSchema.text)),
        ("unsyncedBytes", JSONSchema.nullable(JSONSchema.count)),
      ]
        + times(
          "lastSyncStarted", "lastSyncCompleted", "fault", "detected", "warmFailoverStarted", "warmFailoverFailed")
        + [("keptVolume", JSONSchema.bool)]
        + times("failoverStarted", "degradedService", "failoverCompleted")
        + [("attempts", JSONSchema.array(JSONSchema.number))]
        + times(
          "offerFound", "instanceRunning", "sshReady", "restoreCompleted", "inferenceCompleted", "failbackStarted",
          "fullService", "timeToDetect", "timeToDegradedService", "timeToFullService", "recoveryPoint", "lostWork")
        + [("cost", incidentCost), ("phases", JSONSchema.array(phase))])
  }

  /// The fields of an event depend on its kind; each has one of the names that any kind's fields have.
  private static var event: JSONValue {
    let fields: Members = EventColumn.all.map {
      ($0.unit.jsonKey(of: $0.name), .line(["type": .array(["string", "number", "boolean"])]))
    }
    return JSONSchema.object(
      [("t", JSONSchema.number), ("lane", JSONSchema.text), ("kind", JSONSchema.words(EventKind.names))] + fields,
      optional: fields.map(\.key))
  }

  private static var failoverTest: JSONValue {
    let text = JSONSchema.nullable(JSONSchema.text)
    let count = JSONSchema.nullable(JSONSchema.count)
    return JSONSchema.object([
      ("failover_id", JSONSchema.text), ("gpu_instance_id", JSONSchema.text), ("snapshot_id", text),
      ("snapshot_size_bytes", count), ("snapshot_creation_time_ms", count), ("snapshot_compression", text),
      ("snapshot_storage", text), ("restore_time_ms", count), ("restore_download_time_ms", count),
      ("restore_decompress_time_ms", count), ("inference_model", text), ("inference_ready_time_ms", count),
      ("inference_success", JSONSchema.nullable(JSONSchema.bool)), ("total_time_ms", count),
      ("success", JSONSchema.bool),
    ])
  }

  private static var health: JSONValue {
    let target = JSONSchema.object([
      ("name", JSONSchema.text), ("metric", JSONSchema.words(MetricTable.names)),
      ("relation", JSONSchema.words(HealthTarget.Relation.allCases.map(\.rawValue))),
      ("unit", JSONSchema.words(MetricUnit.allCases.map(\.rawValue))), ("bound", JSONSchema.number),
      ("value", time), ("isMet", JSONSchema.nullable(JSONSchema.bool)),
    ])
    let alert = JSONSchema.object([
      ("t", JSONSchema.number), ("rule", JSONSchema.words(AlertRule.Watched.allCases.map(\.rawValue))),
      ("threshold", JSONSchema.number), ("value", JSONSchema.number), ("detail", JSONSchema.text),
    ])
    return JSONSchema.object([("targets", JSONSchema.array(target)), ("alerts", JSONSchema.array(alert))])
  }

  private static var expectation: JSONValue {
    JSONSchema.object([
      ("figure", JSONSchema.text), ("atLeast", time), ("atMost", time), ("value", time), ("holds", JSONSchema.bool),
    ])
  }
}

/// The schema of a rubric's marks, which several documents hold.
enum ScoreSchema {
  static var card: JSONValue {
    let mark = JSONSchema.nullable(.line(["type": "number", "minimum": .number(0), "maximum": .number(10)]))
    let share: JSONValue = .line(["type": "number", "minimum": .number(0), "maximum": .number(1)])
    let units = JSONSchema.nullable(JSONSchema.words(MetricUnit.allCases.map(\.rawValue)))
    let component = JSONSchema.object([
      ("metric", JSONSchema.text), ("unit", units), ("value", JSONSchema.nullable(JSONSchema.number)),
      ("weight", share), ("score", mark),
    ])
    let category = JSONSchema.object([
      ("name", JSONSchema.text), ("weight", share), ("score", mark),
      ("notMeasurable", JSONSchema.nullable(JSONSchema.text)), ("components", JSONSchema.array(component)),
    ])
    return JSONSchema.object([
      ("rubric", JSONSchema.text), ("score", mark), ("coverage", share), ("isScripted", JSONSchema.bool),
      ("categories", JSONSchema.array(category)),
    ])
  }
}
