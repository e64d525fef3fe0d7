import Compression
import Synchronization

/// One thread's share of a segment: its chunks, its codec state and its memory, all made before the clock
/// runs.
final class ChunkWorker: Sendable {
  private let state: Mutex<State>

  init(
    content: [UInt8], chunks: [Range<Int>], method: Method
  ) throws(CompressionError) {
    state = Mutex(try State(content: content, chunks: chunks, method: method))
  }

  func compress() throws(CompressionError) {
    try state.withLock { state throws(CompressionError) in try state.compress() }
  }

  /// Decompresses into memory that exists already.
  func decompress() throws(CompressionError) {
    try state.withLock { state throws(CompressionError) in try state.decompress() }
  }

  /// Gives the output back to the system and maps new memory, no page of which exists yet.
  func forgetOutputPages() throws(CompressionError) {
    try state.withLock { state throws(CompressionError) in try state.renewOutput() }
  }

  /// Writes over the output, so that nothing left from before can pass for a result, and makes its pages
  /// exist.
  func spoilOutput() { state.withLock { $0.spoilOutput() } }

  /// Whether the output is the content, byte for byte.
  func isOutputRight() -> Bool { state.withLock { $0.isOutputRight() } }

  var compressedBytes: Int { state.withLock { $0.sizes.reduce(0, +) } }

  private struct State: ~Copyable {
    let content: [UInt8]
    let chunks: [Range<Int>]
    let filter: Filter
    let compressor: BlockCompressor
    let decompressor: BlockDecompressor
    /// Room for every chunk's compressed form at even distances, as `lz4 -b` and `zstd -b` lay them out.
    let distance: Int
    var compressed: PageBuffer
    var sizes: [Int]
    var output: PageBuffer
    /// One chunk, rearranged.
    var scratch: PageBuffer

    init(content: [UInt8], chunks: [Range<Int>], method: Method) throws(CompressionError) {
      let longest = chunks.map(\.count).max() ?? 0
      let distance = BlockCompressor.bound(for: longest)
      let compressor = try BlockCompressor(method.codec)
      let decompressor = try BlockDecompressor(method.codec)
      var compressed = try PageBuffer(count: distance * chunks.count)
      var scratch = try PageBuffer(count: method.filter == .none ? 0 : longest)
      let output = try PageBuffer(count: chunks.reduce(0) { $0 + $1.count })
      compressed.fill(with: 1)
      scratch.fill(with: 1)
      self.content = content
      self.chunks = chunks
      filter = method.filter
      self.compressor = compressor
      self.decompressor = decompressor
      self.distance = distance
      self.compressed = compressed
      sizes = Array(repeating: 0, count: chunks.count)
      self.output = output
      self.scratch = scratch
    }

    mutating func compress() throws(CompressionError) {
      let (content, filter, compressor) = (content, filter, compressor)
      for (number, chunk) in chunks.enumerated() {
        let room = number * distance..<(number + 1) * distance
        let source = content.span.bytes.extracting(chunk)
        sizes[number] =
          try filter == .none
          ? compressor.compress(source, into: &compressed, room)
          : compressor.compress(filter, source, &scratch, into: &compressed, room)
      }
    }

    mutating func decompress() throws(CompressionError) {
      let (filter, decompressor) = (filter, decompressor)
      var offset = 0
      for (number, chunk) in chunks.enumerated() {
        let source = number * distance..<number * distance + sizes[number]
        let room = offset..<offset + chunk.count
        if filter == .none {
          try decompressor.decompress(compressed, source, into: &output, room)
        } else {
          try decompressor.decompress(compressed, source, &scratch, filter, into: &output, room)
        }
        offset += chunk.count
      }
    }

    mutating func renewOutput() throws(CompressionError) {
      let count = output.count
      output = try PageBuffer(count: 0)
      output = try PageBuffer(count: count)
    }

    mutating func spoilOutput() { output.fill(with: 0xA5) }

    func isOutputRight() -> Bool {
      guard let first = chunks.first, let last = chunks.last else { return true }
      return areEqual(
        output.bytes, content.span.bytes.extracting(first.lowerBound..<last.upperBound))
    }
  }
}

extension BlockCompressor {
  fileprivate func compress(
    _ source: RawSpan, into buffer: inout PageBuffer, _ room: Range<Int>
  ) throws(CompressionError) -> Int {
    var target = buffer.mutableBytes(in: room)
    return try compress(source, into: &target)
  }

  fileprivate func compress(
    _ filter: Filter, _ source: RawSpan, _ scratch: inout PageBuffer, into buffer: inout PageBuffer,
    _ room: Range<Int>
  ) throws(CompressionError) -> Int {
    var rearranged = scratch.mutableBytes
    filter.apply(source, into: &rearranged)
    return try compress(scratch.bytes.extracting(first: source.byteCount), into: &buffer, room)
  }
}

extension BlockDecompressor {
  fileprivate func decompress(
    _ compressed: borrowing PageBuffer, _ source: Range<Int>, into buffer: inout PageBuffer,
    _ room: Range<Int>
  ) throws(CompressionError) {
    var target = buffer.mutableBytes(in: room)
    _ = try decompress(compressed.bytes.extracting(source), into: &target)
  }

  fileprivate func decompress(
    _ compressed: borrowing PageBuffer, _ source: Range<Int>, _ scratch: inout PageBuffer, _ filter: Filter,
    into buffer: inout PageBuffer, _ room: Range<Int>
  ) throws(CompressionError) {
    try decompress(compressed, source, into: &scratch, 0..<room.count)
    var target = buffer.mutableBytes(in: room)
    filter.undo(scratch.bytes.extracting(first: room.count), into: &target)
  }
}
