import Failover

/// A number of a result as it is written there, and what it is worth.
struct ResultNumber: Sendable, Hashable {
  /// As in the document: `774.723421667`.
  let literal: String
  /// Billionths: nanoseconds of a time, nanodollars of money, billionths of a share or of one thing.
  let billionths: Int128

  /// The largest that is read, either way: a million terabytes.
  static let limit: Int128 = 1_000_000_000_000_000_000

  /// `nil` for what is not a number, or is larger than `limit`. More than nine decimals are rounded.
  init?(literal: String) {
    let isNegative = literal.hasPrefix("-")
    if let exact = try? ExactDecimal(isNegative ? literal.dropFirst() : literal[...]),
      let scaled = try? exact.scaled(by: 1_000_000_000)
    {
      billionths = isNegative ? -scaled : scaled
    } else {
      guard let value = Double(literal), let rounded = Int128(exactly: (value * 1e9).rounded()) else { return nil }
      billionths = rounded
    }
    guard billionths.magnitude <= (Self.limit * 1_000_000_000).magnitude else { return nil }
    self.literal = literal
  }

  /// For geometry, not for text.
  var double: Double { Double(billionths) / 1e9 }
  /// Of a number of seconds; as long as can be, 292 years, where it is more.
  var duration: Duration { .nanoseconds(Int64(clamping: billionths)) }

  /// As people read it: `12 min 49 s`, `$7.20`, `99.555 %`.
  func text(_ unit: MetricUnit) -> String {
    guard let steps = Int64(exactly: billionths) else {
      let whole = Int64(clamping: billionths / 1_000_000_000)
      return unit == .bytes ? "\(ByteCount(whole))" : "\(whole)"
    }
    return switch unit {
    case .duration: Figures.human(.nanoseconds(steps))
    case .money: MetricValue.money(Money(nanodollars: steps)).description
    case .share: Figures.trimmed(steps, per: 10_000_000, decimals: 3) + " %"
    case .count: Figures.trimmed(steps, per: 1_000_000_000, decimals: 2)
    case .bytes: "\(ByteCount(steps / 1_000_000_000))"
    }
  }
}

extension ResultNumber {
  /// A sum, which is in no result as such; written exactly.
  static func + (a: ResultNumber, b: ResultNumber) -> ResultNumber {
    ResultNumber(billionths: a.billionths + b.billionths)
  }

  /// A difference, likewise.
  static func - (a: ResultNumber, b: ResultNumber) -> ResultNumber {
    ResultNumber(billionths: a.billionths - b.billionths)
  }

  private init(billionths: Int128) {
    self.billionths = billionths
    literal = exactText(Int64(clamping: billionths), decimals: 9)
  }
}
