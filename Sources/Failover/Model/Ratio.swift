/// An exact quotient of two whole numbers in lowest terms: a probability, a share, a factor.
public struct Ratio: Sendable, Hashable {
  public let numerator: Int64
  /// Always greater than zero.
  public let denominator: Int64

  /// Brings a fraction to lowest terms; `nil` when the denominator is zero or 64 bits do not hold the result.
  public init?(_ numerator: Int64, over denominator: Int64) {
    self.init(reducing: Int128(numerator), over: Int128(denominator))
  }

  /// Like the public initialiser, from larger intermediate results.
  package init?(reducing numerator: Int128, over denominator: Int128) {
    guard denominator != 0 else { return nil }
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let isNegative = (numerator < 0) != (denominator < 0)
    guard let top = Int64(exactly: numerator.magnitude / a), let bottom = Int64(exactly: denominator.magnitude / a)
    else { return nil }
    self.numerator = isNegative ? -top : top
    self.denominator = bottom
  }

  private init(whole: Int64) {
    numerator = whole
    denominator = 1
  }

  /// So many hundredths.
  public static func percent(_ n: Int64) -> Ratio { Ratio(n, over: 100) ?? .zero }

  public static let zero = Ratio(whole: 0)
  public static let one = Ratio(whole: 1)

  /// The part of `amount` that this ratio names, rounded down to a byte.
  public func of(_ amount: ByteCount) -> ByteCount {
    ByteCount(Int64(clamping: Int128(amount.bytes) * Int128(numerator) / Int128(denominator)))
  }

  /// For display and machine formats.
  public var value: Double { Double(numerator) / Double(denominator) }
}

extension Ratio: Comparable {
  public static func < (a: Ratio, b: Ratio) -> Bool {
    Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
  }
}
