import Testing

@testable import Compression

@Suite struct FrameTests {
  @Test(arguments: allCodecs)
  func `a frame gives back its content, whatever its length`(codec: Codec) throws {
    for count in [0, 1, 15, 65_535, 65_536, 300_001] {
      let content = sampleText(count)
      let frame = try Frames.compress(content.span.bytes, with: codec)
      #expect(try Frames.decompress(frame.span.bytes, limit: count) == content)
    }
  }

  @Test(arguments: allCodecs)
  func `a frame written and read in small pieces gives back its content`(codec: Codec) throws {
    let content = sampleText(200_000)
    let encoder = try FrameEncoder(codec)
    var stream: [UInt8] = []
    for start in stride(from: 0, to: content.count, by: 7_001) {
      let piece = Array(content[start..<min(start + 7_001, content.count)])
      try encoder.encode(piece.span.bytes, appendingTo: &stream)
    }
    try encoder.finish(appendingTo: &stream)
    #expect(try decodedInPieces(stream, codec, pieceBytes: 777, roomBytes: 1_009) == content)
    #expect(try Frames.decompress(stream.span.bytes, limit: content.count) == content)
  }

  @Test(arguments: [Codec.lz4(acceleration: 1), .zstd(level: 3)])
  func `frames in a row are one stream`(codec: Codec) throws {
    let encoder = try FrameEncoder(codec)
    var stream: [UInt8] = []
    for part in ["one ", "two ", ""] {
      try encoder.encode(Array(part.utf8).span.bytes, appendingTo: &stream)
      try encoder.finish(appendingTo: &stream)
    }
    #expect(try Frames.decompress(stream.span.bytes, limit: 100) == Array("one two ".utf8))
  }

  @Test(arguments: allCodecs)
  func `content beyond the limit is refused, content of exactly the limit is not`(codec: Codec) throws {
    let content = [UInt8](repeating: 7, count: 1_000_000)
    let frame = try Frames.compress(content.span.bytes, with: codec)
    #expect(throws: CompressionError.overLimit(999_999)) {
      try Frames.decompress(frame.span.bytes, limit: 999_999)
    }
    #expect(try Frames.decompress(frame.span.bytes, limit: 1_000_000) == content)
  }

  @Test(arguments: allCodecs)
  func `a frame cut short anywhere is truncated, never accepted`(codec: Codec) throws {
    let frame = try Frames.compress(sampleText(5_000).span.bytes, with: codec)
    for count in 0..<frame.count {
      #expect(throws: CompressionError.self) {
        try Frames.decompress(Array(frame.prefix(count)).span.bytes, limit: 10_000)
      }
    }
  }

  @Test(arguments: [Codec.lz4(acceleration: 1), .zstd(level: 3)])
  func `a damaged checksum is corruption`(codec: Codec) throws {
    var frame = try Frames.compress(sampleText(5_000).span.bytes, with: codec)
    frame[frame.count - 1] ^= 1
    #expect(throws: CompressionError.self) {
      try Frames.decompress(frame.span.bytes, limit: 10_000)
    }
  }

  @Test(arguments: allCodecs)
  func `a dictionary makes a small frame smaller and is needed to read it`(codec: Codec) throws {
    var options = FrameOptions()
    let plain = try Frames.compress(sampleText(400, seed: 9).span.bytes, with: codec)
    options.dictionary = CompressionDictionary(sampleText(20_000, seed: 2))
    let content = sampleText(400, seed: 9)
    let frame = try Frames.compress(content.span.bytes, with: codec, options: options)
    #expect(frame.count < plain.count)
    #expect(
      try Frames.decompress(frame.span.bytes, limit: 400, dictionary: options.dictionary) == content)
    #expect(throws: CompressionError.self) { try Frames.decompress(frame.span.bytes, limit: 400) }
  }

  @Test func `a dictionary can be trained, and too few samples are refused`() throws {
    let samples = (0..<400).map { sampleText(300, seed: UInt64($0)) }
    let dictionary = try CompressionDictionary.trained(from: samples, capacity: 2_048)
    #expect((1...2_048).contains(dictionary.bytes.count))
    #expect(throws: CompressionError.self) {
      try CompressionDictionary.trained(from: [[1, 2, 3]], capacity: 2_048)
    }
  }

  @Test func `zstd on two threads writes a frame that reads back`() throws {
    var options = FrameOptions()
    options.zstdWorkers = 2
    let content = sampleText(3_000_000)
    let frame = try Frames.compress(content.span.bytes, with: .zstd(level: 1), options: options)
    #expect(try Frames.decompress(frame.span.bytes, limit: content.count) == content)
  }

  @Test func `content beyond the limit of an LZ4 block is cut into blocks of a frame`() throws {
    // Pages nobody wrote are all the same zero page: 2.2 GB that take no memory.
    let zeroes = try PageBuffer(count: 2_200_000_000)
    let compressor = try BlockCompressor(.lz4(acceleration: 1))
    var room = try PageBuffer(count: 16)
    var target = room.mutableBytes
    #expect(
      throws: CompressionError.blockTooLong(bytes: 2_200_000_000, limit: 2_113_929_216)
    ) { try compressor.compress(zeroes.bytes, into: &target) }

    let encoder = try FrameEncoder(.lz4(acceleration: 1))
    var stream: [UInt8] = []
    try encoder.encode(zeroes.bytes, appendingTo: &stream)
    try encoder.finish(appendingTo: &stream)
    var output = try PageBuffer(count: 8 << 20)
    let decoder = try FrameDecoder(.lz4)
    var (consumed, produced) = (0, 0)
    while consumed < stream.count {
      var span = output.mutableBytes
      let progress = try decoder.decode(
        stream.span.bytes.extracting(droppingFirst: consumed), into: &span)
      consumed += progress.consumed
      produced += progress.produced
    }
    try decoder.finish()
    #expect(produced == zeroes.count)
  }

  private func decodedInPieces(
    _ stream: [UInt8], _ codec: Codec, pieceBytes: Int, roomBytes: Int
  ) throws -> [UInt8] {
    let decoder = try FrameDecoder(try #require(codec.format))
    var room = [UInt8](repeating: 0, count: roomBytes)
    var output: [UInt8] = []
    for start in stride(from: 0, to: stream.count, by: pieceBytes) {
      let piece = Array(stream[start..<min(start + pieceBytes, stream.count)])
      var consumed = 0
      while true {
        var span = room.mutableSpan
        var target = span.mutableBytes
        let progress = try decoder.decode(
          piece.span.bytes.extracting(droppingFirst: consumed), into: &target)
        output += room.prefix(progress.produced)
        consumed += progress.consumed
        if consumed == piece.count, progress.produced < roomBytes { break }
      }
    }
    try decoder.finish()
    return output
  }
}

@Suite struct BlockTests {
  @Test(arguments: allCodecs + [.copy])
  func `a block gives back its content`(codec: Codec) throws {
    for count in [0, 1, 4_096, 100_000] {
      let content = sampleText(count)
      let compressor = try BlockCompressor(codec)
      let decompressor = try BlockDecompressor(codec)
      var compressed = try PageBuffer(count: BlockCompressor.bound(for: count))
      var output = try PageBuffer(count: count)
      var target = compressed.mutableBytes
      let size = try compressor.compress(content.span.bytes, into: &target)
      var result = output.mutableBytes
      let read = try decompressor.decompress(compressed.bytes.extracting(first: size), into: &result)
      #expect(read == count)
      let isSame = areEqual(output.bytes, content.span.bytes)
      #expect(isSame)
    }
  }

  @Test(arguments: allCodecs + [.copy])
  func `an output without room is an error`(codec: Codec) throws {
    let content = randomBytes(10_000)
    let compressor = try BlockCompressor(codec)
    var small = try PageBuffer(count: 100)
    var target = small.mutableBytes
    #expect(throws: CompressionError.outputTooSmall) {
      try compressor.compress(content.span.bytes, into: &target)
    }
  }

  @Test func `equal bytes are told from bytes that differ in one place or in length`() {
    let a = randomBytes(1_000)
    var b = a
    let before = areEqual(a.span.bytes, b.span.bytes)
    b[999] ^= 1
    let after = areEqual(a.span.bytes, b.span.bytes)
    let shorter = areEqual(a.span.bytes, a.span.bytes.extracting(first: 999))
    #expect((before, after, shorter) == (true, false, false))
  }
}
