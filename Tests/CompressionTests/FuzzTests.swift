import Testing

@testable import Compression

/// Every reader gets inputs that began well and were then damaged: it may give a result or throw, never
/// crash, and never hand out more than it was allowed to.
@Suite struct FuzzTests {
  static func damaged(_ seeds: [[UInt8]], _ random: inout TestRandom) -> [UInt8] {
    var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
    for _ in 0...random.next() % 4 {
      guard !bytes.isEmpty else { return bytes }
      let place = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 6 {
      case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
      case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
      default:  // the extremes a length field may hold
        let value: UInt8 = random.next() % 2 == 0 ? 0xFF : 0
        for i in place..<min(place + 4, bytes.count) { bytes[i] = value }
      }
    }
    return bytes
  }

  @Test(arguments: [Codec.lz4(acceleration: 1), .zstd(level: 3)])
  func `damaged frames give content within the limit or a typed error`(codec: Codec) throws {
    let seeds = try [0, 3, 100, 700].map {
      try Frames.compress(sampleText($0).span.bytes, with: codec)
    }
    var random = TestRandom(seed: 11)
    var (accepted, refused) = (0, 0)
    for _ in 0..<30_000 {
      let input = Self.damaged(seeds, &random)
      if let content = try? Frames.decompress(input.span.bytes, limit: 2_000) {
        #expect(content.count <= 2_000)
        accepted += 1
      } else {
        refused += 1
      }
    }
    // Damage is nearly always noticed (the checksum); what is left did no harm (skippable frames, cut at an
    // end).
    #expect(refused > 20_000)
    #expect(accepted + refused == 30_000)
  }

  @Test(arguments: [Codec.lz4(acceleration: 1), .zstd(level: 3)])
  func `damaged blocks never write beyond their output`(codec: Codec) throws {
    let content = sampleText(700)
    let compressor = try BlockCompressor(codec)
    var room = try PageBuffer(count: BlockCompressor.bound(for: 700))
    var target = room.mutableBytes
    let size = try compressor.compress(content.span.bytes, into: &target)
    let seed = (0..<size).map { room.bytes.byte(at: $0) }
    let decompressor = try BlockDecompressor(codec)
    var output = [UInt8](repeating: 0xEE, count: 1_000)
    var random = TestRandom(seed: 12)
    for _ in 0..<20_000 {
      let input = Self.damaged([seed], &random)
      var span = output.mutableSpan
      let bytes = span.mutableBytes
      var allowed = bytes._consumingExtracting(first: 800)
      if let count = try? decompressor.decompress(input.span.bytes, into: &allowed) {
        #expect(count <= 800)
      }
    }
    #expect(output.suffix(200).allSatisfy { $0 == 0xEE })
  }

  @Test func `damaged segments, alone and in a stream, are refused or right`() throws {
    let content = sampleText(300)
    let seeds = try SegmentTests.methods.map { try Segment.encode(content.span.bytes, with: $0) }
    var random = TestRandom(seed: 13)
    for _ in 0..<15_000 {
      let input = Self.damaged(seeds, &random)
      if let result = try? Segment.decode(input.span.bytes) { #expect(result == content) }
      var splitter = SegmentSplitter()
      splitter.append(input)
      var taken = 0
      do {
        while let segment = try splitter.next() { taken += segment.count }
      } catch {
        #expect(error != .outOfMemory)
      }
      #expect(taken <= input.count)
    }
  }

  @Test func `damaged safetensors headers and calibrations are refused or read`() throws {
    let header = DataKindTests.safetensors(
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[64],\"data_offsets\":[16,9223372036854775807]}}")
    let calibration = try CalibrationTests.sample.encoded()
    var random = TestRandom(seed: 14)
    for _ in 0..<10_000 {
      _ = try? SafetensorsHeader(parsing: Self.damaged([header], &random))
    }
    var small = CalibrationTests.sample
    small.entries.removeLast(small.entries.count - 1)
    let seed = try small.encoded()
    #expect(seed.count < calibration.count)
    for _ in 0..<10_000 {
      if let read = try? Calibration(parsing: Self.damaged([seed], &random), name: "c") {
        for entry in read.entries { _ = entry.compressedBytes(for: .max) }
      }
    }
  }

  @Test func `damaged names of codecs and filters are refused or read`() {
    let seeds = ["lz4:1", "zstd:-5", "lz4hc:12", "bitshuffle:4", "none"].map { Array($0.utf8) }
    var random = TestRandom(seed: 15)
    for _ in 0..<10_000 {
      let name = String(decoding: Self.damaged(seeds, &random), as: UTF8.self)
      if let codec = try? Codec(parsing: name) { #expect((try? Codec(parsing: "\(codec)")) == codec) }
      if let filter = try? Filter(parsing: name) { #expect((try? Filter(parsing: "\(filter)")) == filter) }
    }
  }
}
