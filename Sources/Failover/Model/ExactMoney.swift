/// An amount of nanodollars with its fraction: what a bill is added up in, so that it is rounded once and not at every
/// line, and so that the costs of the parts of a stretch of time are together the cost of the whole.
///
/// Exact while the common denominator of what is added stays below 2¹²⁶, as it does for prices by hours and bytes and
/// times in nanoseconds. Beyond that each part that is added may lose less than a nanodollar; amounts that 128 bits
/// do not hold are clamped. It never traps.
package struct ExactMoney: Sendable, Equatable {
  /// Whole nanodollars, rounded towards zero.
  package private(set) var whole: Int128 = 0
  /// What is left over them: `rest / denominator` nanodollars, less than one.
  package private(set) var rest: Int128 = 0
  package private(set) var denominator: Int128 = 1

  package static let zero = ExactMoney()

  private init() {}

  /// `count` times `factor / divisor` nanodollars.
  ///
  /// - Parameters:
  ///   - count: not negative.
  ///   - divisor: greater than zero.
  package init(_ count: Int128, times factor: Int64, over divisor: Int128) {
    var divisor = divisor
    var (quotient, remainder) = count.quotientAndRemainder(dividingBy: divisor)
    let factor = Int128(factor)
    var product = remainder.multipliedReportingOverflow(by: factor)
    // Fewer digits of both keep their quotient; this takes a price of thousands of dollars a byte.
    while product.overflow {
      (remainder, divisor) = (remainder >> 1, max(1, divisor >> 1))
      product = remainder.multipliedReportingOverflow(by: factor)
    }
    let large = quotient.multipliedReportingOverflow(by: factor)
    if large.overflow {
      whole = factor < 0 ? .min / 2 : .max / 2
      return
    }
    (quotient, remainder) = product.partialValue.quotientAndRemainder(dividingBy: divisor)
    whole = large.partialValue.clampedSum(quotient)
    (rest, denominator) = (remainder, divisor)
  }

  package static func += (sum: inout ExactMoney, part: ExactMoney) {
    sum.whole = sum.whole.clampedSum(part.whole)
    if part.rest == 0 { return }
    // The charges of one price share a denominator.
    var denominator = sum.denominator
    if denominator != part.denominator {
      let common = greatestCommonDivisor(sum.denominator.magnitude, part.denominator.magnitude)
      let (product, overflow) = denominator.multipliedReportingOverflow(by: part.denominator / common)
      if overflow { return }
      denominator = product
    }
    if denominator > .max / 2 { return }
    // Each rest is less than its denominator, so neither product exceeds the common one.
    let numerator =
      sum.rest * (denominator / sum.denominator) + part.rest * (denominator / part.denominator)
    let (carry, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    sum.whole = sum.whole.clampedSum(carry)
    (sum.rest, sum.denominator) = rest == 0 ? (0, 1) : (rest, denominator)
  }

  /// By value: the same amount may have been added up over different denominators.
  package static func == (a: ExactMoney, b: ExactMoney) -> Bool {
    a.whole == b.whole && a.lowestTerms == b.lowestTerms
  }

  private var lowestTerms: [Int128] {
    let common = greatestCommonDivisor(rest.magnitude, denominator.magnitude)
    return [rest / common, denominator / common]
  }

  /// In whole nanodollars, rounded towards zero; clamped to about 9 billion dollars.
  package var rounded: Money { Money(nanodollars: Int64(clamping: whole)) }
}

/// Euclid's algorithm; at least 1.
package func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> Int128 {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return max(1, Int128(clamping: a))
}

extension Int128 {
  /// The sum, kept within half of what 128 bits hold.
  fileprivate func clampedSum(_ other: Int128) -> Int128 {
    let (sum, overflow) = addingReportingOverflow(other)
    if overflow { return self < 0 ? .min / 2 : .max / 2 }
    return Swift.min(Swift.max(sum, .min / 2), .max / 2)
  }
}
