import Compression
import Foundation

/// The command-line tool that does what a codec does.
struct ShellCommand {
  var compress: String
  var decompress: String
  var name: String { compress }

  /// `nil` when no installed tool has this setting.
  init?(_ codec: Codec) {
    switch codec {
    case .copy: return nil
    case .lz4(1): (compress, decompress) = ("lz4 -q -1", "lz4 -q -d")
    case .lz4(let acceleration): (compress, decompress) = ("lz4 -q --fast=\(acceleration)", "lz4 -q -d")
    case .lz4HC(let level): (compress, decompress) = ("lz4 -q -\(level)", "lz4 -q -d")
    case .zstd(let level) where level < 0:
      (compress, decompress) = ("zstd -q --fast=\(-level)", "zstd -q -d")
    case .zstd(let level): (compress, decompress) = ("zstd -q --ultra -\(level)", "zstd -q -d")
    }
    let tool = compress.prefix { $0 != " " }
    let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    guard paths.contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }) else {
      return nil
    }
  }
}
