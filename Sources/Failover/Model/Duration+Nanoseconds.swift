extension Duration {
  /// The duration in whole nanoseconds, rounded towards zero.
  ///
  /// Exact for every duration the project meets: the 64-bit range of nanoseconds spans about 292 years each
  /// way. A longer duration is clamped to that range rather than trapping.
  public var wholeNanoseconds: Int64 {
    // `components` divides 128 bits by 128 bits; dividing by a 64-bit number takes one instruction.
    let magnitude = attoseconds.magnitude
    let (high, low) = (UInt64(truncatingIfNeeded: magnitude >> 64), UInt64(truncatingIfNeeded: magnitude))
    let perNanosecond: UInt64 = 1_000_000_000
    guard high < perNanosecond else { return attoseconds < 0 ? .min : .max }
    let nanoseconds = perNanosecond.dividingFullWidth((high, low)).quotient
    return attoseconds < 0 ? Int64(clamping: -Int128(nanoseconds)) : Int64(clamping: nanoseconds)
  }

  /// The duration as a number of seconds, for display and for machine formats; never for arithmetic on time.
  public var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }

  /// The duration multiplied by a ratio of two whole numbers, rounded towards zero to a nanosecond.
  ///
  /// - Parameters:
  ///   - numerator: not negative.
  ///   - denominator: greater than zero.
  public func scaled(by numerator: Int64, over denominator: Int64) -> Duration {
    let product = Int128(wholeNanoseconds) * Int128(numerator) / Int128(denominator)
    return .nanoseconds(Int64(clamping: product))
  }

  /// A number of nanoseconds that is not negative, rounded to a whole one, for figures that are computed in `Double`;
  /// `nil` when it is infinite, not a number, or beyond the 292 years of 64 bits.
  init?(roundingNanoseconds nanoseconds: Double) {
    guard nanoseconds >= 0, nanoseconds < 0x1p63 else { return nil }
    self = .nanoseconds(Int64(nanoseconds + 0.5))
  }
}
