import CLZ4
import CZstd

/// Whole frames in one call.
public enum Frames {
  /// One frame that holds `content`, with its length in the header.
  public static func compress(
    _ content: RawSpan, with codec: Codec, options: FrameOptions = FrameOptions()
  ) throws(CompressionError) -> [UInt8] {
    try compress(content, with: codec, options: options, after: 0)
  }

  /// A frame after as many bytes of zero, in whose place the caller then puts something of its own.
  static func compress(
    _ content: RawSpan, with codec: Codec, options: FrameOptions = FrameOptions(), after room: Int
  ) throws(CompressionError) -> [UInt8] {
    var options = options
    options.contentSize = content.byteCount
    switch codec {
    case .copy: throw .unsupported("a plain copy has no frame format")
    case .lz4, .lz4HC: return try compressLZ4(content, codec, options, after: room)
    case .zstd(let level): return try compressZstd(content, level: level, options, after: room)
    }
  }

  private static func compressLZ4(
    _ content: RawSpan, _ codec: Codec, _ options: FrameOptions, after room: Int
  ) throws(CompressionError) -> [UInt8] {
    var created: OpaquePointer?
    try checkLZ4(LZ4F_createCompressionContext(&created, UInt32(LZ4F_VERSION)))
    guard let context = created else { throw .outOfMemory }
    defer { LZ4F_freeCompressionContext(context) }
    let dictionary = try options.dictionary.map { value throws(CompressionError) in
      try LZ4Dictionary(value)
    }
    var preferences = lz4Preferences(codec, options)
    let capacity = LZ4F_compressFrameBound(content.byteCount, &preferences)
    return try filled(capacity, after: room) { to throws(CompressionError) in
      try checkLZ4(
        content.withUnsafeBytes {
          LZ4F_compressFrame_usingCDict(
            context, to.baseAddress, to.count, $0.baseAddress, $0.count, dictionary?.pointer,
            &preferences)
        })
    }
  }

  private static func compressZstd(
    _ content: RawSpan, level: Int, _ options: FrameOptions, after room: Int
  ) throws(CompressionError) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw .outOfMemory }
    defer { ZSTD_freeCCtx(context) }
    try prepareZstd(context, level: level, options)
    return try filled(ZSTD_compressBound(content.byteCount), after: room) { to throws(CompressionError) in
      try checkZstd(
        content.withUnsafeBytes {
          ZSTD_compress2(context, to.baseAddress, to.count, $0.baseAddress, $0.count)
        })
    }
  }

  /// The content of all frames in `compressed`, in order.
  ///
  /// - Parameter limit: the most bytes the content may have; more throws `overLimit`. Memory grows with what
  /// is   really decoded, never with what a header claims.
  public static func decompress(
    _ compressed: RawSpan, limit: Int, dictionary: CompressionDictionary? = nil
  ) throws(CompressionError) -> [UInt8] {
    let decoder = try decoder(for: compressed, dictionary)
    var output: [UInt8] = []
    var consumed = 0
    while true {
      // One byte beyond the limit tells data that ends there from data that goes on.
      let room = min(max(output.count, 64 << 10), limit - output.count + 1)
      guard room > 0 else { throw .overLimit(limit) }
      var progress = FrameDecoder.Progress(consumed: 0, produced: 0)
      try output.append(addingCapacity: room) { span throws(CompressionError) in
        progress = try decode(decoder, compressed.extracting(droppingFirst: consumed), &span)
      }
      consumed += progress.consumed
      if consumed == compressed.byteCount, progress.produced < room { break }
    }
    try decoder.finish()
    guard output.count <= limit else { throw .overLimit(limit) }
    return output
  }

  /// The content of frames that together hold exactly `count` bytes, in memory allocated once.
  static func decompress(
    _ compressed: RawSpan, count: Int
  ) throws(CompressionError) -> [UInt8] {
    let decoder = try decoder(for: compressed, nil)
    var consumed = 0
    let output = try [UInt8](capacity: count + 1) { span throws(CompressionError) in
      repeat {
        let progress = try decode(
          decoder, compressed.extracting(droppingFirst: consumed), &span)
        consumed += progress.consumed
      } while consumed < compressed.byteCount && span.count <= count
    }
    guard output.count <= count else { throw .overLimit(count) }
    try decoder.finish()
    return output
  }

  private static func decoder(
    for compressed: RawSpan, _ dictionary: CompressionDictionary?
  ) throws(CompressionError) -> FrameDecoder {
    guard let format = FrameFormat(startOf: compressed) else {
      throw compressed.byteCount < 4 ? .truncated(format: "frame") : .unknownFormat
    }
    return try FrameDecoder(format, dictionary: dictionary)
  }

  /// One step of decoding into the free part of `span`.
  private static func decode(
    _ decoder: FrameDecoder, _ input: RawSpan, _ span: inout OutputSpan<UInt8>
  ) throws(CompressionError) -> FrameDecoder.Progress {
    try span.withUnsafeMutableBufferPointer { buffer, count throws(CompressionError) in
      let free = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      var room = MutableRawSpan(_unsafeBytes: free)
      let progress = try decoder.decode(input, into: &room)
      count += progress.produced
      return progress
    }
  }

  /// An array of zeros, `room` of them, and of at most `capacity` bytes that `body` fills, returning how many.
  private static func filled(
    _ capacity: Int, after room: Int,
    _ body: (UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int
  ) throws(CompressionError) -> [UInt8] {
    try [UInt8](capacity: room + capacity) { span throws(CompressionError) in
      span.append(repeating: 0, count: room)
      try span.withUnsafeMutableBufferPointer { buffer, count throws(CompressionError) in
        let free = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[room...])
        count = room + (try body(free))
      }
    }
  }
}

extension FrameFormat {
  /// What the data begins with, by its magic number; `nil` when it is neither. A skippable frame, which both
  /// formats share, counts as LZ4 unless a zstd frame follows it.
  public init?(startOf data: RawSpan) {
    var offset = 0
    while data.byteCount - offset >= 4 {
      let magic = data.littleEndian32(at: offset)
      switch magic {
      case 0x184D_2204:
        self = .lz4
        return
      case 0xFD2F_B528:
        self = .zstd
        return
      case 0x184D_2A50...0x184D_2A5F:
        guard data.byteCount - offset >= 8 else { return nil }
        let (next, overflow) = (offset + 8).addingReportingOverflow(
          Int(data.littleEndian32(at: offset + 4)))
        guard !overflow, next <= data.byteCount else { return nil }
        if next == data.byteCount {
          self = .lz4
          return
        }
        offset = next
      default: return nil
      }
    }
    return nil
  }
}

extension RawSpan {
  /// Four bytes as an unsigned number, least significant first; `offset + 4` has to lie within the span.
  func littleEndian32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
