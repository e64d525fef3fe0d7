import Failover

/// How figures read in text: integer arithmetic only, so that they read the same everywhere.
enum Figures {
  /// Seconds with a fixed number of decimals, rounded half away from zero, without the unit: `18.63`.
  static func seconds(_ duration: Duration, decimals: Int = 2) -> String {
    fixed(duration.wholeNanoseconds, per: 1_000_000_000, decimals: decimals)
  }

  /// A duration as people say it: `0.30 s`, `25.1 s`, `8 min 20 s`, `2 h 3 min`, `3 d 4 h`.
  static func human(_ duration: Duration) -> String {
    let nanoseconds = duration.wholeNanoseconds
    let sign = nanoseconds < 0 ? "-" : ""
    let magnitude = Duration.nanoseconds(Int64(nanoseconds.magnitude))
    if magnitude < .milliseconds(9_995) { return "\(sign)\(seconds(magnitude)) s" }
    if magnitude < .milliseconds(99_950) { return "\(sign)\(seconds(magnitude, decimals: 1)) s" }
    let total = (magnitude.wholeNanoseconds + 500_000_000) / 1_000_000_000
    let (minutes, hours, days) = (total / 60, total / 3600, total / 86_400)
    if hours == 0 { return "\(sign)\(minutes) min \(total % 60) s" }
    if days == 0 { return "\(sign)\(hours) h \(minutes % 60) min" }
    return "\(sign)\(days) d \(hours % 24) h"
  }

  /// A point of a long run: `3d 04:05:06.7`.
  static func clock(_ time: Duration) -> String {
    let tenths = (time.wholeNanoseconds + 50_000_000) / 100_000_000
    let seconds = tenths / 10
    func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(seconds / 86_400)d \(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(tenths % 10)"
  }

  /// A share between 0 and 1 in per cent: `99.87 %`.
  static func percent(_ part: Int64, of whole: Int64, decimals: Int = 2) -> String {
    guard whole > 0 else { return "–" }
    return fixed(Int64(clamping: Int128(part) * 100), per: whole, decimals: decimals) + " %"
  }

  static func percent(_ part: Duration, of whole: Duration, decimals: Int = 2) -> String {
    // Microseconds keep a century within 64 bits after the multiplication by 100.
    percent(part.wholeNanoseconds / 1_000, of: whole.wholeNanoseconds / 1_000, decimals: decimals)
  }

  static func fixed(_ value: Int64, per scale: Int64, decimals: Int) -> String {
    fixedDecimals(value, per: scale, decimals: decimals)
  }

  /// A bar of `width` characters, filled in proportion, with eighths of a character at its end.
  static func bar(_ part: Duration, of whole: Duration, width: Int) -> String {
    guard whole > .zero, part > .zero else { return "" }
    let eighths = Int(Int128(part.wholeNanoseconds) * Int128(width * 8) / Int128(whole.wholeNanoseconds))
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + (eighths == 0 ? "▏" : partial)
  }
}
