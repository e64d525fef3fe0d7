import Testing

@testable import Compression

/// Against the real programs; each test needs them installed and is skipped where they are not.
@Suite struct InteroperabilityTests {
  static let hasLZ4 = program("lz4") != nil
  static let hasZstd = program("zstd") != nil

  @Test(.enabled(if: hasLZ4), arguments: [0, 1, 100_000, 9_000_000])
  func `lz4 reads what we write, and checks it`(count: Int) throws {
    let lz4 = try #require(program("lz4"))
    let content = sampleText(count)
    for codec in [Codec.lz4(acceleration: 1), .lz4HC(level: 9)] where codec.format == .lz4 {
      let folder = try TemporaryFolder()
      let encoder = try FrameEncoder(codec)
      var stream: [UInt8] = []
      try encoder.encode(content.span.bytes, appendingTo: &stream)
      try encoder.finish(appendingTo: &stream)
      for frame in [stream, try Frames.compress(content.span.bytes, with: codec)] {
        let file = try folder.write(frame, to: "a.lz4")
        #expect(try run(lz4, ["-t", file]) == 0)
        #expect(try run(lz4, ["-d", "-f", file, folder.path + "/a"]) == 0)
        #expect(try folder.read("a") == content)
      }
    }
  }

  @Test(.enabled(if: hasLZ4), arguments: ["-1", "-9", "-BD", "-B4", "-BX", "--no-frame-crc"])
  func `we read what lz4 writes`(option: String) throws {
    let lz4 = try #require(program("lz4"))
    let folder = try TemporaryFolder()
    let content = sampleText(1_000_000)
    let file = try folder.write(content, to: "a")
    #expect(try run(lz4, [option, "-f", file, folder.path + "/a.lz4"]) == 0)
    let theirs = try folder.read("a.lz4")
    #expect(try Frames.decompress(theirs.span.bytes, limit: content.count) == content)
  }

  @Test(.enabled(if: hasZstd), arguments: [0, 1, 100_000, 3_000_000])
  func `zstd reads what we write, and checks it`(count: Int) throws {
    let zstd = try #require(program("zstd"))
    let folder = try TemporaryFolder()
    let content = sampleText(count)
    for codec in [Codec.zstd(level: 1), .zstd(level: 12)] {
      let frame = try Frames.compress(content.span.bytes, with: codec)
      let file = try folder.write(frame, to: "a.zst")
      #expect(try run(zstd, ["-t", file]) == 0)
      #expect(try run(zstd, ["-d", "-f", file, "-o", folder.path + "/a"]) == 0)
      #expect(try folder.read("a") == content)
    }
  }

  @Test(.enabled(if: hasZstd), arguments: ["-1", "-19", "-T2", "--no-check", "--fast=4"])
  func `we read what zstd writes`(option: String) throws {
    let zstd = try #require(program("zstd"))
    let folder = try TemporaryFolder()
    let content = sampleText(1_000_000)
    let file = try folder.write(content, to: "a")
    #expect(try run(zstd, [option, "-f", file, "-o", folder.path + "/a.zst"]) == 0)
    let theirs = try folder.read("a.zst")
    #expect(try Frames.decompress(theirs.span.bytes, limit: content.count) == content)
  }

  @Test(.enabled(if: hasLZ4 && hasZstd))
  func `dictionaries work across, both ways`() throws {
    let folder = try TemporaryFolder()
    let dictionary = CompressionDictionary(sampleText(20_000, seed: 5))
    let content = sampleText(3_000, seed: 6)
    let dictionaryFile = try folder.write(dictionary.bytes, to: "dictionary")
    let plain = try folder.write(content, to: "plain")
    var options = FrameOptions()
    options.dictionary = dictionary
    // zstd names its output with -o, lz4 by position.
    let tools: [(Codec, String, [String])] = [
      (.lz4(acceleration: 1), "lz4", []), (.zstd(level: 3), "zstd", ["-o"]),
    ]
    for (codec, name, option) in tools {
      let tool = try #require(program(name))
      let output = option + [folder.path + "/output"]
      let ours = try folder.write(
        Frames.compress(content.span.bytes, with: codec, options: options), to: "ours")
      #expect(try run(tool, ["-d", "-f", "-D", dictionaryFile, ours] + output) == 0)
      #expect(try folder.read("output") == content)
      #expect(try run(tool, ["-f", "-D", dictionaryFile, plain] + output) == 0)
      let theirs = try folder.read("output")
      #expect(
        try Frames.decompress(theirs.span.bytes, limit: 3_000, dictionary: dictionary) == content)
    }
  }

  @Test(.enabled(if: hasLZ4 && hasZstd))
  func `segments without a filter are ordinary files to the tools`() async throws {
    let folder = try TemporaryFolder()
    let content = sampleText(1_000_000)
    let tools: [(Codec, String, [String])] = [
      (.lz4(acceleration: 1), "lz4", []), (.zstd(level: 1), "zstd", ["-o"]),
    ]
    for (codec, name, option) in tools {
      let stream = try await ParallelFrames.compress(
        content, with: Method(codec: codec), threads: 2, segmentBytes: 128 << 10)
      let file = try folder.write(stream, to: "stream")
      let tool = try #require(program(name))
      #expect(try run(tool, ["-d", "-f", file] + option + [folder.path + "/content"]) == 0)
      #expect(try folder.read("content") == content)
    }
  }
}
