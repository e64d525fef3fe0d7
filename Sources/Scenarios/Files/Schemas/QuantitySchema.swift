/// The schema of a value that is written as one word or number: `30s`, `$0.45/h`, `80%`, `3`.
///
/// YAML hands on `0.8` as a number and `80%` as text, so both are described: text by the pattern, a number by bounds.
/// Where a number is not enough (`30` is no duration), only a bare zero may be one.
struct QuantitySchema {
  private let pattern: String
  private let forms: NumberForms
  private let limits: [FieldLimit]

  /// - Parameters:
  ///   - pattern: a regular expression for the whole text, which begins with `^`.
  ///   - forms: the bare numbers that it accepts.
  init(_ pattern: String, _ forms: NumberForms, _ limits: [FieldLimit]) {
    self.pattern = pattern
    self.forms = forms
    self.limits = limits
  }

  var json: JSONValue {
    var bounds = numberBounds
    var types: [JSONValue] = ["string"]
    switch forms.kind {
    case .any: types.append("number")
    case .whole: types.append("integer")
    case .zero where !excludesZero:
      types.append("number")
      bounds = [("minimum", .number(0)), ("maximum", .number(0))]
    case .zero, .none: bounds = []
    }
    let type: JSONValue = types.count == 1 ? types[0] : .array(types)
    return .line(.object([("type", type), ("pattern", .text(textPattern))] + bounds))
  }

  private var lower: FieldLimit? { limits.first { $0.side == .lower } }
  private var isNeverNegative: Bool { lower != nil && lower?.bound.hasPrefix("-") == false }
  /// Only whether zero is excluded can be seen in a text with a unit.
  private var excludesZero: Bool {
    guard let lower, isNeverNegative else { return false }
    let isZero = !lower.bound.contains { ("1"..."9").contains($0) }
    return isZero ? !lower.isInclusive : true
  }

  private var textPattern: String {
    guard isNeverNegative else { return pattern }
    let unsigned = pattern.replacing("-?", with: "").replacing("[+-]?", with: "[+]?")
    // The text must have a digit other than 0.
    return excludesZero ? "^(?=.*[1-9])" + unsigned.dropFirst() : unsigned
  }

  private var numberBounds: [(key: String, value: JSONValue)] {
    let given = limits.compactMap { limit -> (key: String, value: JSONValue)? in
      let number = limit.bound.hasPrefix("-") ? limit.bound.dropFirst() : limit.bound[...]
      guard (try? ExactDecimal(number)) != nil else { return nil }
      let key = limit.side == .lower ? "minimum" : "maximum"
      return (limit.isInclusive ? key : "exclusiveM" + key.dropFirst(), .literal(limit.bound))
    }
    // A pattern without a sign says that nothing is negative.
    return given.isEmpty && !forms.mayBeNegative ? [("minimum", .number(0))] : given
  }
}

/// Which bare numbers a pattern accepts.
struct NumberForms: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case any, whole, zero, none }

  var kind: Kind
  var mayBeNegative: Bool

  static let whole = NumberForms(kind: .whole, mayBeNegative: true)

  private init(kind: Kind, mayBeNegative: Bool) {
    self.kind = kind
    self.mayBeNegative = mayBeNegative
  }

  /// Tries numbers on a regular expression.
  init(_ pattern: String) {
    let expression = try? Regex(pattern)
    func matches(_ text: String) -> Bool { expression.map { (try? $0.wholeMatch(in: text)) ?? nil != nil } ?? false }
    kind = matches("7.5") ? .any : matches("7") ? .whole : matches("0") ? .zero : .none
    mayBeNegative = matches("-7")
  }
}

/// A default, written as it would be in a file, as JSON.
struct DefaultValue {
  let json: JSONValue

  init(_ text: String, shape: FieldShape) {
    json = Self.value(text, shape)
  }

  /// A default that has several parts is written as YAML on one line.
  private static func value(_ text: String, _ shape: FieldShape) -> JSONValue {
    switch shape {
    case .bool, .count: return .literal(text)
    case .quantity, .text, .choice, .mapping: return .text(text)
    case .list, .forms:
      let file = SourceLocation.file("default")
      guard text.hasPrefix("[") || text.hasPrefix("{"),
        let root = try? NodeComposer.compose(text, file: file, locate: { _, _ in file }).root
      else { return .text(text) }
      return value(root)
    }
  }

  private static func value(_ node: Node) -> JSONValue {
    switch node.content {
    case .null: .null
    case .scalar(let text, _): .text(text)
    case .sequence(let items): .line(.array(items.map(value)))
    case .mapping(let entries): .line(.object(entries.map { ($0.key, value($0.value)) }))
    }
  }
}
