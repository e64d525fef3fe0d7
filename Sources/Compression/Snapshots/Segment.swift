/// The unit a snapshot is cut into, so that several threads can work on it and a reader needs bounded memory.
///
/// A segment is a *skippable frame* of 24 bytes, which the tools `lz4` and `zstd` pass over, followed by one
/// ordinary frame with checksum. A stream of unfiltered segments of one codec is therefore an ordinary `.lz4`
/// or `.zst` file; the skippable frame tells a reader of ours the filter to undo and where the next segment
/// begins.
///
/// Layout of the skippable frame's content, numbers least significant byte first: `FSEG`, version (1 byte),
/// filter (0 none, 1 byte planes, 2 bit planes), element size, check byte (the exclusive or of the three
/// before it and 0x5A), length of the content (8 bytes), length of the frame (8 bytes).
public struct SegmentHeader: Hashable, Sendable {
  /// The filter that was applied before compressing.
  public var filter: Filter
  /// The content's length before compression, at most `maximumContent`.
  public var contentBytes: Int
  /// The length of the frame that follows.
  public var frameBytes: Int

  /// What the header takes: the skippable frame's own 8 bytes and its 24 bytes of content.
  public static let byteCount = 32
  /// The longest segment a reader accepts (64 MiB), which bounds what a hostile header can make it allocate.
  public static let maximumContent = 64 << 20

  static let magic: UInt32 = 0x184D_2A5E
  static let mark: [UInt8] = Array("FSEG".utf8)
  static let version: UInt8 = 1

  /// The header as it is written.
  public var encoded: [UInt8] {
    let (kind, size): (UInt8, UInt8) =
      switch filter {
      case .none: (0, 0)
      case .bytePlanes(let size): (1, UInt8(size.rawValue))
      case .bitPlanes(let size): (2, UInt8(size.rawValue))
      }
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(Self.magic), count: 4)
    bytes.append(littleEndian: UInt64(Self.byteCount - 8), count: 4)
    bytes += Self.mark
    bytes += [Self.version, kind, size, Self.version ^ kind ^ size ^ 0x5A]
    bytes.append(littleEndian: UInt64(contentBytes), count: 8)
    bytes.append(littleEndian: UInt64(frameBytes), count: 8)
    return bytes
  }

  public init(filter: Filter, contentBytes: Int, frameBytes: Int) {
    self.filter = filter
    self.contentBytes = contentBytes
    self.frameBytes = frameBytes
  }

  /// Reads a header from the first `byteCount` bytes of `data`.
  public init(parsing data: RawSpan) throws(CompressionError) {
    guard data.byteCount >= Self.byteCount else { throw .truncated(format: "segment") }
    func corrupt(_ reason: String) -> CompressionError { .corrupt(format: "segment", reason: reason) }
    guard data.littleEndian32(at: 0) == Self.magic,
      data.littleEndian32(at: 4) == Self.byteCount - 8,
      (0..<4).allSatisfy({ data.byte(at: 8 + $0) == Self.mark[$0] })
    else { throw corrupt("no segment header where one is expected") }
    let (version, kind, size) = (data.byte(at: 12), data.byte(at: 13), data.byte(at: 14))
    guard data.byte(at: 15) == version ^ kind ^ size ^ 0x5A else {
      throw corrupt("the header's check byte does not match")
    }
    guard version == Self.version else { throw corrupt("version \(version) is not known") }
    switch (kind, ElementSize(rawValue: Int(size))) {
    case (0, nil) where size == 0: filter = .none
    case (1, let size?): filter = .bytePlanes(size)
    case (2, let size?): filter = .bitPlanes(size)
    default: throw corrupt("filter \(kind) with element size \(size) is not known")
    }
    let content = data.littleEndian64(at: 16)
    let frame = data.littleEndian64(at: 24)
    guard content <= Self.maximumContent else { throw corrupt("a content of \(content) bytes") }
    contentBytes = Int(content)
    guard frame > 0, frame <= BlockCompressor.bound(for: contentBytes) + 64 else {
      throw corrupt("a frame of \(frame) bytes for a content of \(content)")
    }
    frameBytes = Int(frame)
  }
}

/// How segments are compressed and filtered, together.
public struct Method: Hashable, Sendable {
  public var codec: Codec
  public var filter: Filter

  public init(codec: Codec, filter: Filter = .none) {
    self.codec = codec
    self.filter = filter
  }
}

extension Method: CustomStringConvertible {
  /// Such as `zstd:1` or `shuffle:4+zstd:1`.
  public var description: String { filter == .none ? "\(codec)" : "\(filter)+\(codec)" }
}

/// Segments, in one call or in the two steps it consists of.
public enum Segment {
  /// One segment that holds `content`, which may be at most `SegmentHeader.maximumContent` bytes.
  public static func encode(
    _ content: RawSpan, with method: Method
  ) throws(CompressionError) -> [UInt8] {
    if method.filter == .none { return try compress(content, with: method) }
    return try compress(method.filter.applied(content).span.bytes, with: method)
  }

  /// The content of a segment, `segment` being its header and its frame and nothing more.
  public static func decode(_ segment: RawSpan) throws(CompressionError) -> [UInt8] {
    let (filter, content) = try decompress(segment)
    return filter == .none ? content : filter.undone(content.span.bytes)
  }

  /// The second step of `encode`: one segment from content the method's filter was applied to.
  public static func compress(
    _ filtered: RawSpan, with method: Method
  ) throws(CompressionError) -> [UInt8] {
    guard filtered.byteCount <= SegmentHeader.maximumContent else {
      throw .blockTooLong(bytes: filtered.byteCount, limit: SegmentHeader.maximumContent)
    }
    var segment = try Frames.compress(filtered, with: method.codec, after: SegmentHeader.byteCount)
    let header = SegmentHeader(
      filter: method.filter, contentBytes: filtered.byteCount, frameBytes: segment.count - SegmentHeader.byteCount)
    segment.replaceSubrange(..<SegmentHeader.byteCount, with: header.encoded)
    return segment
  }

  /// The first step of `decode`: the content with the filter that is still to be undone.
  public static func decompress(
    _ segment: RawSpan
  ) throws(CompressionError) -> (filter: Filter, content: [UInt8]) {
    let header = try SegmentHeader(parsing: segment)
    let frame = segment.extracting(droppingFirst: SegmentHeader.byteCount)
    guard frame.byteCount == header.frameBytes else { throw .truncated(format: "segment") }
    let content = try Frames.decompress(frame, count: header.contentBytes)
    guard content.count == header.contentBytes else {
      throw .corrupt(format: "segment", reason: "the content's length is not the header's")
    }
    return (header.filter, content)
  }
}

/// Cuts a stream of segments, arriving in pieces of any size, into whole segments.
///
/// A segment that lies within a piece is handed out as a slice of it; only one that lies in several is copied.
public struct SegmentSplitter: Sendable {
  /// The beginning of a segment, from pieces that are used up.
  private var begun: [UInt8] = []
  private var arrived: ArraySlice<UInt8> = []

  public init() {}

  /// Takes the next piece of the stream.
  public mutating func append(_ piece: ArraySlice<UInt8>) {
    if arrived.isEmpty { arrived = piece } else { arrived += piece }
  }

  /// Takes the next piece of the stream.
  public mutating func append(_ piece: [UInt8]) { append(piece[...]) }

  /// The next whole segment, or `nil` until more of the stream has arrived.
  public mutating func next() throws(CompressionError) -> ArraySlice<UInt8>? {
    if begun.isEmpty, let length = try Self.length(of: arrived), length <= arrived.count {
      let segment = arrived.prefix(length)
      arrived = arrived.count == length ? [] : arrived.dropFirst(length)
      return segment
    }
    take(upTo: SegmentHeader.byteCount)
    guard let length = try Self.length(of: begun[...]) else { return nil }
    take(upTo: length)
    guard begun.count == length else { return nil }
    defer { begun = [] }
    return begun[...]
  }

  private mutating func take(upTo count: Int) {
    let taken = arrived.prefix(max(0, count - begun.count))
    begun += taken
    // An empty slice would keep the piece in memory.
    arrived = taken.count == arrived.count ? [] : arrived.dropFirst(taken.count)
  }

  /// Of the segment that begins here, header included; `nil` when not even the header is there.
  private static func length(of bytes: ArraySlice<UInt8>) throws(CompressionError) -> Int? {
    guard bytes.count >= SegmentHeader.byteCount else { return nil }
    return try SegmentHeader.byteCount + SegmentHeader(parsing: bytes.span.bytes).frameBytes
  }

  /// Checks that the stream did not end within a segment.
  public func finish() throws(CompressionError) {
    if !begun.isEmpty || !arrived.isEmpty { throw .truncated(format: "segment") }
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: UInt64, count: Int) {
    for i in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }
}

extension RawSpan {
  func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  func littleEndian64(at offset: Int) -> UInt64 {
    UInt64(littleEndianWords: littleEndian32(at: offset), littleEndian32(at: offset + 4))
  }
}

extension UInt64 {
  fileprivate init(littleEndianWords low: UInt32, _ high: UInt32) {
    self = UInt64(low) | UInt64(high) << 32
  }
}
