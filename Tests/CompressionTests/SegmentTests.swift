import Synchronization
import Testing

@testable import Compression

/// How many are inside at once.
final class Gauge: Sendable {
  private let counts = Mutex((now: 0, most: 0))
  var most: Int { counts.withLock { $0.most } }
  func enter() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
  func leave() { counts.withLock { $0.now -= 1 } }
}

@Suite struct SegmentTests {
  static let methods: [Method] = [
    Method(codec: .lz4(acceleration: 1)),
    Method(codec: .zstd(level: 1), filter: .bytePlanes(.four)),
    Method(codec: .lz4(acceleration: 1), filter: .bitPlanes(.two)),
  ]

  @Test(arguments: methods, [0, 1, 1_000, 100_003])
  func `segments on two threads give back their content`(method: Method, count: Int) async throws {
    let content = sampleText(count)
    let stream = try await ParallelFrames.compress(
      content, with: method, threads: 2, segmentBytes: 10_000)
    #expect(try await ParallelFrames.decompress(stream, threads: 2, limit: count) == content)
  }

  @Test func `the number of threads does not change a byte`() async throws {
    let content = sampleText(200_000)
    let method = Self.methods[1]
    let one = try await ParallelFrames.compress(content, with: method, threads: 1, segmentBytes: 9_999)
    let two = try await ParallelFrames.compress(content, with: method, threads: 2, segmentBytes: 9_999)
    #expect(one == two)
  }

  @Test func `a stream over the limit or cut short is refused`() async throws {
    let content = sampleText(50_000)
    let stream = try await ParallelFrames.compress(
      content, with: Self.methods[0], threads: 2, segmentBytes: 10_000)
    await #expect(throws: CompressionError.overLimit(49_999)) {
      try await ParallelFrames.decompress(stream, threads: 2, limit: 49_999)
    }
    await #expect(throws: CompressionError.truncated(format: "segment")) {
      try await ParallelFrames.decompress(Array(stream.dropLast()), threads: 2, limit: 50_000)
    }
  }

  @Test func `a splitter finds the segments however the stream arrives`() throws {
    let parts = [sampleText(10_000), sampleText(0), sampleText(333)]
    let segments = try parts.map { try Segment.encode($0.span.bytes, with: Self.methods[1]) }
    let stream = segments.flatMap { $0 }
    for pieceBytes in [1, 31, 1_000, stream.count] {
      var splitter = SegmentSplitter()
      var found: [[UInt8]] = []
      for start in stride(from: 0, to: stream.count, by: pieceBytes) {
        splitter.append(Array(stream[start..<min(start + pieceBytes, stream.count)]))
        while let segment = try splitter.next() { found.append(try Segment.decode(segment.span.bytes)) }
      }
      try splitter.finish()
      #expect(found == parts)
    }
  }

  @Test func `a splitter takes several pieces before it is asked for a segment`() throws {
    let parts = [sampleText(10_000), sampleText(333), sampleText(5_000)]
    let stream = try parts.flatMap { try Segment.encode($0.span.bytes, with: Self.methods[1]) }
    var splitter = SegmentSplitter()
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: stream.count, by: 100) {
      splitter.append(stream[start..<min(start + 100, stream.count)])
      // Asked once in five times, and then only once.
      guard start % 500 == 0, let segment = try splitter.next() else { continue }
      found.append(try Segment.decode(segment.span.bytes))
    }
    while let segment = try splitter.next() { found.append(try Segment.decode(segment.span.bytes)) }
    try splitter.finish()
    #expect(found == parts)
  }

  @Test func `any single damaged byte of a header is noticed`() throws {
    let segment = try Segment.encode(sampleText(1_000).span.bytes, with: Self.methods[1])
    for position in 0..<SegmentHeader.byteCount {
      for bit in 0..<8 {
        var damaged = segment
        damaged[position] ^= 1 << UInt8(bit)
        #expect(throws: CompressionError.self) { try Segment.decode(damaged.span.bytes) }
      }
    }
  }

  @Test func `work on several threads is delivered in order and never far ahead`() async throws {
    var (given, taken) = (0, 0)
    var mostUnderWay = 0
    try await mapInOrder(
      threads: 2,
      next: {
        guard given < 200 else { return nil }
        given += 1
        mostUnderWay = max(mostUnderWay, given - taken)
        return given - 1
      },
      transform: { $0 * $0 },
      deliver: { square in
        #expect(square == taken * taken)
        taken += 1
      })
    #expect(taken == 200)
    #expect(mostUnderWay <= 4)
  }

  @Test(arguments: [1, 2]) func `no more items are worked on at once than there are threads`(threads: Int)
    async throws
  {
    let gauge = Gauge()
    var given = 0
    try await mapInOrder(
      threads: threads,
      next: {
        given += 1
        return given <= 100 ? given : nil
      },
      transform: { number in
        gauge.enter()
        defer { gauge.leave() }
        return sampleText(2_000, seed: UInt64(number))
      },
      deliver: { _ in })
    #expect((1...threads).contains(gauge.most))
  }

  @Test func `the first error ends the work and is thrown`() async {
    var given = 0
    await #expect(throws: CompressionError.unknownFormat) {
      try await mapInOrder(
        threads: 2,
        next: {
          given += 1
          return given
        },
        transform: { if $0 == 10 { throw CompressionError.unknownFormat } else { $0 } },
        deliver: { #expect($0 < 10) })
    }
    #expect(given <= 14)
  }
}
