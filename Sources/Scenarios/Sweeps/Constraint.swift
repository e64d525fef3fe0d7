/// A condition on the values of a cell: `healthCheck.timeout <= healthCheck.interval and sync.interval > 2 * 5s`.
///
/// Comparisons (`<`, `<=`, `>`, `>=`, `==`, `!=`) of sums, differences, products and quotients of values of the scenario
/// and quantities with units, joined by `and`, `or` and `not`, in parentheses where needed. Reckoned exactly, units
/// included: seconds are not compared with dollars.
public struct Constraint: Sendable, Hashable {
  indirect enum Expression: Sendable, Hashable {
    case quantity(Quantity)
    case path(String, NodePath)
    case negated(Expression)
    case arithmetic(Arithmetic, Expression, Expression)
    case comparison(Comparator, Expression, Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)

    /// Whether it is true or false, and not a quantity.
    var isCondition: Bool {
      switch self {
      case .quantity, .path, .negated, .arithmetic: false
      case .comparison, .not, .and, .or: true
      }
    }
  }

  enum Arithmetic: String, Sendable, Hashable { case plus = "+", minus = "-", times = "*", over = "/" }
  enum Comparator: String, Sendable, Hashable, CaseIterable {
    case atMost = "<=", atLeast = ">=", equal = "==", unequal = "!=", less = "<", more = ">"
  }

  public let text: String
  let expression: Expression
  let location: SourceLocation

  /// - Throws: `InvalidFile` with the place in the text where it goes wrong.
  public init(_ text: String, option: String = "--constraint") throws(InvalidFile) {
    location = .option("\(option) \(text)", number: 1)
    self.text = text
    do throws(ConstraintParser.Failure) {
      expression = try ConstraintParser.parse(text, at: location)
    } catch {
      throw InvalidFile(Problem(error.message, at: location))
    }
  }

  /// The values of the scenario that it speaks of, in the order of the text.
  var paths: [NodePath] {
    func paths(_ expression: Expression) -> [NodePath] {
      switch expression {
      case .quantity: []
      case .path(_, let path): [path]
      case .negated(let inner), .not(let inner): paths(inner)
      case .arithmetic(_, let a, let b), .comparison(_, let a, let b), .and(let a, let b), .or(let a, let b):
        paths(a) + paths(b)
      }
    }
    return paths(expression)
  }

  /// Whether it holds.
  ///
  /// - Parameter value: the text of a value of the scenario; `nil` where the scenario does not say it.
  /// - Throws: `InvalidFile` when a value is missing or is no quantity, or units do not go together.
  func holds(_ value: (NodePath) -> String?) throws(InvalidFile) -> Bool {
    do throws(Failure) {
      return try condition(expression, value)
    } catch {
      throw InvalidFile(Problem(error.message, at: location))
    }
  }

  private struct Failure: Error { var message: String }
  private typealias Amount = (value: ExactFraction, dimension: Quantity.Dimension)

  private func condition(_ expression: Expression, _ value: (NodePath) -> String?) throws(Failure) -> Bool {
    switch expression {
    case .and(let a, let b): return try condition(a, value) ? try condition(b, value) : false
    case .or(let a, let b): return try condition(a, value) ? true : try condition(b, value)
    case .not(let inner): return try !condition(inner, value)
    case .comparison(let comparator, let a, let b):
      let (left, right) = (try amount(a, value), try amount(b, value))
      guard left.dimension == right.dimension || left.value.numerator == 0 || right.value.numerator == 0 else {
        throw Failure(message: "the two sides of '\(comparator.rawValue)' have different units")
      }
      guard let order = left.value.compared(to: right.value) else { throw Self.tooLarge }
      return switch comparator {
      case .less: order < 0
      case .atMost: order <= 0
      case .more: order > 0
      case .atLeast: order >= 0
      case .equal: order == 0
      case .unequal: order != 0
      }
    // The parser lets nothing else stand here.
    case .quantity, .path, .negated, .arithmetic: throw Failure(message: "expected a comparison")
    }
  }

  private func amount(_ expression: Expression, _ value: (NodePath) -> String?) throws(Failure) -> Amount {
    switch expression {
    case .quantity(let quantity):
      guard let amount = quantity.value else { throw Self.tooLarge }
      return (amount, quantity.dimension)
    case .path(let name, let path):
      guard let text = value(path) else {
        throw Failure(message: "the scenario does not say \(quoted(name)); vary it or give it with --set")
      }
      guard let quantity = Quantity(text), let amount = quantity.value else {
        throw Failure(message: "\(quoted(name)) is \(quoted(text)), which cannot be reckoned with")
      }
      return (amount, quantity.dimension)
    case .negated(let inner):
      let (amount, dimension) = try amount(inner, value)
      guard let negated = amount.negated else { throw Self.tooLarge }
      return (negated, dimension)
    case .arithmetic(let operation, let a, let b):
      return try combined(operation, try amount(a, value), try amount(b, value))
    case .comparison, .not, .and, .or: throw Failure(message: "expected a quantity")
    }
  }

  private func combined(_ operation: Arithmetic, _ a: Amount, _ b: Amount) throws(Failure) -> Amount {
    let result: ExactFraction?
    switch operation {
    case .plus, .minus:
      guard a.dimension == b.dimension else {
        throw Failure(message: "what '\(operation.rawValue)' joins has different units")
      }
      result = operation == .plus ? a.value + b.value : b.value.negated.flatMap { a.value + $0 }
      guard let result else { throw Self.tooLarge }
      return (result, a.dimension)
    case .times:
      guard let result = a.value * b.value else { throw Self.tooLarge }
      return (result, a.dimension + b.dimension)
    case .over:
      guard b.value.numerator != 0 else { throw Failure(message: "division by zero") }
      guard let result = b.value.inverse.flatMap({ a.value * $0 }) else { throw Self.tooLarge }
      return (result, a.dimension - b.dimension)
    }
  }

  private static var tooLarge: Failure { Failure(message: "the numbers are too large to reckon with exactly") }
}
