/// Reads the text of a constraint by recursive descent.
///
/// ```
/// condition  = both { ("or" | "||") both }
/// both       = single { ("and" | "&&") single }
/// single     = ("not" | "!") single | sum [ comparator sum ]
/// sum        = product { ("+" | "-") product }
/// product    = factor { ("*" | "/") factor }
/// factor     = "-" factor | quantity | path | "(" condition ")"
/// ```
/// Parentheses hold conditions and quantities alike; which it is decides where it may stand.
struct ConstraintParser {
  struct Failure: Error, Sendable, Hashable { var message: String }
  typealias Expression = Constraint.Expression

  /// Texts that are longer, or nested deeper, are refused: so the work and the stack are bounded.
  static let maximumLength = 2_000
  private static let maximumDepth = 64

  private let tokens: [Token]
  private let location: SourceLocation
  private var position = 0
  private var depth = 0

  static func parse(_ text: String, at location: SourceLocation) throws(Failure) -> Expression {
    guard text.utf8.count <= maximumLength else {
      throw Failure(message: "the constraint is longer than \(maximumLength) bytes")
    }
    var parser = ConstraintParser(tokens: try Token.all(in: text), location: location)
    guard !parser.tokens.isEmpty else { throw Failure(message: "the constraint is empty") }
    let expression = try parser.condition()
    if let rest = parser.next { throw Failure(message: "\(quoted(rest.text)) is not expected here") }
    guard expression.isCondition else { throw Failure(message: "expected a comparison, such as a <= b") }
    return expression
  }

  private init(tokens: [Token], location: SourceLocation) {
    self.tokens = tokens
    self.location = location
  }

  private var next: Token? { position < tokens.count ? tokens[position] : nil }

  private mutating func take(_ texts: String...) -> String? {
    guard let next, next.kind == .symbol, texts.contains(next.text) else { return nil }
    position += 1
    return next.text
  }

  private mutating func nested<Result>(
    _ body: (inout ConstraintParser) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw Failure(message: "nested deeper than \(Self.maximumDepth) levels") }
    return try body(&self)
  }

  private mutating func condition() throws(Failure) -> Expression {
    var left = try both()
    while let word = take("or", "||") { left = .or(try asCondition(left, word), try asCondition(try both(), word)) }
    return left
  }

  private mutating func both() throws(Failure) -> Expression {
    var left = try single()
    while let word = take("and", "&&") { left = .and(try asCondition(left, word), try asCondition(try single(), word)) }
    return left
  }

  private mutating func single() throws(Failure) -> Expression {
    if let word = take("not", "!") {
      return .not(try asCondition(try nested { parser throws(Failure) in try parser.single() }, word))
    }
    let left = try sum()
    guard let symbol = take("<=", ">=", "==", "!=", "<", ">", "="),
      let comparator = Constraint.Comparator(rawValue: symbol == "=" ? "==" : symbol)
    else { return left }
    return .comparison(comparator, try asQuantity(left, symbol), try asQuantity(try sum(), symbol))
  }

  private mutating func sum() throws(Failure) -> Expression {
    var left = try product()
    while let symbol = take("+", "-"), let operation = Constraint.Arithmetic(rawValue: symbol) {
      left = .arithmetic(operation, try asQuantity(left, symbol), try asQuantity(try product(), symbol))
    }
    return left
  }

  private mutating func product() throws(Failure) -> Expression {
    var left = try factor()
    while let symbol = take("*", "/"), let operation = Constraint.Arithmetic(rawValue: symbol) {
      left = .arithmetic(operation, try asQuantity(left, symbol), try asQuantity(try factor(), symbol))
    }
    return left
  }

  private mutating func factor() throws(Failure) -> Expression {
    if let symbol = take("-") {
      return .negated(try asQuantity(try nested { parser throws(Failure) in try parser.factor() }, symbol))
    }
    if take("(") != nil {
      let inner = try nested { parser throws(Failure) in try parser.condition() }
      guard take(")") != nil else { throw Failure(message: "a ')' is missing" + (next.map { " before \(quoted($0.text))" } ?? "")) }
      return inner
    }
    guard let token = next else { throw Failure(message: "something is missing at the end") }
    position += 1
    switch token.kind {
    case .quantity:
      guard let quantity = Quantity(token.text) else {
        throw Failure(message: "\(quoted(token.text)) is no quantity; expected one such as 3, 30s, 1.2GB, 100Mbit/s or $0.50/h")
      }
      return .quantity(quantity)
    case .path:
      do {
        return .path(token.text, try Override.path(token.text, at: location))
      } catch {
        throw Failure(message: "\(quoted(token.text)) is not a path; expected one such as healthCheck.interval")
      }
    case .symbol: throw Failure(message: "\(quoted(token.text)) is not expected here")
    }
  }

  private func asCondition(_ expression: Expression, _ word: String) throws(Failure) -> Expression {
    guard expression.isCondition else { throw Failure(message: "'\(word)' joins comparisons, not quantities") }
    return expression
  }

  private func asQuantity(_ expression: Expression, _ symbol: String) throws(Failure) -> Expression {
    guard !expression.isCondition else { throw Failure(message: "'\(symbol)' joins quantities, not comparisons") }
    return expression
  }
}

/// A word of a constraint.
private struct Token: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case quantity, path, symbol }

  var kind: Kind
  var text: String

  static func all(in text: String) throws(ConstraintParser.Failure) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == " " || first == "\t" || first == "\n" {
        rest.removeFirst()
        continue
      }
      let token: Token
      if first.isASCII, first.isNumber || first == "$" {
        token = Token(kind: .quantity, text: quantity(rest))
      } else if first.isASCII, first.isLetter || first == "_" {
        let word = String(rest.prefix { isWord($0) || ".[]".contains($0) })
        token = Token(kind: ["and", "or", "not"].contains(word) ? .symbol : .path, text: word)
      } else if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
        token = Token(kind: .symbol, text: symbol)
      } else {
        throw ConstraintParser.Failure(message: "\(quoted(String(first))) means nothing here")
      }
      tokens.append(token)
      rest = rest.dropFirst(token.text.count)
    }
    return tokens
  }

  /// Longer ones first.
  private static let symbols = [
    "<=", ">=", "==", "!=", "&&", "||", "<", ">", "=", "!", "(", ")", "+", "-", "*", "/",
  ]

  /// A number and its unit; a stroke belongs to it where a unit has one: `100Mbit/s`, `$0.50/h`.
  private static func quantity(_ text: Substring) -> String {
    let amount = text.prefix { isWord($0) || ".%$µμ".contains($0) }
    let rest = text[amount.endIndex...]
    guard rest.first == "/" else { return String(amount) }
    let unit = rest.dropFirst().prefix(while: isWord)
    let whole = "\(amount)/\(unit)"
    guard let quantity = Quantity(whole), [.rate, .hourlyPrice].contains(quantity.form) else { return String(amount) }
    return whole
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber) || character == "_"
  }
}
