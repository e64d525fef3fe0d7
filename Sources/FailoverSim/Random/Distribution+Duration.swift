extension Distribution {
  /// A duration from the draw `index` of `stream`, the distribution's numbers being seconds.
  public func sampleDuration(_ stream: RandomStream, at index: UInt64) -> Duration {
    Self.duration(seconds: sample(stream, at: index))
  }

  /// A duration from the stream's next draw, the distribution's numbers being seconds.
  public func sampleDuration(_ stream: inout RandomStream) -> Duration {
    Self.duration(seconds: sample(&stream))
  }

  /// The longest duration a sample gives: a century, 36,525 days.
  public static let longestDuration = Duration.seconds(3_155_760_000)

  /// Seconds in whole nanoseconds, rounded half up, so that a number written with up to nine decimals is met
  /// exactly (up to 52 days; beyond that a `Double` no longer tells nanoseconds apart).
  ///
  /// Negative seconds and what is not a number give zero; more than a century gives a century.
  public static func duration(seconds: Double) -> Duration {
    guard seconds > 0 else { return .zero }
    guard seconds < 3_155_760_000 else { return longestDuration }
    // The whole seconds apart: their product with 10⁹ is exact in integers, and that of the rest is off by
    // less than a tenth of a millionth of a nanosecond.
    let whole = Int64(seconds)
    let nanoseconds = (seconds - Double(whole)) * 1e9
    return .nanoseconds(whole * 1_000_000_000 + Int64(nanoseconds + 0.5))
  }
}
