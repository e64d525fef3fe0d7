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
  public static func + (a: Money, b: Money) -> Money {
    Money(nanodollars: a.nanodollars + b.nanodollars)
  }
  public static func - (a: Money, b: Money) -> Money {
    Money(nanodollars: a.nanodollars - b.nanodollars)
  }
  public static func += (a: inout Money, b: Money) { a.nanodollars += b.nanodollars }
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

/// A price by the hour, charged by the second.
public struct HourlyPrice: Sendable, Hashable, Comparable {
  /// What one hour costs.
  public var perHour: Money

  public init(perHour: Money) { self.perHour = perHour }

  public static let free = HourlyPrice(perHour: .zero)

  /// What `duration` costs, rounded down to a nanodollar.
  public func cost(of duration: Duration) -> Money {
    let hour: Int128 = 3_600_000_000_000
    let product = Int128(perHour.nanodollars) * Int128(duration.wholeNanoseconds) / hour
    return Money(nanodollars: Int64(clamping: product))
  }

  public static func < (a: HourlyPrice, b: HourlyPrice) -> Bool { a.perHour < b.perHour }
}

extension HourlyPrice: CustomStringConvertible {
  /// Such as `$0.45/h`.
  public var description: String { "\(perHour)/h" }
}
