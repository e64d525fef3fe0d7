/// Why a distribution cannot be sampled. Its description is a sentence for the author of a scenario; it names
/// the parameter and leaves it to the caller to say in which file and line.
public indirect enum DistributionError: Error, Sendable, Hashable {
  case notANumber(parameter: String)
  case infinite(parameter: String)
  case notPositive(parameter: String, value: Double)
  case negative(parameter: String, value: Double)
  case tooLarge(parameter: String, value: Double, limit: Double)
  case lowAboveHigh(low: Double, high: Double)
  /// The distance from low to high is beyond what a number can hold.
  case rangeTooWide(low: Double, high: Double)
  case modeOutside(low: Double, mode: Double, high: Double)
  /// A table, mixture or sequence with nothing in it.
  case empty(String)
  case tableStart(probability: Double)
  case tableEnd(probability: Double)
  /// The probability of this row, counted from 1, is not above that of the row before.
  case probabilityNotRising(row: Int, probability: Double, previous: Double)
  /// The value of this row, counted from 1, is below that of the row before.
  case valueFalling(row: Int, value: Double, previous: Double)
  /// Less than `Distribution.leastKept` of the distribution lies within the limits of its truncation.
  case nothingKept(low: Double, high: Double, probability: Double)
  /// A sequence within a mixture or a truncation, where it would no longer be a script, or a truncation within
  /// a truncation, which one with the narrower limits says better.
  case misplaced(String, inside: String)
  case nestedTooDeeply(limit: Int)
  /// What is wrong with one component of a mixture, counted from 1.
  case inComponent(Int, DistributionError)
  /// What is wrong with the distribution that is truncated.
  case inTruncated(DistributionError)
}

extension DistributionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notANumber(let parameter):
      "\(parameter) is not a number"
    case .infinite(let parameter):
      "\(parameter) is infinite; it must be finite"
    case .notPositive(let parameter, let value):
      "\(parameter) is \(value); it must be greater than zero"
    case .negative(let parameter, let value):
      "\(parameter) is \(value); it must not be negative"
    case .tooLarge(let parameter, let value, let limit):
      "\(parameter) is \(value); it must be at most \(limit)"
    case .lowAboveHigh(let low, let high):
      "low (\(low)) is above high (\(high))"
    case .rangeTooWide(let low, let high):
      "the range from \(low) to \(high) is too wide to compute with"
    case .modeOutside(let low, let mode, let high):
      "mode (\(mode)) is not between low (\(low)) and high (\(high))"
    case .empty(let what):
      "the \(what) is empty"
    case .tableStart(let probability):
      "the table starts at probability \(probability); its first row must be for probability 0"
    case .tableEnd(let probability):
      "the table ends at probability \(probability); its last row must be for probability 1"
    case .probabilityNotRising(let row, let probability, let previous):
      "row \(row): probability \(probability) is not above \(previous) of the row before"
    case .valueFalling(let row, let value, let previous):
      "row \(row): value \(value) is below \(previous) of the row before"
    case .nothingKept(let low, let high, let probability):
      "only \(probability) of the distribution lies between \(low) and \(high); "
        + "truncation must keep at least \(Distribution.leastKept)"
    case .misplaced(let part, let whole):
      "a \(part) cannot stand directly inside a \(whole)"
    case .nestedTooDeeply(let limit):
      "distributions are nested more than \(limit) deep"
    case .inComponent(let number, let error):
      "component \(number): \(error)"
    case .inTruncated(let error):
      "truncated distribution: \(error)"
    }
  }
}
