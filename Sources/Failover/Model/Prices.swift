extension Duration {
  /// The month that prices are by: 30 days of 24 hours, which is 720 hours, as the documents reckon ("24 h × 30 d").
  /// (Clouds that bill by a mean month of 730 hours come out 1.4 % dearer.)
  public static var billingMonth: Duration { .seconds(720 * 3600) }
}

/// How many nanoseconds an hour has, and how many hours a month.
private let hour: Int128 = 3_600_000_000_000
private let hoursPerMonth: Int64 = 720

/// A price by the hour, charged by the second; kept exactly, also where it was given by the month.
public struct HourlyPrice: Sendable, Hashable, Codable {
  /// For one hour.
  package let exact: UnitPrice

  /// What one hour costs.
  public init(perHour: Money) { exact = UnitPrice(perHour.nanodollars, per: 1) }

  /// What a month of 720 hours costs.
  public init(perMonth: Money) { exact = UnitPrice(perMonth.nanodollars, per: hoursPerMonth) }

  package init(_ exact: UnitPrice) { self.exact = exact }

  public static let free = HourlyPrice(perHour: .zero)

  /// What one of `count` who share it alike pays; the price itself where 64 bits do not hold the result.
  package func shared(by count: Int) -> HourlyPrice {
    UnitPrice(reducing: Int128(exact.nanodollars), per: Int128(exact.units) * Int128(max(1, count))).map(HourlyPrice.init)
      ?? self
  }

  /// What one hour costs, rounded to the nearest nanodollar.
  public var perHour: Money { exact.nearest(for: 1) }

  /// What a month of 720 hours costs, rounded to the nearest nanodollar.
  public var perMonth: Money { exact.nearest(for: hoursPerMonth) }

  /// What `duration` costs, rounded down to a nanodollar.
  public func cost(of duration: Duration) -> Money { exactCost(of: duration).rounded }

  package func exactCost(of duration: Duration) -> ExactMoney {
    exact.cost(of: Int128(max(0, duration.wholeNanoseconds)), over: hour)
  }
}

/// A price for keeping data: so much for a byte and an hour, given as dollars a gigabyte (10⁹ bytes) and month.
public struct StoragePrice: Sendable, Hashable {
  /// For one byte during one hour.
  package let exact: UnitPrice

  /// What 10⁹ bytes cost in a month of 720 hours.
  public init(perGigabyteMonth: Money) {
    exact = UnitPrice(perGigabyteMonth.nanodollars, per: 1_000_000_000 * hoursPerMonth)
  }

  package init(_ exact: UnitPrice) { self.exact = exact }

  public static let free = StoragePrice(perGigabyteMonth: .zero)

  /// What one of `count` who share it alike pays; the price itself where 64 bits do not hold the result.
  package func shared(by count: Int) -> StoragePrice {
    UnitPrice(reducing: Int128(exact.nanodollars), per: Int128(exact.units) * Int128(max(1, count))).map(StoragePrice.init)
      ?? self
  }

  /// What 10⁹ bytes cost in a month of 720 hours, rounded to the nearest nanodollar.
  public var perGigabyteMonth: Money { exact.nearest(for: 1_000_000_000 * hoursPerMonth) }

  /// What keeping `amount` for `duration` costs, rounded down to a nanodollar.
  public func cost(of amount: ByteCount, for duration: Duration) -> Money {
    exactCost(of: amount, for: duration).rounded
  }

  package func exactCost(of amount: ByteCount, for duration: Duration) -> ExactMoney {
    exact.cost(of: Int128(max(0, amount.bytes)) * Int128(max(0, duration.wholeNanoseconds)), over: hour)
  }
}

/// A price for moving data: so much for a byte, given as dollars a gigabyte (10⁹ bytes).
public struct TransferPrice: Sendable, Hashable {
  /// For one byte.
  package let exact: UnitPrice

  /// What 10⁹ bytes cost.
  public init(perGigabyte: Money) { exact = UnitPrice(perGigabyte.nanodollars, per: 1_000_000_000) }

  package init(_ exact: UnitPrice) { self.exact = exact }

  public static let free = TransferPrice(perGigabyte: .zero)

  /// What 10⁹ bytes cost, rounded to the nearest nanodollar.
  public var perGigabyte: Money { exact.nearest(for: 1_000_000_000) }

  /// What moving `amount` costs, rounded down to a nanodollar.
  public func cost(of amount: ByteCount) -> Money {
    exact.cost(of: Int128(max(0, amount.bytes))).rounded
  }
}

extension HourlyPrice: Comparable, CustomStringConvertible {
  public static func < (a: HourlyPrice, b: HourlyPrice) -> Bool { a.exact < b.exact }

  /// Such as `$0.45/h`; to four decimals, so that $24.50 a month reads `$0.034/h`.
  public var description: String { "\(perHour)/h" }
}

extension StoragePrice: Comparable, CustomStringConvertible {
  public static func < (a: StoragePrice, b: StoragePrice) -> Bool { a.exact < b.exact }

  /// Such as `$0.005/GB/month`.
  public var description: String { "\(perGigabyteMonth)/GB/month" }
}

extension TransferPrice: Comparable, CustomStringConvertible {
  public static func < (a: TransferPrice, b: TransferPrice) -> Bool { a.exact < b.exact }

  /// Such as `$0.01/GB`.
  public var description: String { "\(perGigabyte)/GB" }
}
