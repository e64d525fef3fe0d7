/// Why a text is not the quantity it should be.
public enum UnitError: Error, Sendable, Hashable {
  /// Not a number with a unit; `phrase` says what is, such as `a duration such as 30s or 5min`.
  case malformed(String, phrase: String)
  /// A bare number.
  case noUnit(number: String, suggestions: [String], phrase: String)
  /// A unit nobody knows.
  case unknownUnit(String, suggestion: String?, known: [String], phrase: String)
  /// A unit of something else: megabytes for a duration.
  case otherQuantity(unit: String, isUnitOf: String, phrase: String)
  /// More digits than are kept.
  case tooFine(String, smallest: String)
  /// Beyond what 64 bits hold.
  case tooLarge(String, largest: String)
}

extension UnitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let text, let phrase):
      "expected \(phrase), found \(quoted(text))"
    case .noUnit(let number, let units, _):
      "\(quoted(number)) has no unit; write \(alternatives(units.map { shortened(number, to: 30) + $0 }))"
    case .unknownUnit(let unit, let suggestion?, _, _):
      "unknown unit \(quoted(unit)); did you mean '\(suggestion)'?"
    case .unknownUnit(let unit, nil, let known, let phrase):
      "unknown unit \(quoted(unit)); expected \(phrase), in one of \(known.joined(separator: ", "))"
    case .otherQuantity(let unit, let other, let phrase):
      "\(quoted(unit)) is a unit of \(other); expected \(phrase)"
    case .tooFine(let text, let smallest):
      "\(quoted(text)) is finer than \(smallest), the smallest amount told apart"
    case .tooLarge(let text, let largest):
      "\(quoted(text)) is more than the largest amount, \(largest)"
    }
  }
}
