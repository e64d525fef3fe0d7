/// A size, rate or duration that cannot be read, with what was expected.
public struct QuantityError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

/// Reads amounts with units, as they are written on the command line.
public enum Quantity {
  /// Bytes: `64KiB`, `4MiB`, `10GB`, `512B`; powers of 1000 without the `i`, of 1024 with it.
  public static func bytes(_ text: String) throws(QuantityError) -> Int {
    try scaled(text, byteUnits, "a size such as 64KiB, 4MiB or 10GB")
  }

  /// Bytes per second: `150MB/s`, `1GiB/s`, or bits as in `100Mbit/s`.
  public static func bytesPerSecond(_ text: String) throws(QuantityError) -> Int64 {
    let units = byteUnits.map { ($0.0 + "/s", $0.1) } + bitUnits
    return Int64(try scaled(text, units, "a rate such as 150MB/s or 100Mbit/s"))
  }

  /// A duration: `200ms`, `1s`, `1.5s`, `2min`.
  public static func duration(_ text: String) throws(QuantityError) -> Duration {
    let units: [(String, Double)] = [("ms", 1e6), ("s", 1e9), ("min", 60e9)]
    return .nanoseconds(try scaled(text, units, "a duration such as 200ms, 1s or 2min"))
  }

  private static let byteUnits: [(String, Double)] = [
    ("B", 1), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
    ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
  ]
  private static let bitUnits: [(String, Double)] = [
    ("kbit/s", 125), ("Mbit/s", 125e3), ("Gbit/s", 125e6),
  ]

  private static func scaled(
    _ text: String, _ units: [(String, Double)], _ expected: String
  ) throws(QuantityError) -> Int {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number), let scale = units.first(where: { $0.0 == unit })?.1 else {
      throw QuantityError(description: "'\(text)' is not \(expected)")
    }
    let result = (value * scale).rounded()
    guard result >= 1, result < 9e18 else {
      throw QuantityError(description: "'\(text)' is out of range; expected \(expected)")
    }
    return Int(result)
  }
}
