/// A quotient written with exactly so many decimals, rounded half away from zero; integer arithmetic only, so that it
/// reads the same everywhere.
package func fixedDecimals(_ value: Int64, per scale: Int64, decimals: Int) -> String {
  var power: Int128 = 1
  for _ in 0..<decimals { power *= 10 }
  let scaled = (Int128(value.magnitude) * power * 2 + Int128(scale)) / (Int128(scale) * 2)
  let whole = scaled / power
  let fraction = String(Int64(scaled % power))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if decimals == 0 { return "\(sign)\(whole)" }
  return "\(sign)\(whole).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
}

/// The same with at most `digits` decimals, without trailing zeros.
func decimal(_ value: Int64, per scale: Int64, digits: Int) -> String {
  var text = fixedDecimals(value, per: scale, decimals: digits)
  guard digits > 0 else { return text }
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}
