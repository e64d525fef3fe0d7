import Failover

// Machine formats write what the model knows, to the last digit. A `Double` of seconds would add noise to it,
// and a `Decimal` takes microseconds to write itself, which a long log feels.

extension Duration {
  /// Seconds, exact to the nanosecond: `12.5`.
  var secondsText: String { exactText(wholeNanoseconds, decimals: 9) }

  /// Microseconds, exact to the nanosecond.
  var microsecondsText: String { exactText(wholeNanoseconds, decimals: 3) }

  /// This part of `whole`, between 0 and 1, rounded to nine decimals; `nil` of a whole that is zero.
  func shareText(of whole: Duration) -> String? {
    guard whole > .zero else { return nil }
    let halfBillionths = Int128(wholeNanoseconds) * 2_000_000_000 / Int128(whole.wholeNanoseconds)
    return exactText(Int64((halfBillionths + 1) / 2), decimals: 9)
  }
}

extension Money {
  /// US dollars, exact.
  var dollarsText: String { exactText(nanodollars, decimals: 9) }
}

/// `value` divided by 10 to the power of `decimals`, with no more decimals than it needs.
func exactText(_ value: Int64, decimals: Int) -> String {
  var digits = String(value.magnitude)
  digits = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
  let point = digits.utf8.count - decimals
  var fraction = digits.utf8.dropFirst(point)
  while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
  let whole = (value < 0 ? "-" : "") + String(digits.prefix(point))
  return fraction.isEmpty ? whole : "\(whole).\(Substring(fraction))"
}
