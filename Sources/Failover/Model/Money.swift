/// An amount of US dollars, kept in billionths so that a second of a $0.01/h machine is still exact enough to
/// add up over a year.
public struct Money: Sendable, Hashable, Comparable {
  /// 10⁻⁹ US dollars.
  public var nanodollars: Int64

  public init(nanodollars: Int64) { self.nanodollars = nanodollars }

  public static let zero = Money(nanodollars: 0)
  public static func cents(_ n: Int64) -> Money { Money(nanodollars: n * 10_000_000) }

  /// The amount in dollars, for display and machine formats only.
  public var inDollars: Double { Double(nanodollars) / 1e9 }

  public static func < (a: Money, b: Money) -> Bool { a.nanodollars < b.nanodollars }

  /// Sums and differences stop at the limits of 64 bits, about 9 billion dollars either way: a price that somebody
  /// wrote down may be absurd, but must not stop the program.
  public static func + (a: Money, b: Money) -> Money {
    Money(nanodollars: Int64(clamping: Int128(a.nanodollars) + Int128(b.nanodollars)))
  }
  public static func - (a: Money, b: Money) -> Money {
    Money(nanodollars: Int64(clamping: Int128(a.nanodollars) - Int128(b.nanodollars)))
  }
  public static func += (a: inout Money, b: Money) { a = a + b }
}

extension Money: CustomStringConvertible {
  /// Dollars with at least two decimals, such as `$0.45` or `$0.0125`.
  public var description: String {
    let text = decimal(nanodollars, per: 1_000_000_000, digits: 4)
    let (sign, digits) = text.hasPrefix("-") ? ("-", String(text.dropFirst())) : ("", text)
    guard let point = digits.firstIndex(of: ".") else { return "\(sign)$\(digits).00" }
    let decimals = digits.distance(from: point, to: digits.endIndex) - 1
    return "\(sign)$\(digits)\(decimals == 1 ? "0" : "")"
  }
}
