import Foundation

/// A JSON document whose objects keep the order in which they were written down.
///
/// `JSONEncoder` either sorts keys or leaves them in any order, and neither is an order in which a person
/// wants to read a report. So the structure is laid out here; text that needs escaping is left to
/// `JSONEncoder`.
package enum JSONValue: Sendable {
  case null
  case text(String)
  /// A number or a flag, as JSON writes it.
  case literal(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
  /// A value that is laid out on one line, whatever is in it.
  indirect case line(JSONValue)

  package static func number(_ number: some BinaryInteger) -> JSONValue { .literal("\(number)") }

  /// A number of seconds, exact to the nanosecond, or `null` for `nil`.
  package static func seconds(_ duration: Duration?) -> JSONValue { .optional(duration?.secondsText) }

  /// A literal, or `null` for `nil`.
  package static func optional(_ literal: String?) -> JSONValue { literal.map(JSONValue.literal) ?? .null }

  /// The document, indented by two spaces and closed by a line feed.
  ///
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  package func document() throws -> String {
    var writer = JSONWriter()
    try writer.write(self, indent: 0)
    return writer.text + "\n"
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { (key: $0, value: $1) })
  }

  package init(stringLiteral text: String) { self = .text(text) }
}

private struct JSONWriter {
  var text = ""
  private let encoder = JSONEncoder()

  init() { encoder.outputFormatting = .withoutEscapingSlashes }

  /// - Parameter indent: the depth of the line that is being written; `nil` while all goes on one line.
  mutating func write(_ value: JSONValue, indent: Int?) throws {
    switch value {
    case .null: text += "null"
    case .text(let string): try write(string)
    case .literal(let literal): text += literal
    case .line(let value): try write(value, indent: nil)
    case .array(let elements):
      try write(elements, between: "[", "]", indent) { try $0.write($1, indent: $2) }
    case .object(let members):
      try write(members, between: "{", "}", indent) { writer, member, indent in
        try writer.write(member.key)
        writer.text += ": "
        try writer.write(member.value, indent: indent)
      }
    }
  }

  private mutating func write(_ string: String) throws {
    // Nearly all text of a report is plain; looking is ten times as fast as encoding.
    let isPlain = string.utf8.allSatisfy { byte in
      (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
    text += isPlain ? "\"\(string)\"" : String(decoding: try encoder.encode(string), as: UTF8.self)
  }

  private mutating func write<Item>(
    _ items: [Item], between opening: String, _ closing: String, _ indent: Int?,
    _ body: (inout JSONWriter, Item, Int?) throws -> Void
  ) throws {
    text += opening
    let inner = items.isEmpty ? nil : indent.map { $0 + 1 }
    for (index, item) in items.enumerated() {
      if index > 0 { text += inner == nil ? ", " : "," }
      breakLine(inner)
      try body(&self, item, inner)
    }
    if inner != nil { breakLine(indent) }
    text += closing
  }

  private mutating func breakLine(_ indent: Int?) {
    guard let indent else { return }
    text += "\n" + String(repeating: "  ", count: indent)
  }
}
