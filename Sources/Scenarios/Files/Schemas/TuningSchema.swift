/// The schema of `TuningDocument`.
enum TuningSchema {
  static func document(_ title: String) -> JSONValue {
    let setting = JSONSchema.nullable(JSONSchema.reference("setting"))
    let objective = JSONSchema.object([
      ("figure", JSONSchema.text), ("direction", JSONSchema.words(Objective.Direction.allCases.map(\.rawValue))),
    ])
    let alternative = JSONSchema.object([("number", SweepSchema.number), ("why", JSONSchema.text)])
    let importance = JSONSchema.object([
      ("parameter", JSONSchema.text), ("first", share), ("total", share),
    ])
    let cellNumber: JSONValue = JSONSchema.nullable(JSONSchema.integer)
    return JSONSchema.document(
      title,
      JSONSchema.object([
        ("schemaVersion", JSONSchema.constant(1)), ("kind", JSONSchema.words(["tuning"])),
        ("scenario", JSONSchema.text),
        ("objective", objective), ("against", JSONSchema.text), ("limits", JSONSchema.array(JSONSchema.text)),
        ("units", SweepSchema.units), ("seed", JSONSchema.count),
        ("replications", JSONSchema.object(["each", "played", "fullGrid"].map { ($0, JSONSchema.count) })),
        ("recommended", setting), ("nearestMiss", setting), ("knee", cellNumber), ("asWritten", cellNumber),
        ("alternatives", JSONSchema.array(alternative)), ("front", JSONSchema.array(SweepSchema.number)),
        ("importance", JSONSchema.nullable(JSONSchema.array(importance))), ("importanceReplications", JSONSchema.count),
        ("cells", JSONSchema.array(SweepSchema.cell(more))),
      ]), definitions: SweepSchema.definitions + [("setting", Self.setting)])
  }

  private static let share: JSONValue = .line(["type": "number", "minimum": .number(0), "maximum": .number(1)])

  private static var setting: JSONValue {
    JSONSchema.object([
      ("number", SweepSchema.number), ("parameters", SweepSchema.parameters), ("options", JSONSchema.text),
    ])
  }

  /// What a tuning says of a cell besides what a sweep does.
  private static var more: [(key: String, value: JSONValue)] {
    let reasons = JSONSchema.nullable(JSONSchema.words(Selection.Reason.allCases.map(\.rawValue)))
    let standings = JSONSchema.words(TunedCell.LimitStanding.allCases.map(\.rawValue))
    return [
      ("isDropped", JSONSchema.bool), ("dropped", reasons), ("meetsLimits", JSONSchema.bool),
      ("limits", JSONSchema.array(standings)), ("onFront", JSONSchema.bool), ("isKnee", JSONSchema.bool),
      ("recommended", JSONSchema.bool), ("objective", SweepSchema.optionalNumber),
      ("against", SweepSchema.optionalNumber),
    ]
  }
}
