import Compression
import Crypto
import Failover
import NIOCore
import Synchronization

/// The stages between a host's programs and the object store. Each works as soon as it has something to work
/// on, and waits for the slowest.
struct SnapshotStreams: Sendable {
  var client: ObjectStoreClient
  var options: ObjectSnapshotStore.Options

  // MARK: Towards the store

  /// Compresses blocks, cuts the segments into parts and stores them.
  ///
  /// - Parameter small: for what is hardly ever large: parts of 8 MiB, one after the other.
  func store(
    _ key: String, blocks: Handover<[UInt8]>, small: Bool = false
  ) async throws(PortError) -> UploadedObject {
    let parts = Handover<ByteBuffer>(capacity: 0)
    let stored = Shared<UploadedObject?>(nil)
    let sent = SentParts()
    let partBytes = small ? 8 << 20 : options.partBytes
    @Sendable func compress() async throws(PortError) {
      defer { blocks.close() }
      try await finishing([parts]) { () throws(PortError) in
        try await self.compress(blocks, into: parts, partBytes: partBytes, reusing: small ? nil : sent)
      }
    }
    @Sendable func upload() async throws(PortError) {
      defer { parts.close() }
      let object = try await client.upload(
        key, partBytes: partBytes, inFlight: small ? 1 : options.partsInFlight, timeout: options.requestTimeout,
        whenSent: { part in if !small { sent.give(part) } }
      ) { () throws(PortError) in try await parts.next() }
      stored.update { $0 = object }
    }
    try await together([compress, upload])
    guard let object = stored.read() else { throw PortError(.cancelled, "upload of \(key)") }
    return object
  }

  private func compress(
    _ blocks: Handover<[UInt8]>, into parts: Handover<ByteBuffer>, partBytes: Int, reusing sent: SentParts?
  ) async throws(PortError) {
    let method = options.method
    var part = ByteBuffer()
    do {
      try await mapInOrder(
        threads: options.threads,
        next: { try await blocks.next() },
        transform: { try Segment.encode($0.span.bytes, with: method) },
        deliver: { segment in
          var offset = 0
          while offset < segment.count {
            let count = min(partBytes - part.readableBytes, segment.count - offset)
            if part.readableBytes == 0, let sent { part = sent.take(partBytes) }
            part.writeBytes(segment.span.bytes.extracting(offset..<offset + count))
            offset += count
            if part.readableBytes == partBytes {
              try await parts.send(part)
              part = ByteBuffer()
            }
          }
        })
    } catch {
      throw Self.portError(error, "compression")
    }
    if part.readableBytes > 0 { try await parts.send(part) }
  }

  // MARK: From the store

  /// Fetches an object's parts, several at a time, checks each, and hands them on in order.
  ///
  /// - Throws: `.invalidAnswer` when a checksum does not match.
  func fetch(
    _ key: String, _ object: SnapshotManifest.Packed, into parts: Handover<[UInt8]>, busy: BusyTime? = nil
  ) async throws(PortError) {
    var ranges: [(Range<Int64>, String)] = []
    var offset: Int64 = 0
    for part in object.parts where part.bytes > 0 {
      ranges.append((offset..<offset + part.bytes, part.sha256))
      offset += part.bytes
    }
    do {
      try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
        var (submitted, delivered) = (0, 0)
        var finished: [Int: [UInt8]] = [:]
        while delivered < ranges.count {
          while submitted < ranges.count, submitted - delivered < max(1, options.partsInFlight) {
            let (range, hash) = ranges[submitted]
            group.addTask { [submitted] in
              busy?.begin()
              defer { busy?.end() }
              return (submitted, try await fetch(key, range, hash))
            }
            submitted += 1
          }
          if let part = finished.removeValue(forKey: delivered) {
            delivered += 1
            try await parts.send(part)
          } else if let (number, part) = try await group.next() {
            finished[number] = part
          }
        }
      }
      parts.finish()
    } catch {
      let error = Self.portError(error, "download of \(key)")
      parts.finish(throwing: error)
      throw error
    }
  }

  private func fetch(_ key: String, _ range: Range<Int64>, _ hash: String) async throws(PortError) -> [UInt8] {
    let part: [UInt8]
    do throws(PortError) {
      part = try await trusting { () throws(PortError) in
        try await client.get(key, range: range, timeout: options.requestTimeout)
      }
    } catch {
      guard error.reason == .notFound else { throw error }
      throw PortError(.invalidAnswer, "\(key) is not whole any more: \(error.detail)")
    }
    guard part.count == range.count, SignatureV4.hex(SHA256.hash(data: part)) == hash else {
      throw PortError(
        .invalidAnswer,
        "\(key) is damaged: bytes \(range.lowerBound) to \(range.upperBound) do not match their checksum")
    }
    return part
  }

  /// Decompresses parts into blocks.
  ///
  /// - Throws: `.invalidAnswer` when they are no segments.
  func decompress(
    _ parts: Handover<[UInt8]>, into blocks: Handover<[UInt8]>, busy: BusyTime? = nil
  ) async throws(PortError) {
    defer { parts.close() }
    var splitter = SegmentSplitter()
    do {
      try await mapInOrder(
        threads: options.threads,
        next: {
          while true {
            if let segment = try splitter.next() { return segment }
            guard let part = try await parts.next() else {
              try splitter.finish()
              return nil
            }
            splitter.append(part)
          }
        },
        transform: { segment in
          busy?.begin()
          defer { busy?.end() }
          return try Segment.decode(segment.span.bytes)
        },
        deliver: { try await blocks.send($0) })
      blocks.finish()
    } catch {
      let error = Self.portError(error, "decompression")
      blocks.finish(throwing: error)
      throw error
    }
  }

  /// The blocks of an object that is small or is read in passing.
  func read(
    _ key: String, _ object: SnapshotManifest.Packed, into blocks: Handover<[UInt8]>
  ) async throws(PortError) {
    let parts = Handover<[UInt8]>(capacity: 0)
    @Sendable func fetch() async throws(PortError) { try await self.fetch(key, object, into: parts) }
    @Sendable func decompress() async throws(PortError) { try await self.decompress(parts, into: blocks) }
    try await together([fetch, decompress])
  }

  /// What the store says that makes no sense says nothing of the snapshot: a proxy may have answered.
  func trusting<Value>(
    _ body: () async throws(PortError) -> Value
  ) async throws(PortError) -> Value {
    do throws(PortError) {
      return try await body()
    } catch {
      guard error.reason == .invalidAnswer else { throw error }
      throw PortError(.unreachable, error.detail)
    }
  }

  private static func portError(_ error: any Error, _ what: String) -> PortError {
    switch error {
    case let error as PortError: error
    case let error as CompressionError: PortError(.invalidAnswer, "\(what): \(error)")
    default: PortError(.cancelled, what)
    }
  }
}

/// The memory of parts that have been sent, for those that come after them.
private final class SentParts: Sendable {
  private let parts = Mutex<[ByteBuffer]>([])

  func give(_ part: ByteBuffer) { parts.withLock { $0.append(part) } }

  /// - Returns: an empty one; in memory of its own when somebody still holds the part that it was.
  func take(_ bytes: Int) -> ByteBuffer {
    var part = parts.withLock { $0.popLast() } ?? ByteBuffer()
    part.clear()
    part.reserveCapacity(ResidentMemory.room(for: bytes))
    return part
  }
}

/// Adds up the time during which something is under way.
final class BusyTime: Sendable {
  private struct State {
    var running = 0
    var since = ContinuousClock.now
    var total = Duration.zero
  }

  private let state = Mutex(State())

  func begin() {
    state.withLock { state in
      if state.running == 0 { state.since = .now }
      state.running += 1
    }
  }

  func end() {
    state.withLock { state in
      guard state.running > 0 else { return }
      state.running -= 1
      if state.running == 0 { state.total += state.since.duration(to: .now) }
    }
  }

  var total: Duration {
    state.withLock { $0.total + ($0.running > 0 ? $0.since.duration(to: .now) : .zero) }
  }
}
