import Compression

/// Writes and reads one whole frame with its checksum, as `lz4` and `zstd` do with a file, where
/// `ChunkWorker` handles bare blocks, as `lz4 -b` and `zstd -b` do.
struct StreamWorker: ~Copyable {
  private let content: [UInt8]
  private let encoder: FrameEncoder
  private let decoder: FrameDecoder
  private var frame: [UInt8] = []
  private var output: PageBuffer

  init(_ content: [UInt8], _ codec: Codec, _ format: FrameFormat) throws(CompressionError) {
    let encoder = try FrameEncoder(codec)
    let decoder = try FrameDecoder(format)
    var output = try PageBuffer(count: content.count)
    output.fill(with: 0xA5)
    self.content = content
    self.encoder = encoder
    self.decoder = decoder
    self.output = output
  }

  mutating func compress() throws(CompressionError) {
    let (content, encoder) = (content, encoder)
    frame.removeAll(keepingCapacity: true)
    try encoder.encode(content.span.bytes, appendingTo: &frame)
    try encoder.finish(appendingTo: &frame)
  }

  mutating func decompress() throws(CompressionError) {
    let (frame, decoder) = (frame, decoder)
    var (consumed, produced) = (0, 0)
    while consumed < frame.count {
      var room = output.mutableBytes(in: produced..<output.count)
      let progress = try decoder.decode(
        frame.span.bytes.extracting(droppingFirst: consumed), into: &room)
      consumed += progress.consumed
      produced += progress.produced
    }
    try decoder.finish()
  }

  func isOutputRight() -> Bool { areEqual(output.bytes, content.span.bytes) }
}
