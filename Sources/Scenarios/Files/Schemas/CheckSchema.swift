/// The schema of `CheckDocument`.
enum CheckSchema {
  private static let optionalNumber = JSONSchema.nullable(JSONSchema.number)
  private static let optionalText = JSONSchema.nullable(JSONSchema.text)

  static func document(_ title: String) -> JSONValue {
    JSONSchema.document(
      title,
      JSONSchema.object([
        ("schemaVersion", JSONSchema.constant(1)), ("kind", JSONSchema.words(["check"])), ("status", status()),
        ("verdict", JSONSchema.text), ("updateCommand", optionalText), ("units", SweepSchema.units),
        ("checks", JSONSchema.array(["oneOf": .array([compared, refused])])),
      ]))
  }

  private static func status(_ all: [Check.Status] = Check.Status.allCases) -> JSONValue {
    JSONSchema.words(all.map(\.name))
  }

  private static func head(_ statuses: [Check.Status]) -> [(key: String, value: JSONValue)] {
    [
      ("baseline", JSONSchema.text), ("cell", JSONSchema.text), ("seeds", JSONSchema.text),
      ("status", status(statuses)),
    ]
  }

  private static var compared: JSONValue {
    let limit = JSONSchema.object([("limit", JSONSchema.text), ("value", optionalText), ("holds", JSONSchema.bool)])
    let phase = JSONSchema.object(
      [("name", JSONSchema.text)] + ["before", "after", "change"].map { ($0, JSONSchema.number) }
        + ["low", "high"].map { ($0, optionalNumber) } + [("isChanged", JSONSchema.bool)])
    return JSONSchema.object(
      head([.fine, .improved, .regressed]) + [
        ("where", optionalText), ("metrics", JSONSchema.array(metric)), ("limits", JSONSchema.array(limit)),
        ("phases", JSONSchema.array(phase)), ("distributions", JSONSchema.array(distribution)),
        ("strategyChanges", JSONSchema.array(JSONSchema.text)), ("notes", JSONSchema.array(JSONSchema.text)),
      ])
  }

  private static var refused: JSONValue { JSONSchema.object(head([.notComparable]) + [("reason", JSONSchema.text)]) }

  private static var metric: JSONValue {
    let verdicts = [Verdict.regressed, .improved, .noChange, .inconclusive(moreSeeds: nil)].map(\.name)
    return JSONSchema.object(
      [
        ("name", JSONSchema.text), ("unit", JSONSchema.words(MetricUnit.allCases.map(\.rawValue))),
        ("verdict", JSONSchema.words(verdicts)),
      ] + ["before", "after", "change", "low", "high"].map { ($0, optionalNumber) } + [
        ("tolerance", JSONSchema.number), ("moreSeeds", JSONSchema.nullable(JSONSchema.integer)),
      ])
  }

  private static var distribution: JSONValue {
    let values: JSONValue = [
      "type": "array", "items": JSONSchema.number, "maxItems": .number(DistributionChange.limit),
    ]
    let side = JSONSchema.object([("count", JSONSchema.count), ("values", values)])
    return JSONSchema.object([("name", JSONSchema.text), ("before", side), ("after", side)])
  }
}

/// The schema of a baseline: whole numbers only, in the steps that `Steps` has for each unit.
enum BaselineSchema {
  private static let step: JSONValue = .line([
    "type": "integer", "minimum": .number(-Steps.largest), "maximum": .number(Steps.largest),
  ])
  private static let hash: JSONValue = .line(["type": "string", "pattern": "^[0-9a-f]{16}$"])

  static func document(_ title: String) -> JSONValue {
    let metric = JSONSchema.object([
      ("tolerance", .line(["type": "integer", "minimum": .number(0), "maximum": .number(Steps.largest)])),
      (
        "unit",
        JSONSchema.words(MetricUnit.allCases.map(Steps.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
      ),
      ("value", step),
    ])
    let seeds = JSONSchema.object([
      ("count", .line(["type": "integer", "minimum": .number(1), "maximum": .number(Baseline.largestSeedCount)])),
      ("first", JSONSchema.count),
    ])
    let until = JSONSchema.nullable(
      .line(["type": "integer", "minimum": .number(1), "maximum": .number(Steps.largest / 1_000)]))
    let scenario = JSONSchema.object([
      ("file", JSONSchema.text), ("hash", hash), ("name", JSONSchema.text),
      ("settings", JSONSchema.array(JSONSchema.text)),
      ("trace", JSONSchema.nullable(JSONSchema.text)), ("until", until),
    ])
    return JSONSchema.document(
      title,
      JSONSchema.object([
        ("fingerprint", hash), ("metrics", JSONSchema.map(metric)), ("modelVersion", JSONSchema.integer),
        ("phases", JSONSchema.map(JSONSchema.array(step))),
        ("samples", JSONSchema.map(JSONSchema.array(JSONSchema.array(step)))), ("scenario", scenario),
        ("schemaVersion", JSONSchema.constant(Baseline.schemaVersion)), ("seeds", seeds),
        ("strategy", JSONSchema.map(JSONSchema.text)), ("world", JSONSchema.map(JSONSchema.text)),
      ]))
  }
}
