/// A fraction of whole numbers of 128 bits in lowest terms; what does not fit is `nil`, never rounded.
struct ExactFraction: Sendable, Hashable {
  let numerator: Int128
  /// Above zero.
  let denominator: Int128

  /// `nil` when the denominator is zero.
  init?(_ numerator: Int128, over denominator: Int128 = 1) {
    guard denominator != 0, numerator != .min, denominator != .min else { return nil }
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = Int128(max(a, 1)) * (denominator < 0 ? -1 : 1)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  static func + (a: ExactFraction, b: ExactFraction) -> ExactFraction? {
    guard let left = product(a.numerator, b.denominator), let right = product(b.numerator, a.denominator),
      let bottom = product(a.denominator, b.denominator)
    else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : ExactFraction(sum, over: bottom)
  }

  static func * (a: ExactFraction, b: ExactFraction) -> ExactFraction? {
    guard let top = product(a.numerator, b.numerator), let bottom = product(a.denominator, b.denominator) else {
      return nil
    }
    return ExactFraction(top, over: bottom)
  }

  /// `nil` for zero.
  var inverse: ExactFraction? { ExactFraction(denominator, over: numerator) }
  var negated: ExactFraction? { ExactFraction(-numerator, over: denominator) }

  /// Less than zero, zero, or more, as this is less than, equal to or more than `other`; `nil` when that is too large a
  /// question.
  func compared(to other: ExactFraction) -> Int? {
    guard let left = Self.product(numerator, other.denominator), let right = Self.product(other.numerator, denominator)
    else { return nil }
    return left < right ? -1 : left == right ? 0 : 1
  }

  private static func product(_ a: Int128, _ b: Int128) -> Int128? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }
}
