/// Numbers as a reader likes them.
enum Format {
  /// A size such as `90.9 MB`, in powers of 1000, rounded to three digits.
  static func bytes(_ count: Int64) -> String {
    let units: [(Double, String)] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
    for (scale, unit) in units where Double(count) >= scale {
      return "\(significant(Double(count) / scale)) \(unit)"
    }
    return "\(count) B"
  }

  /// A chunk size such as `64 KiB`, in powers of 1024 where it is a whole number of them.
  static func chunk(_ count: Int) -> String {
    for (scale, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
    where count >= scale && count % scale == 0 {
      return "\(count / scale) \(unit)"
    }
    return "\(count) B"
  }

  /// About three digits: `0.0123`, `1.23`, `12.3`, `123`, `12345`.
  static func significant(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    return fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 4)
  }

  /// Exactly `digits` decimals.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "-" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value.magnitude * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % Int64(scale))
    let zeroes = String(repeating: "0", count: digits - fraction.count)
    return "\(sign)\(scaled / Int64(scale)).\(zeroes)\(fraction)"
  }

  static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
