import Compression
import Foundation

@testable import LZ4Bench

/// A directory that is removed when the value goes away.
final class TemporaryFolder {
  let path: String
  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "bench-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }
}

func text(_ count: Int) -> [UInt8] {
  Array(
    Array(repeating: "failover of a workload on a spot GPU, ", count: count / 38 + 1).joined().utf8.prefix(
      count))
}

/// A safetensors file of floats.
func weights(_ count: Int) -> [UInt8] {
  let json = "{\"w\":{\"dtype\":\"F32\",\"shape\":[\(count)],\"data_offsets\":[0,\(4 * count)]}}"
  let padded = json + String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
  let length = (0..<8).map { UInt8(truncatingIfNeeded: padded.utf8.count >> (8 * $0)) }
  var stream = SyntheticStream(.fp32, seed: 3)
  return length + Array(padded.utf8) + stream.next(4 * count)
}

/// A row with the figures a test needs.
func row(
  _ kind: DataKind = .text, codec: String = "lz4:1", filter: String = "none", ratio: Double = 2,
  compress: Double = 500, decompress: Double = 2_000, fresh: Double = 1_000, stored: Bool = false
) throws -> BenchmarkRow {
  let method = Method(codec: try Codec(parsing: codec), filter: try Filter(parsing: filter))
  var row = BenchmarkRow(
    input: Input(name: "input", kind: kind, byteCount: 2_000_000, source: .files([])), bytes: 2_000_000,
    configuration: Configuration(method: method, chunkBytes: 65_536, threads: 1),
    result: Benchmark.Result())
  row.ratio = ratio
  row.compress = .init(fastest: compress, median: compress, cpu: compress)
  row.decompress = .init(fastest: decompress, median: decompress, cpu: decompress)
  row.decompressFresh = fresh
  row.stored = stored
  return row
}

func report(_ rows: [BenchmarkRow]) -> BenchmarkReport {
  BenchmarkReport(machine: .current(), libraries: .loaded, rows: rows, problems: [])
}
