import Foundation

@testable import Compression

/// A small generator for test data (SplitMix64), the same on every run.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Data that compresses, but not to nothing: words drawn from a small vocabulary.
func sampleText(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  let words = ["failover ", "snapshot ", "GPU ", "restore ", "of a ", "workload\n", "42, ", "7; "].map {
    Array($0.utf8)
  }
  var random = TestRandom(seed: seed)
  var bytes: [UInt8] = []
  while bytes.count < count { bytes += words[Int(random.next() % 8)] }
  return Array(bytes.prefix(count))
}

func randomBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var random = TestRandom(seed: seed)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

/// A directory that is removed when the value goes away.
final class TemporaryFolder {
  let path: String
  init() throws {
    path =
      FileManager.default.temporaryDirectory.appending(
        path: "compression-\(UUID().uuidString)"
      ).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }
}

/// Where a program is, or `nil` when it is not installed.
func program(_ name: String) -> String? {
  ["/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/", "/bin/"].map { $0 + name }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs a program and returns its exit status.
@discardableResult
func run(_ path: String, _ arguments: [String]) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}

let allCodecs: [Codec] = [
  .lz4(acceleration: 1), .lz4(acceleration: 8), .lz4HC(level: 3), .lz4HC(level: 12), .zstd(level: 1),
  .zstd(level: -5), .zstd(level: 9),
]
