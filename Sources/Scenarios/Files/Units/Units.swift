import Failover

/// The written form of quantities: `30s`, `1.2GB`, `100Mbit/s`, `$0.45/h`.
///
/// Every `parse…` is exact (nothing is rounded, too many digits are an error) and throws a `UnitError`; every
/// `format` is its inverse.
public enum Units {
  static let durations = UnitTable(
    noun: "time", phrase: "a duration such as 30s or 5min", common: ["s", "ms", "min"],
    smallest: "a nanosecond", largest: "about 292 years", isCompound: true,
    units: [
      .init(name: "ns", scale: 1, aliases: ["nanosecond", "nanoseconds"]),
      .init(name: "us", scale: 1_000, aliases: ["µs", "μs", "microsecond", "microseconds"]),
      .init(name: "ms", scale: 1_000_000, aliases: ["millisecond", "milliseconds"]),
      .init(name: "s", scale: 1_000_000_000, aliases: ["sec", "secs", "second", "seconds"]),
      .init(name: "min", scale: 60_000_000_000, aliases: ["mins", "minute", "minutes"]),
      .init(name: "h", scale: 3_600_000_000_000, aliases: ["hr", "hour", "hours"]),
      .init(name: "d", scale: 86_400_000_000_000, aliases: ["day", "days"]),
      .init(name: "w", scale: 604_800_000_000_000, aliases: ["week", "weeks"]),
    ],
    mistakes: ["m": "min", "S": "s", "H": "h", "D": "d", "M": "min", "month": "d", "months": "d", "y": "d"])

  /// Put together once: every value of a file is described by it.
  static let durationPattern = durations.pattern

  static let sizes = UnitTable(
    noun: "size", phrase: "a size such as 512MiB or 1.2GB", common: ["MB", "GB", "MiB"],
    smallest: "a byte", largest: "about 9 million TB",
    units: [
      .init(name: "B", scale: 1, aliases: ["byte", "bytes"]),
      .init(name: "kB", scale: 1_000, aliases: ["KB"]),
      .init(name: "KiB", scale: 1 << 10),
      .init(name: "MB", scale: 1_000_000),
      .init(name: "MiB", scale: 1 << 20),
      .init(name: "GB", scale: 1_000_000_000),
      .init(name: "GiB", scale: 1 << 30),
      .init(name: "TB", scale: 1_000_000_000_000),
      .init(name: "TiB", scale: 1 << 40),
    ],
    mistakes: [
      "K": "kB", "k": "kB", "M": "MB", "G": "GB", "T": "TB", "Ki": "KiB", "Mi": "MiB", "Gi": "GiB",
      "Ti": "TiB",
      "b": "B", "mb": "MB", "gb": "GB", "Mb": "MB", "Gb": "GB",
    ])

  /// Put together once: every value of a file is described by it.
  static let sizePattern = sizes.pattern

  static let rates = UnitTable(
    noun: "rate", phrase: "a rate such as 150MB/s or 100Mbit/s", common: ["MB/s", "Mbit/s"],
    smallest: "a byte per second", largest: "about 9 million TB/s", stepsPerStored: 8,
    units: sizes.units.map { unit in
      .init(name: unit.name + "/s", scale: unit.scale * 8, aliases: unit.aliases.map { $0 + "/s" })
    } + [
      .init(name: "bit/s", scale: 1, aliases: ["bps"]),
      .init(name: "kbit/s", scale: 1_000, aliases: ["Kbit/s", "kbps", "Kbps"]),
      .init(name: "Mbit/s", scale: 1_000_000, aliases: ["Mbps"]),
      .init(name: "Gbit/s", scale: 1_000_000_000, aliases: ["Gbps"]),
    ],
    mistakes: [
      "Mb/s": "Mbit/s", "Gb/s": "Gbit/s", "kb/s": "kbit/s", "MBps": "MB/s", "mbps": "Mbit/s",
      "gbps": "Gbit/s",
    ])

  /// Put together once: every value of a file is described by it.
  static let ratePattern = rates.pattern

  static let tables = [durations, sizes, rates]

  /// Parses `30s`, `0.49ms`, `1h30min`.
  public static func parseDuration(_ text: String) throws(UnitError) -> Duration {
    .nanoseconds(try durations.parse(text))
  }

  /// Parses `1.2GB` (10³ steps) or `512MiB` (2¹⁰ steps).
  public static func parseByteCount(_ text: String) throws(UnitError) -> ByteCount {
    ByteCount(try sizes.parse(text))
  }

  /// Parses `150MB/s`, `100Mbit/s` or `100Mbps`.
  public static func parseDataRate(_ text: String) throws(UnitError) -> DataRate {
    DataRate(bytesPerSecond: try rates.parse(text))
  }

  public static func format(_ amount: ByteCount) -> String { sizes.format(amount.bytes) }
  public static func format(_ rate: DataRate) -> String { rates.format(rate.bytesPerSecond) }

  /// Such as `1h30min`, `90.5s` as `1min30.5s`, `0.49ms`; whole nanoseconds only.
  public static func format(_ duration: Duration) -> String {
    let nanoseconds = duration.wholeNanoseconds
    let sign = nanoseconds < 0 ? "-" : ""
    var rest = nanoseconds.magnitude
    if rest == 0 { return "0s" }
    // Below a second one reads milliseconds; only what is tiny in them is written in a smaller unit.
    if rest < 1_000_000_000 {
      let name = rest >= 10_000 ? "ms" : rest >= 1_000 ? "us" : "ns"
      return sign + inFull(rest, name)
    }
    var text = sign
    for name in ["d", "h", "min"] {
      guard let scale = durations.unit(named: name).map({ UInt64($0.scale) }), rest >= scale else { continue }
      text += "\(rest / scale)\(name)"
      rest %= scale
    }
    return rest == 0 ? text : text + inFull(rest, "s")
  }

  private static func inFull(_ nanoseconds: UInt64, _ unit: String) -> String {
    let scale = durations.unit(named: unit)?.scale ?? 1
    return (exactQuotient(Int128(nanoseconds), per: scale) ?? "") + unit
  }
}
