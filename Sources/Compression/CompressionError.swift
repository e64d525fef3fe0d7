/// Why compressing or decompressing failed.
public enum CompressionError: Error, Hashable, Sendable {
  /// The compressed data is not what the format allows, or a checksum does not match. `reason` is the
  /// library's own words.
  case corrupt(format: String, reason: String)
  /// The compressed data ends before the format says so.
  case truncated(format: String)
  /// The data does not begin like any format this package reads.
  case unknownFormat
  /// The decompressed data would exceed the limit the caller set, in bytes.
  case overLimit(Int)
  /// The caller's output has no room for the result.
  case outputTooSmall
  /// A single block longer than the format can hold; larger data has to be cut into several.
  case blockTooLong(bytes: Int, limit: Int)
  /// A level, a thread count or a dictionary the library does not accept.
  case unsupported(String)
  /// The library could not allocate its working memory.
  case outOfMemory
}

extension CompressionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .corrupt(let format, let reason): "the \(format) data is corrupt: \(reason)"
    case .truncated(let format): "the \(format) data ends too early"
    case .unknownFormat: "neither an LZ4 nor a zstd frame"
    case .overLimit(let limit): "the decompressed data is larger than the limit of \(limit) bytes"
    case .outputTooSmall: "the output has no room for the result"
    case .blockTooLong(let bytes, let limit):
      "a block of \(bytes) bytes is longer than the format's limit of \(limit)"
    case .unsupported(let what): what
    case .outOfMemory: "no memory for the compression library"
    }
  }
}
