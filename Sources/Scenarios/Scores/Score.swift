import Failover

/// A mark from 0 to 10.
///
/// Kept in billionths of a point, as money is in billionths of a dollar: a mark is rounded to that once, from the exact
/// quotient, and to fewer decimals only where it is shown.
public struct Score: Sendable, Hashable, Comparable {
  /// 10⁻⁹ points, from 0 to 10¹⁰.
  public let billionths: Int64

  /// `nil` outside 0 to 10 points.
  public init?(billionths: Int64) {
    guard (0...Self.best.billionths).contains(billionths) else { return nil }
    self.billionths = billionths
  }

  private init(unchecked billionths: Int64) { self.billionths = billionths }

  public static let zero = Score(unchecked: 0)
  public static let best = Score(unchecked: 10_000_000_000)

  /// The value nearest to `numerator / denominator` billionths, half rounded up, held within 0 to 10 points.
  ///
  /// - Parameters:
  ///   - numerator: not negative.
  ///   - denominator: greater than zero.
  init(nearestTo numerator: Int128, over denominator: Int128) {
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let rounded = rest >= denominator - rest ? whole + 1 : whole
    self.init(unchecked: Int64(min(max(rounded, 0), Int128(Self.best.billionths))))
  }

  public static func < (a: Score, b: Score) -> Bool { a.billionths < b.billionths }

  /// With so many decimals, half rounded away from zero: `8.8`.
  public func text(decimals: Int) -> String { Figures.fixed(billionths, per: 1_000_000_000, decimals: decimals) }

  /// The mean of several marks by their weights, which need not add up to one.
  ///
  /// - Returns: `nil` when there are none, or the weights have no common denominator within a billion.
  static func mean(_ parts: [(score: Score, weight: Ratio)]) -> Score? {
    guard let weights = CommonDenominator(parts.map(\.weight)), weights.sum > 0 else { return nil }
    let sum = zip(parts, weights.numerators).reduce(Int128(0)) { $0 + Int128($1.0.score.billionths) * Int128($1.1) }
    return Score(nearestTo: sum, over: weights.sum)
  }
}

extension Score: CustomStringConvertible {
  /// With one decimal, as the documents write it.
  public var description: String { text(decimals: 1) }
}

/// Fractions from 0 to 1 over their least common denominator, to be added up exactly: 128 bits hold a billionth of a
/// point times a billionth of a weight many times over.
struct CommonDenominator {
  let numerators: [Int64]
  let denominator: Int64

  var sum: Int128 { numerators.reduce(Int128(0)) { $0 + Int128($1) } }
  /// The sum as a fraction; `nil` beyond 64 bits.
  var total: Ratio? { Ratio(reducing: sum, over: Int128(denominator)) }

  /// `nil` when the common denominator is beyond a billion: no weight anybody means is that fine.
  init?(_ fractions: [Ratio]) {
    var common: Int128 = 1
    for fraction in fractions {
      // In lowest terms, the denominator of the quotient is what the common one still lacks.
      guard let quotient = Ratio(reducing: common, over: Int128(fraction.denominator)) else { return nil }
      common *= Int128(quotient.denominator)
      guard common <= 1_000_000_000 else { return nil }
    }
    denominator = Int64(common)
    numerators = fractions.map { Int64(clamping: Int128($0.numerator) * (common / Int128($0.denominator))) }
  }
}
