extension Duration {
  /// The duration in whole nanoseconds, rounded towards zero.
  ///
  /// Exact for every duration the project meets: the 64-bit range of nanoseconds spans about 292 years each
  /// way. A longer duration is clamped to that range rather than trapping.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflowed ? (seconds < 0 ? .min : .max) : sum
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
}
