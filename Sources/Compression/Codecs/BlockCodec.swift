import CLZ4
import CZstd

// Raw pointers are confined to the bodies of these methods: they come from a span, are handed to the C
// library together with the span's exact length, and do not outlive the call.

/// Compresses blocks, each on its own, reusing one working memory: what `lz4 -b` and `zstd -b` time.
///
/// An LZ4 block carries neither its length nor a checksum; for data that is stored or sent use
/// `FrameEncoder`. A zstd block is a complete frame. Not for two threads at once.
public final class BlockCompressor {
  private enum State {
    case copy
    case fast(UnsafeMutableRawPointer, acceleration: Int32)
    case high(UnsafeMutableRawPointer, level: Int32)
    case zstd(OpaquePointer)
  }
  private let state: State

  public init(_ codec: Codec) throws(CompressionError) {
    switch codec {
    case .copy: state = .copy
    case .lz4(let acceleration):
      state = .fast(allocate(LZ4_sizeofState()), acceleration: Int32(clamping: acceleration))
    case .lz4HC(let level):
      state = .high(allocate(LZ4_sizeofStateHC()), level: Int32(clamping: level))
    case .zstd(let level):
      guard let context = ZSTD_createCCtx() else { throw .outOfMemory }
      state = .zstd(context)
      try checkZstd(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level)))
    }
  }

  deinit {
    switch state {
    case .copy: break
    case .fast(let memory, _), .high(let memory, _): memory.deallocate()
    case .zstd(let context): ZSTD_freeCCtx(context)
    }
  }

  /// The largest size `count` bytes can take after compression with any codec.
  public static func bound(for count: Int) -> Int {
    max(ZSTD_compressBound(count), count + count / 255 + 16)
  }

  /// Compresses one block and returns how many bytes of `target` it takes.
  ///
  /// Throws `blockTooLong` for LZ4 blocks over 2,113,929,216 bytes, `outputTooSmall` when `target` lacks
  /// room; `bound(for:)` bytes are always enough.
  public func compress(
    _ source: RawSpan, into target: inout MutableRawSpan
  ) throws(CompressionError) -> Int {
    let sourceCount = source.byteCount
    if case .fast = state, sourceCount > maximumLZ4Block {
      throw .blockTooLong(bytes: sourceCount, limit: maximumLZ4Block)
    }
    if case .high = state, sourceCount > maximumLZ4Block {
      throw .blockTooLong(bytes: sourceCount, limit: maximumLZ4Block)
    }
    let written = source.withUnsafeBytes { input in
      target.withUnsafeMutableBytes { output -> Int in
        let capacity = Int32(clamping: output.count)
        let (from, to) = (input.baseAddress, output.baseAddress)
        switch state {
        case .copy:
          guard output.count >= input.count else { return 0 }
          output.copyMemory(from: input)
          return input.count
        case .fast(let memory, let acceleration):
          return Int(
            LZ4_compress_fast_extState(
              memory, from, to, Int32(input.count), capacity, acceleration))
        case .high(let memory, let level):
          return Int(
            LZ4_compress_HC_extStateHC(
              memory, from, to, Int32(input.count), capacity, level))
        case .zstd(let context):
          return ZSTD_compress2(context, to, output.count, from, input.count)
        }
      }
    }
    switch state {
    case .zstd: return try checkZstd(written)
    case .copy where sourceCount == 0: return 0
    default:
      guard written > 0 else { throw .outputTooSmall }
      return written
    }
  }
}

/// Decompresses blocks that `BlockCompressor` made. Not for two threads at once.
public final class BlockDecompressor {
  private enum State {
    case copy
    case lz4
    case zstd(OpaquePointer)
  }
  private let state: State

  public init(_ codec: Codec) throws(CompressionError) {
    switch codec {
    case .copy: state = .copy
    case .lz4, .lz4HC: state = .lz4
    case .zstd:
      guard let context = ZSTD_createDCtx() else { throw .outOfMemory }
      state = .zstd(context)
    }
  }

  deinit { if case .zstd(let context) = state { ZSTD_freeDCtx(context) } }

  /// Decompresses one block and returns how many bytes it gave. `target` has to have room for all of them, or
  /// the block counts as corrupt: an LZ4 block does not say its own length.
  public func decompress(
    _ source: RawSpan, into target: inout MutableRawSpan
  ) throws(CompressionError) -> Int {
    if case .lz4 = state, source.byteCount > Int(Int32.max) {
      throw .blockTooLong(bytes: source.byteCount, limit: maximumLZ4Block)
    }
    let written = source.withUnsafeBytes { input in
      target.withUnsafeMutableBytes { output -> Int in
        switch state {
        case .copy:
          guard output.count >= input.count else { return -1 }
          output.copyMemory(from: input)
          return input.count
        case .lz4:
          guard input.count > 0 else { return -1 }
          return Int(
            LZ4_decompress_safe(
              input.baseAddress, output.baseAddress, Int32(input.count), Int32(clamping: output.count)))
        case .zstd(let context):
          return ZSTD_decompressDCtx(
            context, output.baseAddress, output.count, input.baseAddress, input.count)
        }
      }
    }
    switch state {
    case .zstd: return try checkZstd(written)
    case .copy:
      guard written >= 0 else { throw .outputTooSmall }
    case .lz4:
      guard written >= 0 else { throw .corrupt(format: "LZ4", reason: "not a valid block") }
    }
    return written
  }
}

/// The most an LZ4 block can hold: 2,113,929,216 bytes.
let maximumLZ4Block = Int(LZ4_MAX_INPUT_SIZE)

/// Working memory for LZ4, which wants 8-byte alignment.
private func allocate(_ byteCount: Int32) -> UnsafeMutableRawPointer {
  .allocate(byteCount: Int(byteCount), alignment: 64)
}

/// Turns a zstd result into a count or a typed error.
@discardableResult
func checkZstd(_ result: Int) throws(CompressionError) -> Int {
  guard ZSTD_isError(result) != 0 else { return result }
  switch ZSTD_getErrorCode(result) {
  case ZSTD_error_memory_allocation: throw .outOfMemory
  case ZSTD_error_dstSize_tooSmall: throw .outputTooSmall
  case ZSTD_error_srcSize_wrong: throw .truncated(format: "zstd")
  case ZSTD_error_parameter_unsupported, ZSTD_error_parameter_outOfBound:
    throw .unsupported("zstd: \(String(cString: ZSTD_getErrorName(result)))")
  default: throw .corrupt(format: "zstd", reason: String(cString: ZSTD_getErrorName(result)))
  }
}
