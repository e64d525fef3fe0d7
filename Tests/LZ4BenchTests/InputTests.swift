import Compression
import Foundation
import Testing

@testable import LZ4Bench

@Suite struct InputTests {
  @Test func `files are pooled by kind, in the order of their names, whatever the folders`() throws {
    let folder = try TemporaryFolder()
    for name in ["b/two.py", "a/one.py", "notes.txt", "data.csv"] {
      try folder.write(text(100), to: name)
    }
    try folder.write(weights(64), to: "model.safetensors")
    let catalog = InputCatalog(paths: [folder.path])
    #expect(catalog.inputs.map(\.kind) == [.weightsFP32, .text, .csv, .source])
    #expect(catalog.problems.isEmpty)
    let source = try #require(catalog.inputs.last)
    #expect(source.byteCount == 200)
    guard case .files(let files) = source.source else {
      Issue.record("real files")
      return
    }
    #expect(files.map { $0.path.suffix(8) } == ["a/one.py", "b/two.py"])
  }

  @Test func `what cannot be measured is named, with the reason`() throws {
    let folder = try TemporaryFolder()
    try folder.write([], to: "empty.txt")
    try folder.write([65], to: "one.txt")
    let missing = folder.path + "/missing"
    let catalog = InputCatalog(paths: [folder.path, missing])
    #expect(catalog.inputs.map(\.byteCount) == [1])
    #expect(
      catalog.problems == [
        InputProblem(path: folder.path + "/empty.txt", reason: "empty: nothing to measure"),
        InputProblem(path: missing, reason: "no such file or folder"),
      ])
  }

  @Test func `many files with the same problem are one line`() {
    let problems =
      (1...5).map { InputProblem(path: "e\($0)", reason: "empty") } + [
        InputProblem(path: "x", reason: "gone")
      ]
    #expect(InputProblem.summary(problems) == ["e1 and 4 more: empty", "x: gone"])
  }

  @Test func `a file that cannot be opened is named, with the reason`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text(10), to: "secret.txt")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    // The administrator reads everything; the system's write-only files are what even they cannot read.
    let unreadable = geteuid() == 0 ? "/sys/bus/pci/rescan" : path
    guard FileManager.default.fileExists(atPath: unreadable) else { return }
    let catalog = InputCatalog(paths: [unreadable])
    #expect(catalog.inputs.isEmpty)
    #expect(catalog.problems.map(\.path) == [unreadable])
    #expect(["Permission denied", "Input/output error"].contains(catalog.problems.first?.reason))
  }

  @Test func `a file that vanishes or shrinks before it is read is named, the others are measured`() throws {
    let folder = try TemporaryFolder()
    for name in ["a.txt", "b.txt", "c.txt"] { try folder.write(text(1_000), to: name) }
    let input = try #require(InputCatalog(paths: [folder.path]).inputs.first)
    try folder.remove("a.txt")
    try folder.write(text(400), to: "b.txt")
    var reader = InputReader(input)
    #expect(reader.next() == text(400) + text(1_000))
    #expect(reader.next().isEmpty)
    #expect(
      reader.problems == [
        InputProblem(
          path: folder.path + "/a.txt", reason: "vanished before it was read: No such file or directory"),
        InputProblem(
          path: folder.path + "/b.txt",
          reason: "became 600 bytes shorter while it was read; the rest was measured"),
      ])
  }

  @Test(arguments: [1, 7, 1_000, 5_000]) func `segments hold every byte once`(segmentBytes: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write(text(1_234), to: "a.txt")
    try folder.write(text(99), to: "b.txt")
    let input = try #require(InputCatalog(paths: [folder.path]).inputs.first)
    var reader = InputReader(input, segmentBytes: segmentBytes)
    var all: [UInt8] = []
    while case let segment = reader.next(), !segment.isEmpty {
      #expect(segment.count <= segmentBytes)
      all += segment
    }
    #expect(all == text(1_234) + text(99))
  }

  @Test func `arrays of numbers begin a segment with every file`() throws {
    let folder = try TemporaryFolder()
    try folder.write(weights(10), to: "a.safetensors")
    try folder.write(weights(20), to: "b.safetensors")
    var reader = InputReader(try #require(InputCatalog(paths: [folder.path]).inputs.first))
    #expect(reader.next() == weights(10))
    #expect(reader.next() == weights(20))
  }
}

@Suite struct SyntheticDataTests {
  @Test(arguments: SyntheticData.allCases)
  func `generated data is the same however it is cut`(data: SyntheticData) {
    var whole = SyntheticStream(data, seed: 5)
    var pieces = SyntheticStream(data, seed: 5)
    #expect(whole.next(10_000) == pieces.next(1) + pieces.next(7_000) + pieces.next(2_999))
    var other = SyntheticStream(data, seed: 6)
    #expect(other.next(10_000) != SyntheticData.bytes(data, 10_000))
  }

  @Test func `generated weights have the spread of trained ones`() {
    let bytes = SyntheticData.bytes(.fp32, 400_000)
    let values = stride(from: 0, to: bytes.count, by: 4).map { i in
      Double(Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[i + $1]) << UInt32(8 * $1) }))
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let fourth = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) }
    let kurtosis = fourth / Double(values.count) / variance / variance
    #expect(abs(mean) < 0.002)
    #expect((0.03...0.1).contains(variance.squareRoot()))
    #expect((2.7...4).contains(kurtosis))
  }

  @Test func `16-bit weights are the 32-bit ones, rounded`() {
    let wide = SyntheticData.bytes(.fp32, 4_000)
    let half = SyntheticData.bytes(.fp16, 2_000)
    let brain = SyntheticData.bytes(.bf16, 2_000)
    for i in 0..<1_000 {
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(wide[4 * i + $1]) << UInt32(8 * $1) }
      let value = Float(bitPattern: bits)
      let short = Float(Float16(bitPattern: UInt16(half[2 * i]) | UInt16(half[2 * i + 1]) << 8))
      let upper = Float(bitPattern: UInt32(brain[2 * i]) << 16 | UInt32(brain[2 * i + 1]) << 24)
      #expect(abs(short - value) <= max(abs(value) / 2_048, 1e-7))
      #expect(abs(upper - value) <= abs(value) / 256)
    }
  }
}

extension SyntheticData {
  static func bytes(_ data: SyntheticData, _ count: Int) -> [UInt8] {
    var stream = SyntheticStream(data, seed: 5)
    return stream.next(count)
  }
}

@Suite struct QuantityTests {
  @Test(arguments: [
    ("512B", 512), ("64KiB", 65_536), ("4MiB", 4_194_304), ("10GB", 10_000_000_000), ("1.5 kB", 1_500),
  ])
  func `sizes keep powers of 1000 and of 1024 apart`(text: String, bytes: Int) throws {
    #expect(try Quantity.bytes(text) == bytes)
  }

  @Test func `rates come in bytes and in bits`() throws {
    #expect(try Quantity.bytesPerSecond("150MB/s") == 150_000_000)
    #expect(try Quantity.bytesPerSecond("100Mbit/s") == 12_500_000)
  }

  @Test func `durations come with a unit`() throws {
    #expect(try Quantity.duration("200ms") == .milliseconds(200))
    #expect(try Quantity.duration("1.5s") == .milliseconds(1_500))
  }

  @Test(arguments: ["", "10", "GB", "-1GB", "1e9GB", "0B", "9999999999TB", "1.2.3GB", "1GB/s"])
  func `a wrong size says what was expected`(text: String) {
    #expect { try Quantity.bytes(text) } throws: { "\($0)".contains("a size such as 64KiB, 4MiB or 10GB") }
  }

  @Test func `no text makes the parsers crash`() {
    var random = SplitMix64(state: 1)
    let alphabet = Array("0123456789.kKMGTiBbts/ -+e\u{1F600}٣")
    for _ in 0..<10_000 {
      let text = String(
        (0..<random.next() % 8).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
      if let bytes = try? Quantity.bytes(text) { #expect(bytes > 0) }
      _ = try? Quantity.bytesPerSecond(text)
      _ = try? Quantity.duration(text)
    }
  }
}
