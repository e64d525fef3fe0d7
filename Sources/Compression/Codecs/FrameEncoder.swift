import CLZ4
import CZstd

/// How a frame is written.
public struct FrameOptions: Sendable {
  /// A checksum of the content at the frame's end (both formats: XXH32 or XXH64). On unless there is a
  /// reason.
  public var contentChecksum = true
  /// The content's length, written into the header when it is known beforehand; `encode` then has to be given
  /// exactly that many bytes.
  public var contentSize: Int?
  /// Threads zstd compresses on; 0 does the work on the caller's thread. LZ4 has no such thing: for LZ4 on
  /// several threads see `SnapshotEncoder`, which compresses independent frames side by side.
  public var zstdWorkers = 0
  /// What both sides know beforehand; helps with many small, similar pieces of data.
  public var dictionary: CompressionDictionary?

  public init() {}
}

/// Writes one LZ4 or zstd frame piece by piece, in the formats of the tools `lz4` and `zstd`.
///
/// Memory does not depend on the length of the data: at most about 8 MiB for LZ4, what the level asks for
/// with zstd. Not for two threads at once.
public final class FrameEncoder {
  private enum State {
    case lz4(OpaquePointer, LZ4Dictionary?)
    case zstd(OpaquePointer)
  }
  private let state: State
  private let codec: Codec
  private let options: FrameOptions
  private var hasBegun = false
  private var scratch: PageBuffer

  /// A frame takes its input in pieces of at most this many bytes, the largest block of the LZ4 format.
  private static let pieceBytes = 4 << 20

  /// Prepares a frame; `codec` must not be `.copy`.
  public init(_ codec: Codec, options: FrameOptions = FrameOptions()) throws(CompressionError) {
    self.codec = codec
    self.options = options
    switch codec {
    case .copy: throw .unsupported("a plain copy has no frame format")
    case .lz4, .lz4HC:
      var context: OpaquePointer?
      try checkLZ4(LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION)))
      guard let context else { throw .outOfMemory }
      let bound = lz4FrameBound(Self.pieceBytes)
      scratch = try PageBuffer(count: bound)
      state = .lz4(
        context,
        try options.dictionary.map { value throws(CompressionError) in
          try LZ4Dictionary(value)
        })
    case .zstd(let level):
      guard let context = ZSTD_createCCtx() else { throw .outOfMemory }
      scratch = try PageBuffer(count: ZSTD_CStreamOutSize())
      state = .zstd(context)
      try prepareZstd(context, level: level, options)
    }
  }

  deinit {
    switch state {
    case .lz4(let context, _): LZ4F_freeCompressionContext(context)
    case .zstd(let context): ZSTD_freeCCtx(context)
    }
  }

  /// Takes the next piece of the content, of any length, and appends what the frame has to show for it.
  public func encode(
    _ input: RawSpan, appendingTo output: inout [UInt8]
  ) throws(CompressionError) {
    try begin(&output)
    switch state {
    case .lz4(let context, _):
      var offset = 0
      while offset < input.byteCount {
        let end = min(offset + Self.pieceBytes, input.byteCount)
        let piece = input.extracting(offset..<end)
        let count = scratchCall { to, capacity in
          piece.withUnsafeBytes {
            LZ4F_compressUpdate(context, to, capacity, $0.baseAddress, $0.count, nil)
          }
        }
        append(try checkLZ4(count), to: &output)
        offset = end
      }
    case .zstd(let context):
      try stream(context, input, ZSTD_e_continue, &output)
    }
  }

  /// Ends the frame. The encoder can then begin another one; frames in a row are a valid stream.
  public func finish(appendingTo output: inout [UInt8]) throws(CompressionError) {
    try begin(&output)
    switch state {
    case .lz4(let context, _):
      append(
        try checkLZ4(scratchCall { LZ4F_compressEnd(context, $0, $1, nil) }), to: &output)
    case .zstd(let context):
      try stream(context, [UInt8]().span.bytes, ZSTD_e_end, &output)
    }
    hasBegun = false
  }

  private func begin(_ output: inout [UInt8]) throws(CompressionError) {
    guard !hasBegun else { return }
    hasBegun = true
    switch state {
    case .lz4(let context, let dictionary):
      var preferences = lz4Preferences(codec, options)
      let count = scratchCall { to, capacity in
        LZ4F_compressBegin_usingCDict(context, to, capacity, dictionary?.pointer, &preferences)
      }
      append(try checkLZ4(count), to: &output)
    case .zstd(let context):
      let size = options.contentSize.map(UInt64.init) ?? UInt64.max  // ZSTD_CONTENTSIZE_UNKNOWN
      try checkZstd(ZSTD_CCtx_setPledgedSrcSize(context, size))
    }
  }

  private func stream(
    _ context: OpaquePointer, _ input: RawSpan, _ directive: ZSTD_EndDirective,
    _ output: inout [UInt8]
  ) throws(CompressionError) {
    var consumed = 0
    while true {
      var produced = 0
      let remaining = scratchCall { to, capacity in
        input.withUnsafeBytes { from in
          var source = ZSTD_inBuffer(src: from.baseAddress, size: from.count, pos: consumed)
          var target = ZSTD_outBuffer(dst: to, size: capacity, pos: 0)
          defer { (consumed, produced) = (source.pos, target.pos) }
          return ZSTD_compressStream2(context, &target, &source, directive)
        }
      }
      append(produced, to: &output)
      try checkZstd(remaining)
      if directive == ZSTD_e_end ? remaining == 0 : consumed == input.byteCount { return }
    }
  }

  private func scratchCall(_ body: (UnsafeMutableRawPointer?, Int) -> Int) -> Int {
    scratch.withUnsafeMutableBytes { body($0.baseAddress, $0.count) }
  }

  private func append(_ count: Int, to output: inout [UInt8]) {
    scratch.withUnsafeMutableBytes { output.append(contentsOf: $0.prefix(count)) }
  }
}

/// What the options mean to the LZ4 library.
func lz4Preferences(_ codec: Codec, _ options: FrameOptions) -> LZ4F_preferences_t {
  var preferences = LZ4F_preferences_t()
  preferences.frameInfo.blockSizeID = LZ4F_max4MB
  preferences.frameInfo.blockMode = LZ4F_blockIndependent
  preferences.frameInfo.contentChecksumFlag =
    options.contentChecksum ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum
  preferences.frameInfo.contentSize = UInt64(options.contentSize ?? 0)
  // The frame library expresses acceleration as a negative level (lz4frame.c: acceleration = 1 - level).
  preferences.compressionLevel =
    switch codec {
    case .lz4(let acceleration): Int32(clamping: 1 - acceleration)
    case .lz4HC(let level), .zstd(let level): Int32(clamping: level)
    case .copy: 0
    }
  return preferences
}

/// What the options mean to the zstd library.
func prepareZstd(
  _ context: OpaquePointer, level: Int, _ options: FrameOptions
) throws(CompressionError) {
  func set(_ parameter: ZSTD_cParameter, _ value: Int) throws(CompressionError) {
    try checkZstd(ZSTD_CCtx_setParameter(context, parameter, Int32(clamping: value)))
  }
  try set(ZSTD_c_compressionLevel, level)
  try set(ZSTD_c_checksumFlag, options.contentChecksum ? 1 : 0)
  if options.zstdWorkers > 0 { try set(ZSTD_c_nbWorkers, options.zstdWorkers) }
  if let dictionary = options.dictionary {
    try checkZstd(
      dictionary.bytes.withUnsafeBytes {
        ZSTD_CCtx_loadDictionary(context, $0.baseAddress, $0.count)
      })
  }
}

/// Room for the header, for `pieceBytes` of input however they compress, and for the end of the frame.
private func lz4FrameBound(_ pieceBytes: Int) -> Int {
  var preferences = LZ4F_preferences_t()
  preferences.frameInfo.blockSizeID = LZ4F_max4MB
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
  return LZ4F_compressBound(pieceBytes, &preferences) + Int(LZ4F_HEADER_SIZE_MAX)
}

/// Turns an LZ4 frame result into a count or a typed error.
@discardableResult
func checkLZ4(_ result: Int) throws(CompressionError) -> Int {
  guard LZ4F_isError(result) != 0 else { return result }
  let name = String(cString: LZ4F_getErrorName(result))
  switch LZ4F_getErrorCode(result) {
  case LZ4F_ERROR_allocation_failed: throw .outOfMemory
  case LZ4F_ERROR_dstMaxSize_tooSmall: throw .outputTooSmall
  case LZ4F_ERROR_frameSize_wrong: throw .truncated(format: "LZ4")
  default: throw .corrupt(format: "LZ4", reason: name)
  }
}
