import Foundation
import Testing

@testable import Compression

@Suite struct DataKindTests {
  static func safetensors(_ json: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: json.utf8.count >> (8 * i))) }
    return bytes + Array(json.utf8)
  }

  @Test(arguments: [
    ("F32", DataKind.weightsFP32), ("F16", .weightsFP16), ("BF16", .weightsBF16), ("I8", .weightsOther),
  ])
  func `the number format of weights is read from the header`(format: String, kind: DataKind) {
    let head = Self.safetensors(
      """
      {"__metadata__":{"format":"pt"},"ids":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},
       "w":{"dtype":"\(format)","shape":[64],"data_offsets":[16,272]}}
      """)
    #expect(DataKind(name: "model.safetensors", head: head) == kind)
  }

  @Test(arguments: [
    ("a.csv", "a,b\n1,2\n", DataKind.csv), ("a.py", "import os\n", .source), ("README", "Read me.", .text),
    ("größe.txt", "Größe: 5 µm", .text), ("a.bin", "\u{0}\u{1}\u{2}", .other),
    ("a.bin", "PK\u{3}\u{4}", .archive),
    ("a.zst", "", .archive), ("model.gguf", "GGUF", .weightsOther), ("a.safetensors", "short", .weightsOther),
  ])
  func `a file's kind follows from its name and its first bytes`(name: String, head: String, kind: DataKind) {
    #expect(DataKind(name: name, head: Array(head.utf8)) == kind)
  }

  @Test func `source in an old encoding is source, source with zero bytes is not`() {
    #expect(DataKind(name: "a.py", head: Array("# ".utf8) + [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4]) == .source)
    #expect(DataKind(name: "a.py", head: [35, 0, 0, 1]) == .other)
  }

  @Test func `random bytes are not text`() {
    #expect(!DataKind.looksLikeText(randomBytes(4_096).map { $0 == 0 ? 1 : $0 }))
  }
}

@Suite struct MethodChooserTests {
  static let shuffled = Method(codec: .zstd(level: 1), filter: .bytePlanes(.four))
  static let bits = Method(codec: .lz4(acceleration: 1), filter: .bitPlanes(.four))
  static let plain = Method(codec: .lz4(acceleration: 1))

  static func calibration(_ rate: Int64 = 1_000_000_000) -> Calibration {
    let methods = [plain, shuffled, bits]
    let entries = [DataKind.weightsFP32, .text, .csv, .source].flatMap { kind in
      methods.map { method in
        Calibration.Entry(
          kind: kind, synthetic: false, method: method, chunkBytes: 4 << 20, threads: 1,
          contentBytes: 100, compressedBytes: 50,
          // Filters look free here, so that only the rule can keep them off text.
          compressBytesPerSecond: method.filter == .none ? rate : rate * 10,
          decompressBytesPerSecond: rate, decompressFreshBytesPerSecond: rate)
      }
    }
    return Calibration(
      measuredAt: "2026-01-01T00:00:00Z",
      machine: MachineDescription(
        cpu: "test", cpus: 2, architecture: "x86_64", system: "Linux", memoryBytes: 1, pageBytes: 4096,
        hugePages: "madvise", loadAverage: 0),
      libraries: .loaded, entries: entries)
  }

  /// Numbers with equal exponents and random low bits, as weights have.
  static func weights() -> [UInt8] {
    var random = TestRandom(seed: 4)
    return (0..<20_000).flatMap { _ -> [UInt8] in
      let low = random.next()
      return [UInt8(truncatingIfNeeded: low), UInt8(truncatingIfNeeded: low >> 8), 0x10, 0x3C]
    }
  }

  @Test(arguments: [DataKind.text, .csv, .source])
  func `text is never filtered, even where a filter would look faster`(kind: DataKind) throws {
    let chooser = MethodChooser(
      calibration: Self.calibration(), threads: 1, uploadBytesPerSecond: 10_000_000_000,
      downloadBytesPerSecond: 10_000_000_000)
    let numbersInDisguise = Self.weights()
    #expect(try chooser.choose(kind: kind, samples: [numbersInDisguise]).method.filter == .none)
    #expect(try chooser.choose(kind: kind, samples: [sampleText(50_000)]).method.filter == .none)
  }

  @Test func `weights over a slow link are laid out in planes`() throws {
    let chooser = MethodChooser(
      calibration: Self.calibration(), threads: 1, uploadBytesPerSecond: 50_000_000,
      downloadBytesPerSecond: 100_000_000)
    let choice = try chooser.choose(kind: .weightsFP32, samples: [Self.weights()])
    #expect(choice.method.filter != .none)
    #expect(choice.sizeFraction < 0.6)
    // By hand: bound by the link both ways, 10⁹ bytes shrink to the fraction.
    #expect(abs(choice.secondsPerGigabyte - choice.sizeFraction * (20 + 10)) < 1e-9)
  }

  @Test func `what does not shrink, and a link faster than the codec, are left alone`() throws {
    let slowLink = MethodChooser(
      calibration: Self.calibration(), threads: 1, uploadBytesPerSecond: 1_000_000,
      downloadBytesPerSecond: 1_000_000)
    #expect(try slowLink.choose(kind: .text, samples: [randomBytes(50_000)]).method.codec == .copy)
    let fastLink = MethodChooser(
      calibration: Self.calibration(1_000_000), threads: 1, uploadBytesPerSecond: 1_000_000_000,
      downloadBytesPerSecond: 1_000_000_000)
    #expect(try fastLink.choose(kind: .text, samples: [sampleText(50_000)]).method.codec == .copy)
  }

  @Test func `a sample takes pieces from the whole file, on whole numbers`() throws {
    let folder = try TemporaryFolder()
    let content = randomBytes(10_000)
    let path = try folder.write(content, to: "a")
    let pieces = try FileSample.read(path: path, pieces: 3, pieceBytes: 1_000)
    #expect(pieces == [0, 4_496, 9_000].map { Array(content[$0..<$0 + 1_000]) })
    #expect(try FileSample.read(path: path, pieces: 3, pieceBytes: 5_000) == [content])
  }
}

@Suite struct CalibrationTests {
  static let sample = MethodChooserTests.calibration()

  @Test func `a calibration reads back what was written`() throws {
    let bytes = try Self.sample.encoded()
    #expect(try Calibration(parsing: bytes, name: "c.json") == Self.sample)
  }

  @Test func `sizes follow the measured ratio exactly and never overflow`() {
    var entry = Self.sample.entries[0]
    (entry.contentBytes, entry.compressedBytes) = (3, 2)
    #expect(entry.compressedBytes(for: 10) == 7)  // 6.67, rounded up
    #expect(entry.compressedBytes(for: 0) == 0)
    (entry.contentBytes, entry.compressedBytes) = (1, 4)
    #expect(entry.compressedBytes(for: .max) == .max)
  }

  @Test func `the entry asked for is the one with as many threads, or fewer`() {
    var calibration = Self.sample
    var two = calibration.entries[0]
    two.threads = 2
    calibration.entries.append(two)
    let (kind, method) = (two.kind, two.method)
    #expect(calibration.entry(for: kind, method: method, threads: 1)?.threads == 1)
    #expect(calibration.entry(for: kind, method: method, threads: 8)?.threads == 2)
    #expect(calibration.entry(for: .tokens, method: method, threads: 8) == nil)
  }

  @Test(arguments: [
    ("{", "c.json: not valid JSON: "),
    ("[]", "c.json: : expected"),
    ("{\"schemaVersion\":1}", "c.json: measuredAt: missing"),
  ])
  func `a file that is no calibration says why`(text: String, message: String) throws {
    #expect {
      try Calibration(parsing: Array(text.utf8), name: "c.json")
    } throws: {
      let expected = message.replacingOccurrences(of: ": : ", with: ": ")
      return "\($0)".replacingOccurrences(of: ": : ", with: ": ").hasPrefix(expected)
    }
  }

  @Test(arguments: [
    ("\"threads\" : 1", "\"threads\" : 0", "c.json: entries[0].threads: 0 has to be greater than 0"),
    ("\"schemaVersion\" : 1", "\"schemaVersion\" : 9", "c.json: schemaVersion 9 is not known; expected 1"),
    ("\"lz4:1\"", "\"lz5\"", "c.json: entries[0].method.codec: unknown codec 'lz5'"),
    ("\"kind\" : \"weights-fp32\"", "\"kind\" : \"x\"", "c.json: entries[0].kind: "),
  ])
  func `a wrong value is named with its place`(old: String, new: String, message: String) throws {
    let text = String(decoding: try Self.sample.encoded(), as: UTF8.self)
    let range = try #require(text.range(of: old))
    let changed = text.replacingCharacters(in: range, with: new)
    #expect { try Calibration(parsing: Array(changed.utf8), name: "c.json") } throws: {
      "\($0)".hasPrefix(message)
    }
  }

  @Test func `a file that is not there says so`() {
    #expect { try Calibration(contentsOf: "/nonexistent/c.json") } throws: {
      "\($0)".hasPrefix("/nonexistent/c.json: cannot be read")
    }
  }
}
