/// So many nanodollars for so many units (hours, bytes, byte-hours), in lowest terms: an exact price of one unit, also
/// where one unit costs no whole number of nanodollars, as an hour at $24.50 a month.
package struct UnitPrice: Sendable, Hashable {
  package let nanodollars: Int64
  /// Always greater than zero.
  package let units: Int64

  /// - Parameter units: greater than zero; anything less counts as 1.
  package init(_ nanodollars: Int64, per units: Int64) {
    let units = max(1, units)
    let common = greatestCommonDivisor(UInt128(nanodollars.magnitude), UInt128(units.magnitude))
    self.nanodollars = Int64(clamping: Int128(nanodollars) / common)
    self.units = Int64(clamping: Int128(units) / common)
  }

  /// The same from larger numbers; `nil` when `units` is not greater than zero, or 64 bits do not hold the result.
  package init?(reducing nanodollars: Int128, per units: Int128) {
    guard units > 0 else { return nil }
    let common = greatestCommonDivisor(nanodollars.magnitude, units.magnitude)
    guard let top = Int64(exactly: nanodollars / common), let bottom = Int64(exactly: units / common) else {
      return nil
    }
    self.nanodollars = top
    self.units = bottom
  }

  /// What `count / divisor` units cost.
  ///
  /// - Parameters:
  ///   - count: not negative.
  ///   - divisor: greater than zero.
  package func cost(of count: Int128, over divisor: Int128 = 1) -> ExactMoney {
    let (units, overflow) = Int128(units).multipliedReportingOverflow(by: divisor)
    return ExactMoney(count, times: nanodollars, over: overflow ? .max : units)
  }

  /// The price of `count` units, rounded to the nearest nanodollar and clamped.
  package func nearest(for count: Int64) -> Money {
    let product = Int128(nanodollars) * Int128(count)
    let half = Int128(units / 2)
    let rounded = (product < 0 ? product - half : product + half) / Int128(units)
    return Money(nanodollars: Int64(clamping: rounded))
  }
}

extension UnitPrice: Comparable {
  package static func < (a: UnitPrice, b: UnitPrice) -> Bool {
    Int128(a.nanodollars) * Int128(b.units) < Int128(b.nanodollars) * Int128(a.units)
  }
}

extension UnitPrice: Codable {
  private enum CodingKeys: CodingKey { case nanodollars, units }

  /// Brings to lowest terms whatever is written, so that two equal prices stay equal and nothing divides by zero.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(Int64.self, forKey: .nanodollars), per: try values.decode(Int64.self, forKey: .units))
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(nanodollars, forKey: .nanodollars)
    try values.encode(units, forKey: .units)
  }
}
