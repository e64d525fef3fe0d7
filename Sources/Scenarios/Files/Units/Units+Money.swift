import Failover

extension Units {
  static let moneyPhrase = "an amount such as $0.50"

  static let moneyPattern = "^ *-?(\\$ *[0-9]+(\\.[0-9]+)?|[0-9]+(\\.[0-9]+)? *USD) *$"

  /// Parses `$0.50` or `0.50 USD`, to a billionth of a dollar.
  public static func parseMoney(_ text: String) throws(UnitError) -> Money {
    if text.contains("/") { throw .malformed(text, phrase: moneyPhrase) }
    let amount = try nanodollars(text, of: text, phrase: moneyPhrase)
    guard let stored = Int64(exactly: amount) else { throw tooMuch(text) }
    return Money(nanodollars: stored)
  }

  /// Exact, with at least two decimals: `$0.45`, `$12.00`, `$0.0125`.
  public static func format(_ money: Money) -> String { dollars(Int128(money.nanodollars)) }

  static func dollars(_ nanodollars: Int128) -> String {
    let magnitude = nanodollars < 0 ? -nanodollars : nanodollars
    let digits = exactQuotient(magnitude, per: 1_000_000_000) ?? "0"
    let decimals = digits.split(separator: ".").dropFirst().first?.count ?? 0
    let padding = decimals == 0 ? ".00" : decimals == 1 ? "0" : ""
    return "\(nanodollars < 0 ? "-" : "")$\(digits)\(padding)"
  }

  /// Reads the amount that is the whole of a text or a part of it; messages show the whole.
  static func nanodollars(_ part: String, of text: String, phrase: String) throws(UnitError) -> Int128 {
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

  static func tooMuch(_ text: String) -> UnitError {
    .tooLarge(text, largest: "about 9 billion dollars")
  }
}
