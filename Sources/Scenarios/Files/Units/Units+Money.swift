import Failover

extension Units {
  static let moneyPhrase = "an amount such as $0.50"
  static let pricePhrase = "an hourly price such as $0.45/h"

  /// What a price may be per, and how long that is as a fraction of hours; a month is 30 days.
  static let pricePeriods: [(names: [String], hours: (numerator: Int128, denominator: Int128))] = [
    (["h", "hour", "hr"], (1, 1)),
    (["min", "minute"], (1, 60)),
    (["s", "second"], (1, 3600)),
    (["d", "day"], (24, 1)),
    (["week", "w"], (168, 1)),
    (["month", "mo"], (720, 1)),
  ]

  static let moneyPattern = "^ *-?(\\$ *[0-9]+(\\.[0-9]+)?|[0-9]+(\\.[0-9]+)? *USD) *$"
  static let pricePattern =
    "^ *-?(\\$ *[0-9]+(\\.[0-9]+)?|[0-9]+(\\.[0-9]+)? *USD) */ *("
    + pricePeriods.flatMap(\.names).joined(separator: "|") + ") *$"

  /// Parses `$0.50` or `0.50 USD`, to a billionth of a dollar.
  public static func parseMoney(_ text: String) throws(UnitError) -> Money {
    if text.contains("/") { throw .malformed(text, phrase: moneyPhrase) }
    let amount = try nanodollars(text, of: text, phrase: moneyPhrase)
    guard let stored = Int64(exactly: amount) else { throw tooMuch(text) }
    return Money(nanodollars: stored)
  }

  /// Parses `$0.45/h`; also per `min`, `s`, `day`, `week` and `month` (of 720 hours), which is turned into a
  /// price per hour rounded to the nearest billionth of a dollar.
  public static func parseHourlyPrice(_ text: String) throws(UnitError) -> HourlyPrice {
    guard let slash = text.lastIndex(of: "/") else {
      // A bare amount of money lacks only the period.
      if (try? parseMoney(text)) != nil {
        throw .noUnit(number: text.trimmingSpaces, suggestions: ["/h", "/month"], phrase: pricePhrase)
      }
      throw .malformed(text, phrase: pricePhrase)
    }
    let period = String(text[text.index(after: slash)...]).trimmingSpaces
    guard let known = pricePeriods.first(where: { $0.names.contains(period) }) else {
      let names = pricePeriods.map { $0.names[0] }
      let near = nearest(to: period, among: pricePeriods.flatMap(\.names))
      throw .unknownUnit(
        "/" + period, suggestion: near.map { "/" + $0 }, known: names.map { "/" + $0 }, phrase: pricePhrase)
    }
    let amount = try nanodollars(String(text[..<slash]), of: text, phrase: pricePhrase)
    let (scaled, overflow) = amount.multipliedReportingOverflow(by: known.hours.denominator)
    if overflow { throw tooMuch(text) }
    let half = known.hours.numerator / 2
    let perHour = (scaled < 0 ? scaled - half : scaled + half) / known.hours.numerator
    guard let stored = Int64(exactly: perHour) else { throw tooMuch(text) }
    return HourlyPrice(perHour: Money(nanodollars: stored))
  }

  /// Exact, with at least two decimals: `$0.45`, `$12.00`, `$0.0125`.
  public static func format(_ money: Money) -> String {
    let digits = exactQuotient(Int128(money.nanodollars.magnitude), per: 1_000_000_000) ?? "0"
    let decimals = digits.split(separator: ".").dropFirst().first?.count ?? 0
    let padding = decimals == 0 ? ".00" : decimals == 1 ? "0" : ""
    return "\(money.nanodollars < 0 ? "-" : "")$\(digits)\(padding)"
  }

  /// Exact: `$0.45/h`.
  public static func format(_ price: HourlyPrice) -> String { format(price.perHour) + "/h" }

  private static func nanodollars(_ part: String, of text: String, phrase: String) throws(UnitError) -> Int128
  {
    var number = part.trimmingSpaces[...]
    let isNegative = number.first == "-"
    if isNegative { number.removeFirst() }
    if number.first == "$" {
      number.removeFirst()
    } else if number.hasSuffix("USD"), number.first != " " {
      number.removeLast(3)
    } else {
      if (try? ExactDecimal(number)) != nil, phrase == moneyPhrase {
        throw .malformed(text, phrase: "\(phrase) (with the dollar sign)")
      }
      throw .malformed(text, phrase: phrase)
    }
    do {
      let amount = try ExactDecimal(String(number).trimmingSpaces[...]).scaled(by: 1_000_000_000)
      return isNegative ? -amount : amount
    } catch .malformed {
      throw .malformed(text, phrase: phrase)
    } catch .tooLarge {
      throw tooMuch(text)
    } catch {
      throw .tooFine(text, smallest: "a billionth of a dollar")
    }
  }

  private static func tooMuch(_ text: String) -> UnitError {
    .tooLarge(text, largest: "about 9 billion dollars")
  }
}
