import Scenarios

extension DrillRecord {
  /// The schema of one line.
  static func schema(_ title: String) -> JSONValue {
    let optional: [(key: String, value: JSONValue)] = [
      ("failure", JSONSchema.text), ("detection", JSONSchema.count), ("degradedService", JSONSchema.count),
      ("fullService", JSONSchema.count), ("lostWrites", JSONSchema.count), ("lostAge", JSONSchema.count),
      ("cost", JSONSchema.count),
    ]
    return JSONSchema.document(
      title,
      JSONSchema.object(
        [
          ("schemaVersion", JSONSchema.constant(schemaVersion)), ("endedAt", JSONSchema.integer),
          ("scenario", JSONSchema.text), ("place", JSONSchema.words(Place.allCases.map(\.rawValue))),
        ] + optional, optional: optional.map(\.key)))
  }
}

extension DrillRecord {
  /// As in the file: without what did not come to pass.
  var json: JSONValue {
    let optional: [(key: String, value: JSONValue?)] = [
      ("failure", failure.map(JSONValue.text)), ("detection", Self.number(detection)),
      ("degradedService", Self.number(degradedService)), ("fullService", Self.number(fullService)),
      ("lostWrites", Self.number(lostWrites.map(Int64.init))), ("lostAge", Self.number(lostAge)),
      ("cost", Self.number(cost)),
    ]
    return .object(
      [
        ("schemaVersion", .number(schemaVersion)), ("endedAt", .literal("\(endedAt)")), ("scenario", .text(scenario)),
        ("place", .text(place.rawValue)),
      ] + optional.compactMap { member in member.value.map { (key: member.key, value: $0) } })
  }

  private static func number(_ value: Int64?) -> JSONValue? { value.map { .literal("\($0)") } }
}
