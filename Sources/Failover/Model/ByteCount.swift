/// An amount of data in bytes.
public struct ByteCount: Sendable, Hashable, Comparable, Codable {
  /// The number of bytes; never negative in a valid model.
  public var bytes: Int64

  public init(_ bytes: Int64) { self.bytes = bytes }

  public static let zero = ByteCount(0)

  /// Decimal units, powers of 10³.
  public static func kilobytes(_ n: Int64) -> ByteCount { ByteCount(n * 1_000) }
  public static func megabytes(_ n: Int64) -> ByteCount { ByteCount(n * 1_000_000) }
  public static func gigabytes(_ n: Int64) -> ByteCount { ByteCount(n * 1_000_000_000) }
  /// Binary units, powers of 2¹⁰.
  public static func mebibytes(_ n: Int64) -> ByteCount { ByteCount(n << 20) }
  public static func gibibytes(_ n: Int64) -> ByteCount { ByteCount(n << 30) }

  public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }
  public static func + (a: ByteCount, b: ByteCount) -> ByteCount { ByteCount(a.bytes + b.bytes) }
  public static func * (a: ByteCount, count: Int) -> ByteCount { ByteCount(a.bytes * Int64(count)) }
  public static func - (a: ByteCount, b: ByteCount) -> ByteCount { ByteCount(a.bytes - b.bytes) }
  public static func += (a: inout ByteCount, b: ByteCount) { a.bytes += b.bytes }
}

extension ByteCount: CustomStringConvertible {
  /// A short decimal form such as `1.2 GB`, `950 MB` or `12 B`.
  public var description: String {
    let units: [(Int64, String)] = [
      (1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"),
    ]
    for (scale, unit) in units where bytes.magnitude >= UInt64(scale) {
      return "\(decimal(bytes, per: scale, digits: 2)) \(unit)"
    }
    return "\(bytes) B"
  }
}
