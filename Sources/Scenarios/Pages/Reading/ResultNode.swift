import Failover

/// A value somewhere in a result, which knows where it is, so that what is missing or wrong there can be named.
struct ResultNode {
  let value: JSONValue
  /// The file's name, for messages.
  let file: String
  /// Such as `metrics.distributions`; empty for the document.
  let path: String

  init(_ value: JSONValue, file: String, path: String = "") {
    // How a value was laid out is of no interest here.
    var value = value
    while case .line(let inner) = value { value = inner }
    self.value = value
    self.file = file
    self.path = path
  }

  // MARK: Parts

  /// The member of a name; `nil` where there is none, or it is `null`.
  func optional(_ key: String) throws(InvalidFile) -> ResultNode? {
    guard case .object(let members) = value else { throw expected("an object") }
    guard let found = members.first(where: { $0.key == key })?.value else { return nil }
    let node = ResultNode(found, file: file, path: path.isEmpty ? key : "\(path).\(key)")
    if case .null = node.value { return nil }
    return node
  }

  /// The member of a name, which must be there and not `null`.
  func member(_ key: String) throws(InvalidFile) -> ResultNode {
    guard let node = try optional(key) else {
      throw problem("\(path.isEmpty ? key : "\(path).\(key)") is missing")
    }
    return node
  }

  /// The members in their order.
  func members() throws(InvalidFile) -> [(key: String, node: ResultNode)] {
    guard case .object(let members) = value else { throw expected("an object") }
    return members.map { ($0.key, ResultNode($0.value, file: file, path: path.isEmpty ? $0.key : "\(path).\($0.key)")) }
  }

  func elements() throws(InvalidFile) -> [ResultNode] {
    guard case .array(let elements) = value else { throw expected("an array") }
    return elements.enumerated().map { ResultNode($1, file: file, path: "\(path)[\($0)]") }
  }

  /// The elements of a member; none where it is missing.
  func elements(_ key: String) throws(InvalidFile) -> [ResultNode] { try optional(key)?.elements() ?? [] }

  var isNull: Bool { if case .null = value { true } else { false } }

  // MARK: Values

  func text() throws(InvalidFile) -> String {
    guard case .text(let text) = value else { throw expected("text") }
    return text
  }

  func text(_ key: String) throws(InvalidFile) -> String { try member(key).text() }

  /// Text, or a number or flag as it is written.
  func anyText() throws(InvalidFile) -> String {
    switch value {
    case .text(let text), .literal(let text): return text
    default: throw expected("text or a number")
    }
  }

  func flag(_ key: String) throws(InvalidFile) -> Bool {
    let node = try member(key)
    switch node.value {
    case .literal("true"): return true
    case .literal("false"): return false
    default: throw node.expected("true or false")
    }
  }

  func number() throws(InvalidFile) -> ResultNumber {
    guard case .literal(let literal) = value, literal != "true", literal != "false" else { throw expected("a number") }
    guard let number = ResultNumber(literal: literal) else {
      throw problem("\(name): \(shortened(literal, to: 40)) is out of range")
    }
    return number
  }

  func number(_ key: String) throws(InvalidFile) -> ResultNumber { try member(key).number() }

  /// `nil` where it is missing or `null`.
  func optionalNumber(_ key: String) throws(InvalidFile) -> ResultNumber? {
    guard let node = try optional(key) else { return nil }
    return try node.number()
  }

  /// A number as it is written, however large: a seed, or a number of bytes.
  func literal(_ key: String) throws(InvalidFile) -> String {
    let node = try member(key)
    guard case .literal(let literal) = node.value, literal != "true", literal != "false" else {
      throw node.expected("a number")
    }
    return literal
  }

  /// A whole number of things that fits the machine.
  func count(_ key: String) throws(InvalidFile) -> Int {
    let node = try member(key)
    guard case .literal(let literal) = node.value, let count = Int(literal), count >= 0 else {
      throw node.expected("a whole number, not negative")
    }
    return count
  }

  // MARK: Problems

  private var name: String { path.isEmpty ? "the document" : path }

  func expected(_ what: String) -> InvalidFile { problem("\(name): expected \(what)") }

  func problem(_ message: String) -> InvalidFile { InvalidFile(Problem(message, at: .file(file))) }
}
