/// The words of JSON Schema (draft 2020-12) that the schemas of this project are written in.
package enum JSONSchema {
  package static let dialect = "https://json-schema.org/draft/2020-12/schema"

  /// A document with its title; `body` must be an object.
  package static func document(
    _ title: String, _ body: JSONValue, definitions: [(key: String, value: JSONValue)] = []
  ) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [("$schema", .text(dialect)), ("title", .text(title))]
    members += body.members
    if !definitions.isEmpty { members.append(("$defs", .object(definitions))) }
    return .object(members)
  }

  /// An object that has all of these members but the optional ones, and no others.
  package static func object(
    _ properties: [(key: String, value: JSONValue)], optional: [String] = []
  ) -> JSONValue {
    let required = properties.map(\.key).filter { !optional.contains($0) }
    return [
      "type": "object",
      "properties": .object(properties),
      "required": .line(.array(required.map(JSONValue.text))),
      "additionalProperties": .literal("false"),
    ]
  }

  /// An object with any keys, all of one kind.
  package static func map(_ value: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": value] }

  package static func array(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

  package static func reference(_ name: String) -> JSONValue { .line(["$ref": .text("#/$defs/" + name)]) }

  package static func words(_ words: [String]) -> JSONValue { .line(["enum": .array(words.map(JSONValue.text))]) }

  package static func constant(_ number: Int) -> JSONValue { .line(["const": .number(number)]) }

  package static let text: JSONValue = .line(["type": "string"])
  package static let bool: JSONValue = .line(["type": "boolean"])
  package static let number: JSONValue = .line(["type": "number"])
  package static let integer: JSONValue = .line(["type": "integer"])
  /// A whole number that is never negative.
  package static let count: JSONValue = .line(["type": "integer", "minimum": .number(0)])

  /// The same value or `null`.
  package static func nullable(_ schema: JSONValue) -> JSONValue {
    var members = schema.members
    guard let index = members.firstIndex(where: { $0.key == "type" }) else {
      guard let choice = members.firstIndex(where: { $0.key == "enum" }), case .array(let words) = members[choice].value
      else { return ["anyOf": .array([schema, .line(["type": "null"])])] }
      members[choice].value = .array(words + [.null])
      return .line(.object(members))
    }
    switch members[index].value {
    case .array(let types), .line(.array(let types)): members[index].value = .line(.array(types + ["null"]))
    default: members[index].value = .line(.array([members[index].value, "null"]))
    }
    if let choice = members.firstIndex(where: { $0.key == "enum" }), case .array(let words) = members[choice].value {
      members[choice].value = .array(words + [.null])
    }
    if case .line = schema { return .line(.object(members)) }
    return .object(members)
  }
}

extension JSONValue {
  /// The members of an object; none for anything else.
  var members: [(key: String, value: JSONValue)] {
    switch self {
    case .object(let members): members
    case .line(let value): value.members
    default: []
    }
  }

  /// The same object with further members.
  func adding(_ more: [(key: String, value: JSONValue)]) -> JSONValue {
    if case .line(let value) = self { return .line(.object(value.members + more)) }
    return .object(members + more)
  }
}
