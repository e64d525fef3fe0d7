/// The schemas of what a sweep writes: `SweepDocument`, `SweepListing` and the lines of a `SweepRecord`.
enum SweepSchema {
  static let optionalNumber = JSONSchema.nullable(JSONSchema.number)
  static let number: JSONValue = .line(["type": "integer", "minimum": .number(1)])
  /// Plain numbers are numbers, values with units text.
  static let parameters = JSONSchema.map(.line(["type": .array(["number", "string"])]))

  static func document(_ title: String) -> JSONValue {
    JSONSchema.document(
      title,
      JSONSchema.object([
        ("schemaVersion", JSONSchema.constant(1)), ("kind", JSONSchema.words(["sweep"])), ("scenario", JSONSchema.text),
        ("replications", number), ("seed", JSONSchema.count), ("antithetic", JSONSchema.bool), ("complete", JSONSchema.bool),
        ("units", units), ("cells", JSONSchema.array(cell())),
      ]), definitions: definitions)
  }

  static let units = JSONSchema.object(
    ["time", "money", "availability", "falseFailovers"].map { (key: $0, value: JSONSchema.text) })

  /// What the schema of a cell refers to.
  static var definitions: [(key: String, value: JSONValue)] { [("figure", figure), ("interval", interval)] }

  /// - Parameter more: what is said of a cell besides, played or not.
  static func cell(_ more: [(key: String, value: JSONValue)] = []) -> JSONValue {
    let figures = Figure.names.map { (key: $0, value: JSONSchema.reference("figure")) }
    let violations = JSONSchema.object([("replications", number), ("first", JSONSchema.text)])
    let played = JSONSchema.object(
      [
        ("number", number), ("parameters", parameters), ("replications", number), ("incidents", JSONSchema.count),
        ("violations", violations), ("metrics", JSONSchema.object(figures)),
      ] + more, optional: ["violations"])
    let failed = JSONSchema.object(
      [
        ("number", number), ("parameters", parameters), ("error", JSONSchema.text), ("metrics", JSONSchema.object([])),
      ] + more)
    return ["oneOf": .array([played, failed])]
  }

  private static var figure: JSONValue {
    let statistics = Statistic.allCases.map { (key: $0.rawValue, value: optionalNumber) }
    let interval = JSONSchema.nullable(JSONSchema.reference("interval"))
    let intervals = Statistic.allCases.dropFirst().map { (key: $0.rawValue, value: interval) }
    return JSONSchema.object(
      [("samples", JSONSchema.count)] + statistics
        + [("ci95", interval), ("intervals", JSONSchema.object(intervals))])
  }

  private static var interval: JSONValue {
    ["type": "array", "items": optionalNumber, "minItems": .number(2), "maxItems": .number(2)]
  }

  static func listing(_ title: String) -> JSONValue {
    JSONSchema.document(
      title,
      JSONSchema.object([
        ("schemaVersion", JSONSchema.constant(1)), ("scenario", JSONSchema.text), ("replications", number),
        ("estimatedTime", optionalNumber),
        ("cells", JSONSchema.array(JSONSchema.object([("number", number), ("parameters", parameters)]))),
      ]))
  }

  /// The first line says of which sweep, each other one holds the result of a cell; what there is none of is left out.
  static func record(_ title: String) -> JSONValue {
    let header = JSONSchema.object([
      ("sweepRecord", JSONSchema.constant(1)), ("scenario", JSONSchema.text), ("sweep", JSONSchema.text),
      ("cells", number),
    ])
    let estimate = JSONSchema.object(
      ["value", "low", "high"].map { ($0, JSONSchema.number) }, optional: ["low", "high"])
    let statistics = Statistic.allCases.map(\.rawValue)
    let summary = JSONSchema.object(
      [("name", JSONSchema.words(Figure.names)), ("samples", JSONSchema.count)] + statistics.map { ($0, estimate) },
      optional: statistics)
    let result = JSONSchema.object(
      [
        ("replications", number), ("incidents", JSONSchema.count), ("violated", JSONSchema.count),
        ("firstViolation", JSONSchema.text), ("figures", JSONSchema.array(summary)),
      ], optional: ["firstViolation"])
    let line = JSONSchema.object([("cell", number), ("result", result)])
    return JSONSchema.document(title, ["oneOf": .array([header, line])])
  }
}

/// The schema of a comparison.
enum ComparisonSchema {
  static func document(_ title: String) -> JSONValue {
    let optionalNumber = JSONSchema.nullable(JSONSchema.number)
    // A figure of what never happened in any run is left out.
    let metrics = MetricTable.names.map { (key: $0, value: JSONSchema.number) }
    let hindrance = JSONSchema.object([("cause", JSONSchema.text), ("incidents", JSONSchema.count)])
    let entry = JSONSchema.object([
      ("name", JSONSchema.text), ("summary", JSONSchema.text), ("strategy", JSONSchema.text),
      ("incidents", JSONSchema.count), ("timesToFullService", JSONSchema.array(JSONSchema.number)),
      ("metrics", JSONSchema.object(metrics, optional: MetricTable.names)),
      ("overheadPerHourGained", optionalNumber), ("score", JSONSchema.nullable(JSONSchema.reference("score"))),
      ("hindrances", JSONSchema.array(hindrance)), ("violations", JSONSchema.array(JSONSchema.text)),
    ])
    let figure = JSONSchema.object([
      ("label", JSONSchema.text), ("unit", JSONSchema.nullable(JSONSchema.words(MetricUnit.allCases.map(\.rawValue)))),
      ("better", JSONSchema.words(MetricDefinition.Better.allCases.map(\.rawValue))),
      ("values", JSONSchema.array(optionalNumber)), ("best", JSONSchema.array(JSONSchema.count)),
    ])
    let texts = ["scenario", "document", "strategy", "claim", "says", "simulated", "outcome", "why"]
    let counts = JSONSchema.object(["sooner", "within", "later"].map { ($0, JSONSchema.count) })
    let claim = JSONSchema.object(
      texts.map { ($0, JSONSchema.text) } + [
        ("seeds", JSONSchema.count), ("incidents", JSONSchema.count), ("isAssumed", JSONSchema.bool),
        ("counts", JSONSchema.nullable(counts)), ("note", JSONSchema.nullable(JSONSchema.text)),
      ])
    let difference = JSONSchema.object([
      ("scenario", JSONSchema.text), ("from", JSONSchema.text), ("figure", JSONSchema.text), ("pairs", JSONSchema.count),
      ("mean", optionalNumber), ("halfWidth", optionalNumber), ("isClear", JSONSchema.bool),
    ])
    return JSONSchema.document(
      title,
      JSONSchema.object([
        ("schemaVersion", JSONSchema.constant(1)), ("kind", JSONSchema.words(["comparison"])),
        ("units", RunSchema.units), ("seeds", JSONSchema.count), ("scenarios", JSONSchema.array(entry)),
        ("figures", JSONSchema.array(figure)), ("winners", JSONSchema.array(JSONSchema.text)),
        ("differences", JSONSchema.array(difference)), ("claims", JSONSchema.array(claim)),
      ]), definitions: [("score", ScoreSchema.card)])
  }
}

/// The schema of a Chrome trace as `TraceReport` writes it.
enum TraceSchema {
  static func document(_ title: String) -> JSONValue {
    let common: [(key: String, value: JSONValue)] = [
      ("ts", JSONSchema.number), ("pid", JSONSchema.count), ("tid", JSONSchema.count), ("name", JSONSchema.text),
    ]
    let arguments: JSONValue = .line(["type": "object"])
    let event = common + [("cat", JSONSchema.text), ("args", arguments)]
    func phase(_ name: String) -> (key: String, value: JSONValue) { ("ph", JSONSchema.words([name])) }
    let kinds = [
      JSONSchema.object([phase("M")] + common + [("args", arguments)]),
      JSONSchema.object([phase("X")] + event + [("dur", JSONSchema.number)]),
      JSONSchema.object([phase("i")] + event + [("s", JSONSchema.words(["t"]))]),
    ]
    let other = JSONSchema.object([("seed", JSONSchema.text), ("fingerprint", JSONSchema.text)])
    return JSONSchema.document(
      title,
      JSONSchema.object([
        ("displayTimeUnit", JSONSchema.words(["ms"])), ("otherData", other),
        ("traceEvents", JSONSchema.array(["oneOf": .array(kinds)])),
      ]))
  }
}
