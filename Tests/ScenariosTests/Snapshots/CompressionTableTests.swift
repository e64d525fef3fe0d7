import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

@Suite struct CompressionTableTests {
  static let calibration = Catalogue.folder.deletingLastPathComponent()
    .appendingPathComponent("reports/compression-calibration.json").path

  private let files: [WorkspaceModel.File] = [
    .init(name: "model.safetensors", size: .megabytes(900), kind: .weightsFP32),
    .init(name: "half.safetensors", size: .megabytes(400), kind: .weightsBF16),
    .init(name: "data.csv", size: .megabytes(100)), .init(name: "pictures.zip", size: .megabytes(50)),
  ]

  private func profile(
    _ text: String, of files: [WorkspaceModel.File]? = nil, upload: Int64 = 150, download: Int64 = 267
  ) throws -> CompressionProfile {
    try CompressionProfile(
      of: files ?? self.files, by: SnapshotCompression(parsing: text), .measuredHere, threads: 1,
      upload: .megabytesPerSecond(upload), download: .megabytesPerSecond(download))
  }

  @Test func `the table in the program is the calibration in the reports`() throws {
    #expect(try CalibrationFile(contentsOf: Self.calibration).table == .measuredHere)
    #expect(CompressionTable.measuredHere.rows.count == 36)
  }

  @Test func `a profile adds up what was measured for each kind of file`() throws {
    let profile = try profile("zstd:1")
    // reports/compression.md: fp32 83,246,458 of 90,868,376 bytes, bf16 49,936,695 of 64,000,000, CSV 1,228,882 of
    // 11,838,404; archives as they are.
    let stored =
      900e6 * 83_246_458 / 90_868_376 + 400e6 * 49_936_695 / 64e6 + 100e6 * 1_228_882 / 11_838_404 + 50e6
    #expect(abs(Double(profile.stored.bytes) - stored) < 4)
    let compress = 900 / 943.0 + 400 / 923.4 + 100 / 875.6
    #expect(abs(profile.compress.inSeconds - compress) < 1e-6)
    let decompress = 900 / 907.4 + 400 / 907.3 + 100 / 1266.4
    #expect(abs(profile.decompress.inSeconds - decompress) < 1e-6)
    #expect(profile.content == .megabytes(1450))
  }

  @Test func `a filter without a size takes that of the numbers, and leaves text alone`() throws {
    let filtered = try profile("bitshuffle+lz4:1")
    let parts: [(Double, Double, Double)] = [
      (900e6, 78_337_078, 90_868_376), (400e6, 47_641_589, 64_000_000), (100e6, 1_776_477, 11_838_404),
    ]
    let stored = parts.reduce(50e6) { $0 + $1.0 * $1.1 / $1.2 }
    #expect(abs(Double(filtered.stored.bytes) - stored) < 4)
  }

  @Test func `weights of unknown numbers are taken for fp32, text for source code`() throws {
    let unknown = try profile("lz4:1", of: [.init(name: "model.pt", size: .megabytes(100))])
    let known = try profile("lz4:1", of: [.init(name: "a", size: .megabytes(100), kind: .weightsFP32)])
    #expect(unknown == known)
    let text = try profile("lz4:1", of: [.init(name: "a.txt", size: .megabytes(100))])
    #expect(text == (try profile("lz4:1", of: [.init(name: "a.py", size: .megabytes(100))])))
  }

  @Test(arguments: ["zstd:9", "shuffle:8+lz4:1", "lz4:7"]) func `what was not measured is not made up`(method: String) {
    let error = #expect(throws: CompressionUnknown.self) { try profile(method) }
    #expect(error?.description.contains("has not been measured on weights-") == true)
    #expect(error?.description.contains("zstd:1") == true, "it says what was")
  }

  @Test(arguments: [
    "", "lz5", "lz4:", "lz4:x", "+lz4", "shuffle+", "shuffle:3+lz4:1", "a+b+c", "none:1", "shuffle+none",
  ])
  func `what is no method is refused`(text: String) {
    #expect(throws: CompressionUnknown.self) { try SnapshotCompression(parsing: text) }
  }

  @Test func `methods are read by the names that bench prints, with the tools' standard settings`() throws {
    for (text, name) in [
      ("lz4", "lz4:1"), ("lz4hc", "lz4hc:9"), ("zstd", "zstd:3"), ("zstd:-5", "zstd:-5"),
      ("shuffle:4+zstd:1", "shuffle:4+zstd:1"), ("bitshuffle+lz4", "bitshuffle+lz4:1"), ("none", "none"),
      ("memcpy", "none"), ("adaptive", "adaptive"),
    ] { #expect(try SnapshotCompression(parsing: text).description == name) }
  }

  /// The rule a second time, in floating point, over every row.
  @Test(arguments: [(10, 10), (150, 267), (1000, 1000), (20_000, 20_000)] as [(Int64, Int64)])
  func `the adaptive choice is the quickest there and back`(upload: Int64, download: Int64) throws {
    for kind in [ContentKind.weightsFP32, .weightsBF16, .csv, .source] {
      func seconds(_ ratio: Double, _ compress: Double, _ decompress: Double) -> Double {
        max(1e3 / compress, ratio * 1e3 / Double(upload)) + max(1e3 / decompress, ratio * 1e3 / Double(download))
      }
      var best = (name: "none", time: seconds(1, .infinity, .infinity))
      for row in CompressionTable.measuredHere.rows where row.kind == kind && row.method.codec != .memcpy {
        let ratio = Double(row.compressed.bytes) / Double(row.content.bytes)
        let time = seconds(
          ratio, Double(row.compress.bytesPerSecond) / 1e6, Double(row.decompress.bytesPerSecond) / 1e6)
        if time < best.time { best = (row.method.description, time) }
      }
      let chosen = try profile(
        "adaptive", of: [.init(name: "x", size: .gigabytes(1), kind: kind)], upload: upload, download: download)
      #expect(chosen.name == "adaptive: \(best.name)")
    }
  }

  @Test func `the adaptive choice compresses over a slow link and not over a fast one`() throws {
    let slow = try profile("adaptive", upload: 10, download: 10)
    #expect(slow.name == "adaptive: shuffle:4+zstd:1, shuffle:2+zstd:1, zstd:3, none")
    let fast = try profile("adaptive", upload: 20_000, download: 20_000)
    #expect(fast.name == "adaptive: none")
    #expect(fast.stored == fast.content)
  }
}

@Suite struct CalibrationFileTests {
  private static let text = (try? String(contentsOfFile: CompressionTableTests.calibration, encoding: .utf8)) ?? ""

  private func read(_ text: String) throws -> CalibrationFile {
    try Document(bytes: Array(text.utf8), name: "calibration.json").read(CalibrationFile.init).value
  }

  @Test(arguments: [
    ("\"schemaVersion\" : 1", "\"schemaVersion\" : 2", "version 1"),
    ("\"contentBytes\" : 11838404", "\"contentBytes\" : 0", "must be at least 1"),
    ("\"compressBytesPerSecond\" : 1391300000", "\"compressBytesPerSecond\" : -5", "must be at least 1"),
    ("\"compressBytesPerSecond\" : 1391300000", "\"compressBytesPerSecond\" : \"fast\"", "expected a whole number"),
    ("\"codec\" : \"zstd:3\"", "\"codec\" : \"lzma:3\"", "no method"),
    ("\"kind\" : \"csv\"", "\"kind\" : \"cvs\"", "did you mean 'csv'"),
    ("\"threads\" : 1", "\"thread\" : 1", "did you mean 'threads'"),
    ("\"cpu\" : \"AMD EPYC\",", "", "'cpu' is missing"),
    ("\"entries\" : [", "\"entrie\" : [", "did you mean 'entries'"),
  ])
  func `a calibration with a mistake is refused, with its place`(old: String, new: String, message: String) throws {
    #expect(Self.text.contains(old))
    let damaged = Self.text.replacing(old, with: new, maxReplacements: 1)
    let error = #expect(throws: InvalidFile.self) { try read(damaged) }
    let told = error?.description ?? ""
    #expect(told.contains(message), "\(told)")
    #expect(told.hasPrefix("calibration.json:"))
  }

  @Test func `an empty file, an empty list and another document are refused`() {
    for text in ["", "{}", "[]", "null", Self.text.replacing(/(?s)"entries" : \[.*\n  \]/, with: "\"entries\" : []")] {
      #expect(throws: InvalidFile.self) { try read(text) }
    }
  }

  @Test func `ten thousand damaged calibrations are read or refused, and none stops the program`() throws {
    var random = TestRandom(state: 7)
    // A short one on one line, so that damage strikes something that matters.
    let entry = try #require(Self.text.firstMatch(of: /(?s)    \{\n      "chunkBytes".*?\n    \}/)).output
    let head = Self.text.prefix { $0 != "[" }
    let tail = Self.text.suffix(from: try #require(Self.text.range(of: "\n  ],")).lowerBound)
    let short = Array("\(head)[\(entry)\(tail)".replacing(/\s+/, with: " ").utf8)
    #expect(throws: Never.self) { try read(String(decoding: short, as: UTF8.self)) }
    var readable = 0
    for _ in 0..<10_000 {
      let bytes = mutated(short, with: [short], using: &random)
      let file = try? Document(bytes: bytes, name: "fuzz").read(CalibrationFile.init).value
      guard let file else { continue }
      readable += 1
      for row in file.table.rows { _ = row.stored(for: ByteCount(.max)) }
    }
    #expect(readable > 10 && readable < 9_990)
  }
}
