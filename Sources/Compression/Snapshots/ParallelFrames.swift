/// LZ4 and zstd on several threads: independent segments, compressed and decompressed side by side.
public enum ParallelFrames {
  /// A segment when none is asked for: large enough that cutting costs no ratio worth naming (LZ4 looks back
  /// 64 KiB at most), small enough to keep two threads busy on a few megabytes.
  public static let defaultSegmentBytes = 4 << 20

  /// `content` as a stream of segments; for an unfiltered method the tools `lz4` and `zstd` read it as it is.
  public static func compress(
    _ content: [UInt8], with method: Method, threads: Int,
    segmentBytes: Int = defaultSegmentBytes
  ) async throws -> [UInt8] {
    precondition((1...SegmentHeader.maximumContent).contains(segmentBytes), "a segment has 1 B to 64 MiB")
    var offset = 0
    var isFirst = true
    var output: [UInt8] = []
    try await mapInOrder(
      threads: threads,
      next: {
        guard offset < content.count || isFirst else { return nil }
        isFirst = false
        let range = offset..<min(offset + segmentBytes, content.count)
        offset = range.upperBound
        return range
      },
      transform: { try Segment.encode(content.span.bytes.extracting($0), with: method) },
      deliver: { output += $0 })
    return output
  }

  /// The content of a stream of segments.
  ///
  /// - Parameter limit: the most bytes the content may have; more throws `CompressionError.overLimit`.
  public static func decompress(
    _ stream: [UInt8], threads: Int, limit: Int
  ) async throws -> [UInt8] {
    var offset = 0
    var output: [UInt8] = []
    try await mapInOrder(
      threads: threads,
      next: { () throws(CompressionError) -> Range<Int>? in
        guard offset < stream.count else { return nil }
        let rest = stream.span.bytes.extracting(droppingFirst: offset)
        let header = try SegmentHeader(parsing: rest)
        let count = SegmentHeader.byteCount + header.frameBytes
        guard count <= rest.byteCount else { throw .truncated(format: "segment") }
        defer { offset += count }
        return offset..<offset + count
      },
      transform: { try Segment.decode(stream.span.bytes.extracting($0)) },
      deliver: { content in
        guard content.count <= limit - output.count else { throw CompressionError.overLimit(limit) }
        output += content
      })
    return output
  }
}
