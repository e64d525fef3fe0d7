import CLZ4
import CZstd

/// Reads LZ4 or zstd frames piece by piece, one after the other, skipping skippable ones, and checks every
/// checksum they carry.
///
/// Whatever the input claims, memory stays bounded: 4 MiB blocks with LZ4, a window of at most 128 MiB with
/// zstd (the limit of the command-line tool). Not for two threads at once.
public final class FrameDecoder {
  private enum State {
    case lz4(OpaquePointer)
    case zstd(OpaquePointer)
  }
  private let state: State
  private let dictionary: CompressionDictionary?
  private var failure: CompressionError?

  /// Whether the last byte consumed ended a frame, so that the stream may end here.
  public private(set) var isAtFrameEnd = false

  /// log2 of the largest window zstd may ask for: ZSTD_WINDOWLOG_LIMIT_DEFAULT of `zstd.h`.
  private static let maximumWindowLog: Int32 = 27

  public init(
    _ format: FrameFormat, dictionary: CompressionDictionary? = nil
  ) throws(CompressionError) {
    self.dictionary = dictionary
    switch format {
    case .lz4:
      var context: OpaquePointer?
      try checkLZ4(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION)))
      guard let context else { throw .outOfMemory }
      state = .lz4(context)
    case .zstd:
      guard let context = ZSTD_createDCtx() else { throw .outOfMemory }
      state = .zstd(context)
      try checkZstd(
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindowLog))
      if let dictionary {
        try checkZstd(
          dictionary.bytes.withUnsafeBytes {
            ZSTD_DCtx_loadDictionary(context, $0.baseAddress, $0.count)
          })
      }
    }
  }

  deinit {
    switch state {
    case .lz4(let context): LZ4F_freeDecompressionContext(context)
    case .zstd(let context): ZSTD_freeDCtx(context)
    }
  }

  /// How far one call got.
  public struct Progress: Hashable, Sendable {
    /// Bytes of the input that were used up.
    public var consumed: Int
    /// Bytes written at the start of the output.
    public var produced: Int
  }

  /// Decodes as much of `input` as `output` has room for. Call again with the rest of the input and new room
  /// until `consumed` reaches the input's length and `produced` stays below the output's; then `finish()`.
  public func decode(
    _ input: RawSpan, into output: inout MutableRawSpan
  ) throws(CompressionError) -> Progress {
    if let failure { throw failure }
    do throws(CompressionError) {
      let progress = try step(input, &output)
      if progress.consumed == 0, progress.produced == 0, input.byteCount > 0, output.byteCount > 0 {
        throw CompressionError.corrupt(format: "frame", reason: "no progress")
      }
      return progress
    } catch {
      failure = error
      throw error
    }
  }

  private func step(
    _ input: RawSpan, _ output: inout MutableRawSpan
  ) throws(CompressionError) -> Progress {
    var progress = Progress(consumed: 0, produced: 0)
    let result = input.withUnsafeBytes { from in
      output.withUnsafeMutableBytes { to -> Int in
        switch state {
        case .lz4(let context):
          progress = Progress(consumed: from.count, produced: to.count)
          guard let dictionary else {
            return LZ4F_decompress(
              context, to.baseAddress, &progress.produced, from.baseAddress, &progress.consumed, nil)
          }
          return dictionary.bytes.withUnsafeBytes {
            LZ4F_decompress_usingDict(
              context, to.baseAddress, &progress.produced, from.baseAddress, &progress.consumed,
              $0.baseAddress, $0.count, nil)
          }
        case .zstd(let context):
          var source = ZSTD_inBuffer(src: from.baseAddress, size: from.count, pos: 0)
          var target = ZSTD_outBuffer(dst: to.baseAddress, size: to.count, pos: 0)
          defer { progress = Progress(consumed: source.pos, produced: target.pos) }
          return ZSTD_decompressStream(context, &target, &source)
        }
      }
    }
    switch state {
    case .lz4: try checkLZ4(result)
    case .zstd: try checkZstd(result)
    }
    // Both libraries answer 0 exactly when a frame is complete and all its bytes have been handed out.
    if progress.consumed > 0 || progress.produced > 0 { isAtFrameEnd = result == 0 }
    return progress
  }

  /// Checks that the input ended where a frame ends; a stream without a single frame is truncated, too.
  public func finish() throws(CompressionError) {
    if let failure { throw failure }
    guard isAtFrameEnd else {
      switch state {
      case .lz4: throw .truncated(format: FrameFormat.lz4.rawValue)
      case .zstd: throw .truncated(format: FrameFormat.zstd.rawValue)
      }
    }
  }
}
