/// A rate of data transfer or of change.
public struct DataRate: Sendable, Hashable, Comparable {
  /// Bytes per second; never negative in a valid model. Zero means that nothing moves.
  public var bytesPerSecond: Int64

  public init(bytesPerSecond: Int64) { self.bytesPerSecond = bytesPerSecond }

  public static let zero = DataRate(bytesPerSecond: 0)
  /// 10⁶ bytes per second.
  public static func megabytesPerSecond(_ n: Int64) -> DataRate {
    DataRate(bytesPerSecond: n * 1_000_000)
  }
  /// 10⁶ bits per second.
  public static func megabitsPerSecond(_ n: Int64) -> DataRate {
    DataRate(bytesPerSecond: n * 125_000)
  }

  /// How long `amount` takes at this rate, rounded up to a nanosecond; `nil` when the rate is zero and there
  /// is something to move.
  public func duration(for amount: ByteCount) -> Duration? {
    if amount.bytes <= 0 { return .zero }
    guard bytesPerSecond > 0 else { return nil }
    let rate = Int128(bytesPerSecond)
    let nanoseconds = (Int128(amount.bytes) * 1_000_000_000 + rate - 1) / rate
    return .nanoseconds(Int64(clamping: nanoseconds))
  }

  /// How much moves in `duration` at this rate, rounded down to a byte.
  public func amount(in duration: Duration) -> ByteCount {
    let product = Int128(bytesPerSecond) * Int128(duration.wholeNanoseconds) / 1_000_000_000
    return ByteCount(Int64(clamping: product))
  }

  public static func < (a: DataRate, b: DataRate) -> Bool { a.bytesPerSecond < b.bytesPerSecond }
}

extension DataRate: CustomStringConvertible {
  /// A short decimal form such as `6 MB/s`.
  public var description: String { "\(ByteCount(bytesPerSecond))/s" }
}
