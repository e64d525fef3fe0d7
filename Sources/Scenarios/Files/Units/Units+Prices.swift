import Failover

extension Units {
  static let pricePhrase = "an hourly price such as $0.45/h"
  static let storagePricePhrase = "a storage price such as $0.005/GB/month"
  static let transferPricePhrase = "a transfer price such as $0.01/GB"

  /// What a price may be per, and how long that is as a fraction of hours; a month is 30 days of 24 hours.
  static let pricePeriods: [(names: [String], hours: (numerator: Int128, denominator: Int128))] = [
    (["h", "hour", "hr"], (1, 1)),
    (["min", "minute"], (1, 60)),
    (["s", "second"], (1, 3600)),
    (["d", "day"], (24, 1)),
    (["week", "w"], (168, 1)),
    (["month", "mo"], (720, 1)),
  ]

  private static let amountPattern = "^ *-?(\\$ *[0-9]+(\\.[0-9]+)?|[0-9]+(\\.[0-9]+)? *USD) */ *"
  private static let periodPattern = "(" + pricePeriods.flatMap(\.names).joined(separator: "|") + ")"
  private static let sizeUnitPattern =
    "(" + sizes.units.flatMap { [$0.name] + $0.aliases }.joined(separator: "|") + ")"

  static let pricePattern = amountPattern + periodPattern + " *$"
  static let storagePricePattern = amountPattern + sizeUnitPattern + " */ *" + periodPattern + " *$"
  static let transferPricePattern = amountPattern + sizeUnitPattern + " *$"

  /// Parses `$0.45/h`; also per `min`, `s`, `day`, `week` and `month` (of 30 days of 24 hours): `$24.50/month`. The
  /// price is kept exactly.
  public static func parseHourlyPrice(_ text: String) throws(UnitError) -> HourlyPrice {
    guard let slash = text.lastIndex(of: "/") else {
      throw try withoutUnit(text, ["/h", "/month"], pricePhrase)
    }
    let hours = try period(text[text.index(after: slash)...], phrase: pricePhrase)
    let amount = try nanodollars(String(text[..<slash]), of: text, phrase: pricePhrase)
    return HourlyPrice(try unitPrice(amount, hours.denominator, per: hours.numerator, in: text))
  }

  /// Parses `$0.005/GB/month`, also with every other unit of size and every period of an hourly price: `$5/TB/month`.
  public static func parseStoragePrice(_ text: String) throws(UnitError) -> StoragePrice {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: throw try withoutUnit(text, ["/GB/month"], storagePricePhrase)
    case 2 where isSize(parts[1]):
      _ = try nanodollars(String(parts[0]), of: text, phrase: storagePricePhrase)
      throw .noUnit(number: text.trimmingSpaces, suggestions: ["/month"], phrase: storagePricePhrase)
    case 3: break
    default: throw .malformed(text, phrase: storagePricePhrase)
    }
    let bytes = try size(parts[1], phrase: storagePricePhrase)
    let hours = try period(parts[2], phrase: storagePricePhrase)
    let amount = try nanodollars(String(parts[0]), of: text, phrase: storagePricePhrase)
    return StoragePrice(try unitPrice(amount, hours.denominator, per: bytes * hours.numerator, in: text))
  }

  /// Parses `$0.01/GB`, also with every other unit of size.
  public static func parseTransferPrice(_ text: String) throws(UnitError) -> TransferPrice {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 1 { throw try withoutUnit(text, ["/GB"], transferPricePhrase) }
    guard parts.count == 2 else { throw .malformed(text, phrase: transferPricePhrase) }
    let bytes = try size(parts[1], phrase: transferPricePhrase)
    let amount = try nanodollars(String(parts[0]), of: text, phrase: transferPricePhrase)
    return TransferPrice(try unitPrice(amount, 1, per: bytes, in: text))
  }

  // MARK: Writing

  private static let writtenPeriods: [(name: String, hours: Int128)] = [
    ("/h", 1), ("/day", 24), ("/week", 168), ("/month", 720),
  ]

  /// Exact, by the shortest period in which it is a whole number of nanodollars: `$0.45/h`, `$24.50/month`.
  public static func format(_ price: HourlyPrice) -> String {
    written(price.exact, in: writtenPeriods) ?? format(price.perHour) + "/h"
  }

  /// Exact: `$0.005/GB/month`.
  public static func format(_ price: StoragePrice) -> String {
    let periods = writtenPeriods.reversed()
    let units = writtenSizes.flatMap { size in
      periods.map { (name: size.name + $0.name, units: size.units * $0.hours) }
    }
    return written(price.exact, in: units) ?? format(price.perGigabyteMonth) + "/GB/month"
  }

  /// Exact: `$0.01/GB`.
  public static func format(_ price: TransferPrice) -> String {
    written(price.exact, in: writtenSizes) ?? format(price.perGigabyte) + "/GB"
  }

  /// Gigabytes where they will do, then the larger units.
  private static let writtenSizes: [(name: String, units: Int128)] =
    ["GB", "TB", "GiB", "TiB", "MB", "MiB", "kB", "KiB", "B"].compactMap { name in
      sizes.unit(named: name).map { ("/" + name, $0.scale) }
    }

  private static func written(_ price: UnitPrice, in units: [(String, Int128)]) -> String? {
    let fitting = units.first { $0.1.isMultiple(of: Int128(price.units)) }
    return fitting.map { name, count in
      dollars(Int128(price.nanodollars) * (count / Int128(price.units))) + name
    }
  }

  // MARK: Parts

  private static func period(
    _ text: Substring, phrase: String
  ) throws(UnitError) -> (numerator: Int128, denominator: Int128) {
    let name = String(text).trimmingSpaces
    if let known = pricePeriods.first(where: { $0.names.contains(name) }) { return known.hours }
    throw unknown(name, pricePeriods.map { $0.names[0] }, pricePeriods.flatMap(\.names), phrase)
  }

  private static func isSize(_ text: Substring) -> Bool {
    sizes.unit(named: String(text).trimmingSpaces) != nil
  }

  private static func size(_ text: Substring, phrase: String) throws(UnitError) -> Int128 {
    let name = String(text).trimmingSpaces
    if let known = sizes.unit(named: name) { return known.scale }
    throw unknown(name, sizes.units.map(\.name), sizes.units.flatMap { [$0.name] + $0.aliases }, phrase)
  }

  private static func unknown(
    _ name: String, _ known: [String], _ spellings: [String], _ phrase: String
  ) -> UnitError {
    let near = sizes.mistakes[name].flatMap { spellings.contains($0) ? $0 : nil }
      ?? nearest(to: name, among: spellings)
    return .unknownUnit(
      "/" + name, suggestion: near.map { "/" + $0 }, known: known.map { "/" + $0 }, phrase: phrase)
  }

  private static func unitPrice(
    _ amount: Int128, _ factor: Int128, per units: Int128, in text: String
  ) throws(UnitError) -> UnitPrice {
    let (product, overflow) = amount.multipliedReportingOverflow(by: factor)
    guard !overflow, let price = UnitPrice(reducing: product, per: units) else { throw tooMuch(text) }
    return price
  }

  /// The error for a price without a slash: a bare amount of money lacks only the unit.
  private static func withoutUnit(
    _ text: String, _ suggestions: [String], _ phrase: String
  ) throws(UnitError) -> UnitError {
    if (try? parseMoney(text)) == nil { throw .malformed(text, phrase: phrase) }
    return .noUnit(number: text.trimmingSpaces, suggestions: suggestions, phrase: phrase)
  }
}
