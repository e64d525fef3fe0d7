/// An exact quotient of two whole numbers in lowest terms: a probability, a share, a factor.
public struct Ratio: Sendable, Hashable {
  public let numerator: Int64
  /// Always greater than zero.
  public let denominator: Int64

  /// Brings a fraction to lowest terms; `nil` when the denominator is zero or 64 bits do not hold the result.
  public init?(_ numerator: Int64, over denominator: Int64) {
    self.init(reducing: Int128(numerator), over: Int128(denominator))
  }

  init?(reducing numerator: Int128, over denominator: Int128) {
    guard denominator != 0 else { return nil }
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let isNegative = (numerator < 0) != (denominator < 0)
    guard let top = Int64(exactly: numerator.magnitude / a), let bottom = Int64(exactly: denominator.magnitude / a)
    else { return nil }
    self.numerator = isNegative ? -top : top
    self.denominator = bottom
  }

  private init(whole: Int64) {
    numerator = whole
    denominator = 1
  }

  public static let zero = Ratio(whole: 0)
  public static let one = Ratio(whole: 1)

  /// For display and machine formats.
  public var value: Double { Double(numerator) / Double(denominator) }
}

extension Ratio: Comparable {
  public static func < (a: Ratio, b: Ratio) -> Bool {
    Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
  }
}

extension Ratio: CustomStringConvertible {
  public var description: String { Units.format(self) }
}

extension Units {
  static let ratioPhrase = "a fraction such as 0.8, 80% or 1/1000"
  static let ratioPattern = "^ *-?[0-9]+(\\.[0-9]+)? *(%|/ *[0-9]+)? *$"

  /// Parses `0.8`, `80%`, `99.95%` or `1/1000`, exactly.
  public static func parseRatio(_ text: String) throws(UnitError) -> Ratio {
    var number = text.trimmingSpaces[...]
    let isNegative = number.first == "-"
    if isNegative { number.removeFirst() }
    var denominator: Int128 = 1
    if number.last == "%" {
      number.removeLast()
      denominator = 100
    }
    do {
      if number.first == " " { throw ExactDecimal.Failure.malformed }
      let parts = number.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let top = try ExactDecimal(String(parts[0]).trimmingSpaces[...])
      if parts.count == 2 {
        let bottom = try ExactDecimal(String(parts[1]).trimmingSpaces[...])
        // `1.5/3` and `5%/3` are more likely slips than fractions.
        guard top.isWhole, bottom.isWhole, !bottom.isZero, denominator == 1 else { throw ExactDecimal.Failure.malformed }
        denominator = bottom.digits
      }
      guard let (numerator, power) = top.fraction else { throw ExactDecimal.Failure.tooFine }
      let (bottom, overflow) = denominator.multipliedReportingOverflow(by: power)
      guard !overflow, let ratio = Ratio(reducing: isNegative ? -numerator : numerator, over: bottom) else {
        throw ExactDecimal.Failure.tooFine
      }
      return ratio
    } catch ExactDecimal.Failure.malformed {
      throw .malformed(text, phrase: ratioPhrase)
    } catch {
      throw .tooFine(text, smallest: "a fraction of two 64-bit numbers")
    }
  }

  /// A decimal where one is exact and short, otherwise a fraction: `0.8`, `1/3`.
  public static func format(_ ratio: Ratio) -> String {
    let sign = ratio.numerator < 0 ? "-" : ""
    return exactQuotient(Int128(ratio.numerator.magnitude), per: Int128(ratio.denominator), places: 9).map { sign + $0 }
      ?? "\(ratio.numerator)/\(ratio.denominator)"
  }
}
