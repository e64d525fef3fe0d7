/// An exact fraction of two whole numbers, for shares and probabilities.
public struct Ratio: Sendable, Hashable {
  public var numerator: Int64
  /// Greater than zero.
  public var denominator: Int64

  public init(_ numerator: Int64, over denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  public static let zero = Ratio(0, over: 1)
  public static func percent(_ n: Int64) -> Ratio { Ratio(n, over: 100) }

  /// The part of `amount` that this ratio names, rounded down to a byte.
  public func of(_ amount: ByteCount) -> ByteCount {
    ByteCount(Int64(clamping: Int128(amount.bytes) * Int128(numerator) / Int128(denominator)))
  }

  /// For display and machine formats only.
  public var value: Double { Double(numerator) / Double(denominator) }
}
