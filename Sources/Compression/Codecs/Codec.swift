import CLZ4
import CZstd

/// A compression method with its setting.
public enum Codec: Hashable, Sendable {
  /// No compression: a plain copy, the yardstick every rate is compared with.
  case copy
  /// LZ4's fast compressor. `acceleration` 1 is the default and compresses most; each step gives up ratio for
  /// speed.
  case lz4(acceleration: Int)
  /// LZ4's high-compression compressor, levels 3 to 12; decompresses like `lz4`.
  case lz4HC(level: Int)
  /// Zstandard; levels from strongly negative (fastest) to 22.
  case zstd(level: Int)

  /// The settings the libraries accept. LZ4's come from `lz4.h` (LZ4_ACCELERATION_MAX) and `lz4hc.h`
  /// (LZ4HC_CLEVEL_MIN, LZ4HC_CLEVEL_MAX); zstd answers for itself.
  static let accelerations = 1...65_537
  static let highCompressionLevels = 3...12
  static let zstdLevels = Int(ZSTD_minCLevel())...Int(ZSTD_maxCLevel())

  /// Reads `lz4`, `lz4:4`, `lz4hc:9`, `zstd:3`, `zstd:-5` or `memcpy`.
  public init(parsing text: String) throws(MethodNameError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].lowercased()
    var setting: Int?
    if parts.count == 2 {
      guard let number = Int(parts[1]) else {
        throw MethodNameError(
          "codec '\(text)': '\(parts[1])' is not a whole number; write it like lz4:1 or zstd:3")
      }
      setting = number
    }
    func checked(_ value: Int, _ range: ClosedRange<Int>) throws(MethodNameError) -> Int {
      guard range.contains(value) else {
        throw MethodNameError(
          "codec '\(text)': the setting has to lie in \(range.lowerBound)...\(range.upperBound)")
      }
      return value
    }
    switch name {
    case "memcpy", "copy":
      guard setting == nil else { throw MethodNameError("codec '\(text)': memcpy takes no setting") }
      self = .copy
    case "lz4": self = .lz4(acceleration: try checked(setting ?? 1, Self.accelerations))
    case "lz4hc": self = .lz4HC(level: try checked(setting ?? 9, Self.highCompressionLevels))
    case "zstd":
      guard setting != 0 else {
        throw MethodNameError("codec '\(text)': level 0 only stands for the default; write zstd:3")
      }
      self = .zstd(level: try checked(setting ?? 3, Self.zstdLevels))
    default:
      throw MethodNameError("unknown codec '\(text)': expected lz4, lz4hc, zstd or memcpy")
    }
  }

  /// The format a stream of this codec has, `nil` for a plain copy.
  public var format: FrameFormat? {
    switch self {
    case .copy: nil
    case .lz4, .lz4HC: .lz4
    case .zstd: .zstd
    }
  }
}

extension Codec: CustomStringConvertible {
  /// The name `init(parsing:)` reads, such as `lz4:1`.
  public var description: String {
    switch self {
    case .copy: "memcpy"
    case .lz4(let acceleration): "lz4:\(acceleration)"
    case .lz4HC(let level): "lz4hc:\(level)"
    case .zstd(let level): "zstd:\(level)"
    }
  }
}

/// A codec or filter name nobody knows, with what was expected.
public struct MethodNameError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// The two stream formats; both are the ones the command-line tools `lz4` and `zstd` read and write.
public enum FrameFormat: String, Hashable, Sendable, CaseIterable {
  case lz4 = "LZ4"
  case zstd
}

/// The versions of the C libraries this process runs with, in their own words.
public struct LibraryVersions: Hashable, Sendable, Codable {
  public var lz4: String
  public var zstd: String

  public init(lz4: String, zstd: String) {
    self.lz4 = lz4
    self.zstd = zstd
  }

  /// What the loaded libraries say of themselves.
  public static var loaded: LibraryVersions {
    LibraryVersions(
      lz4: String(cString: LZ4_versionString()), zstd: String(cString: ZSTD_versionString()))
  }
}
