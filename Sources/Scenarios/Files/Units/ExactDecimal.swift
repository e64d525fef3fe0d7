/// A decimal number exactly as it is written: `1.50` is 15 tenths, and nothing is rounded.
struct ExactDecimal {
  enum Failure: Error { case malformed, tooLarge, tooFine }

  /// The digits without the point and without the zeros that end the fraction.
  private(set) var digits: Int128 = 0
  /// How many of the digits stand after the point.
  private(set) var places = 0

  var isWhole: Bool { places == 0 }
  var isZero: Bool { digits == 0 }

  /// Reads digits with at most one point between them; no sign, no exponent.
  init(_ text: Substring) throws(Failure) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else {
      throw .malformed
    }
    try append(parts[0].utf8, otherwise: .tooLarge)
    if parts.count == 2 {
      var fraction = parts[1].utf8[...]
      while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
      try append(fraction, otherwise: .tooFine)
      places = fraction.count
    }
  }

  private mutating func append(_ text: some Sequence<UInt8>, otherwise failure: Failure) throws(Failure) {
    for digit in text {
      let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
      let (sum, overflowed) = tens.addingReportingOverflow(Int128(digit - UInt8(ascii: "0")))
      if overflow || overflowed { throw failure }
      digits = sum
    }
  }

  /// The number times `scale`, which must come out whole.
  func scaled(by scale: Int128) throws(Failure) -> Int128 {
    let (product, overflow) = digits.multipliedReportingOverflow(by: scale)
    if overflow { throw .tooLarge }
    guard let divisor = powerOfTen(places), product % divisor == 0 else { throw .tooFine }
    return product / divisor
  }

  /// The number as a fraction of whole numbers.
  var fraction: (numerator: Int128, denominator: Int128)? {
    powerOfTen(places).map { (digits, $0) }
  }
}

/// 10 to the power of `exponent`; `nil` beyond 128 bits.
func powerOfTen(_ exponent: Int) -> Int128? {
  guard (0...38).contains(exponent) else { return nil }
  return (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// `amount / scale`, neither negative, written out in full, or `nil` when its decimals do not end within
/// `places`.
func exactQuotient(_ amount: Int128, per scale: Int128, places: Int = 18) -> String? {
  let (whole, rest) = amount.quotientAndRemainder(dividingBy: scale)
  if rest == 0 { return String(whole) }
  guard let power = powerOfTen(places), rest <= Int128.max / power, rest * power % scale == 0 else {
    return nil
  }
  let digits = String(rest * power / scale)
  var fraction = String(repeating: "0", count: places - digits.count) + digits
  while fraction.hasSuffix("0") { fraction.removeLast() }
  return "\(whole).\(fraction)"
}
