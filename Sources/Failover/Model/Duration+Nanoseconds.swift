extension Duration {
  /// The duration in whole nanoseconds, rounded towards zero.
  ///
  /// Exact for every duration the project meets: the 64-bit range of nanoseconds spans about 292 years each
  /// way. A longer duration is clamped to that range rather than trapping.
  public var wholeNanoseconds: Int64 {
    // Most durations are a whole number of nanoseconds, and then the quotient is found without a division, which takes
    // 40 instructions for 128 bits: 10⁹ is 2⁹ times an odd number, and to divide by that is to multiply by its inverse
    // modulo 2⁶⁴. Whether it was a whole number shows when it is multiplied again.
    let candidate = Int64(truncatingIfNeeded: attoseconds &>> 9) &* Self.inverse
    if Int128(candidate) &* 1_000_000_000 == attoseconds { return candidate }
    let magnitude = attoseconds.magnitude
    let (high, low) = (UInt64(truncatingIfNeeded: magnitude >> 64), UInt64(truncatingIfNeeded: magnitude))
    let perNanosecond: UInt64 = 1_000_000_000
    guard high < perNanosecond else { return attoseconds < 0 ? .min : .max }
    let nanoseconds = perNanosecond.dividingFullWidth((high, low)).quotient
    return attoseconds < 0 ? Int64(clamping: -Int128(nanoseconds)) : Int64(clamping: nanoseconds)
  }

  /// Of 5⁹ modulo 2⁶⁴: the product of the two is 1.
  private static var inverse: Int64 { Int64(bitPattern: 0x8E47_CE42_3A2E_9C6D) }

  /// The duration as a number of seconds, for display and for machine formats; never for arithmetic on time.
  public var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }

  /// The duration multiplied by a ratio of two whole numbers, rounded towards zero to a nanosecond.
  ///
  /// - Parameters:
  ///   - numerator: not negative.
  ///   - denominator: greater than zero.
  public func scaled(by numerator: Int64, over denominator: Int64) -> Duration {
    // What 64 bits hold, they divide twice as fast.
    let (short, isLong) = wholeNanoseconds.multipliedReportingOverflow(by: numerator)
    if !isLong { return .nanoseconds(short / denominator) }
    let product = Int128(wholeNanoseconds) * Int128(numerator) / Int128(denominator)
    return .nanoseconds(Int64(clamping: product))
  }

  /// The duration so many times over; it must not exceed what a duration holds.
  ///
  /// The operator of the standard library takes any kind of integer, and 500 instructions.
  public static func * (duration: Duration, count: Int) -> Duration {
    Duration(attoseconds: duration.attoseconds * Int128(count))
  }

  /// A number of nanoseconds that is not negative, rounded to a whole one, for figures that are computed in `Double`;
  /// `nil` when it is infinite, not a number, or beyond the 292 years of 64 bits.
  init?(roundingNanoseconds nanoseconds: Double) {
    guard nanoseconds >= 0, nanoseconds < 0x1p63 else { return nil }
    self = .nanoseconds(Int64(nanoseconds + 0.5))
  }
}
