import Failover

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
        guard top.isWhole, bottom.isWhole, !bottom.isZero, denominator == 1 else {
          throw ExactDecimal.Failure.malformed
        }
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
    return exactQuotient(Int128(ratio.numerator.magnitude), per: Int128(ratio.denominator), places: 9).map {
      sign + $0
    }
      ?? "\(ratio.numerator)/\(ratio.denominator)"
  }
}
