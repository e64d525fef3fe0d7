import Scenarios

extension Comparison {
  /// The schema of what `render(.json)` gives.
  static func schema(_ title: String) -> JSONValue {
    let seconds = JSONSchema.array(JSONSchema.number)
    let phase = JSONSchema.object([
      ("phase", JSONSchema.text), ("real", seconds), ("simulated", seconds), ("realP50", JSONSchema.number),
      ("simulatedP50", JSONSchema.nullable(JSONSchema.number)), ("agrees", JSONSchema.bool),
      ("mainCall", JSONSchema.nullable(JSONSchema.text)),
    ])
    let value = JSONSchema.object([
      ("path", JSONSchema.text), ("unit", JSONSchema.text), ("median", JSONSchema.number), ("samples", seconds),
    ])
    return JSONSchema.document(
      title,
      JSONSchema.object([
        ("schemaVersion", JSONSchema.constant(1)), ("scenario", JSONSchema.text), ("drills", JSONSchema.count),
        ("calibratedWith", JSONSchema.count), ("units", JSONSchema.map(JSONSchema.text)),
        ("phases", JSONSchema.array(phase)), ("calibration", JSONSchema.array(value)),
      ]))
  }
}
