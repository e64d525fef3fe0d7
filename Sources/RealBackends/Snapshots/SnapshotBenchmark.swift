import Compression
import Failover
import SystemPackage

/// Measures a snapshot and its restore beside the stages they consist of, each alone, in one run.
///
/// The stages of the real thing work at the same time, so it should take hardly longer than the slowest one
/// alone. On a machine on which all of them share few processors they also wait for those.
public struct SnapshotBenchmark: Sendable {
  /// A median of several measurements.
  public struct Row: Sendable, Hashable {
    public var name: String
    /// What moved, before compression.
    public var content: ByteCount
    public var duration: Duration

    /// 10⁶ bytes per second.
    public var megabytesPerSecond: Double {
      Double(content.bytes) / 1e6 / max(duration.inSeconds, 1e-9)
    }
  }

  public struct Outcome: Sendable, Hashable {
    public var saveStages: [Row]
    public var save: Row
    public var restoreStages: [Row]
    public var restore: Row
    public var stored: ByteCount
    /// The most memory this process has held, by `/proc/self/status`; `nil` where there is none.
    public var peakMemory: ByteCount?

    /// The slowest stage's time over the time of the whole: 1 when it cannot be better.
    public static func share(_ whole: Row, of stages: [Row]) -> Double {
      let slowest = stages.map(\.duration).max() ?? .zero
      return slowest.inSeconds / max(whole.duration.inSeconds, 1e-9)
    }
  }

  public var store: ObjectSnapshotStore
  public var host: HostAddress
  /// The workspace that is saved.
  public var path: String
  /// Where it is restored to; replaced.
  public var target: String
  /// A directory on this machine, with room for the workspace twice.
  public var scratch: String
  /// At least 1.
  public var repetitions: Int

  public init(
    store: ObjectSnapshotStore, host: HostAddress, path: String, target: String, scratch: String,
    repetitions: Int = 3
  ) {
    self.store = store
    self.host = host
    self.path = path
    self.target = target
    self.scratch = scratch
    self.repetitions = max(1, repetitions)
  }

  private static let limit = Duration.seconds(600)

  public func run() async throws(PortError) -> Outcome {
    let names = try await self.names()
    let archive = scratch + "/archive"
    let packed = scratch + "/packed"
    // Once without measuring: files come into the page cache.
    let first = try await store.save(SnapshotRequest(source: host, path: path), timeout: Self.limit)
    let manifest = try await store.manifest(of: first.id)
    let content = ByteCount(manifest.contentBytes)
    try await write(archive) { sink throws(PortError) in
      try await read(names) { block throws(PortError) in try sink(block) }
    }
    try await write(packed) { sink throws(PortError) in
      try await fetch(manifest) { part throws(PortError) in try sink(part) }
    }

    let saveStages = [
      try await row("tar and ssh", content) { () throws(PortError) in
        try await read(names) { _ throws(PortError) in }
      },
      try await row("compress", content) { () throws(PortError) in
        try await compress(archive)
      },
      try await row("upload", content) { () throws(PortError) in
        try await upload(packed)
      },
    ]
    let save = try await row("snapshot", content) { () throws(PortError) in
      let report = try await store.save(SnapshotRequest(source: host, path: path), timeout: Self.limit)
      try await store.delete(report.id, timeout: Self.limit)
    }
    let restoreStages = [
      try await row("download", content) { () throws(PortError) in
        try await fetch(manifest) { _ throws(PortError) in }
      },
      try await row("decompress", content) { () throws(PortError) in
        try await decompress(packed)
      },
      try await row("ssh and tar", content) { () throws(PortError) in
        try await unpack(archive)
      },
    ]
    let restore = try await row("restore", content) { () throws(PortError) in
      _ = try await store.restore(first.id, to: host, path: target, timeout: Self.limit)
    }
    return Outcome(
      saveStages: saveStages, save: save, restoreStages: restoreStages, restore: restore,
      stored: first.stored, peakMemory: Self.peakMemory)
  }

  private func row(
    _ name: String, _ content: ByteCount, _ body: () async throws(PortError) -> Void
  ) async throws(PortError) -> Row {
    var times: [Duration] = []
    for _ in 0..<repetitions {
      let start = ContinuousClock.now
      try await body()
      times.append(start.duration(to: .now))
    }
    times.sort()
    return Row(name: name, content: content, duration: times[times.count / 2])
  }

  // MARK: Stages

  private var shell: RemoteShell { RemoteShell(store.ssh) }

  /// The names of everything in the workspace, as tar reads them.
  private func names() async throws(PortError) -> [UInt8] {
    let listing = Shared<[UInt8]>([])
    let result = try await shell.stream(
      RemoteArchive.list(path), on: host, limit: Self.limit,
      consume: { block throws(PortError) in listing.update { $0 += block } })
    try RemoteArchive.check(result, "listing")
    var reader = ListingReader { () throws(PortError) in
      let rest = listing.read()
      listing.update { $0 = [] }
      return rest.isEmpty ? nil : rest
    }
    var names = Array("./\0".utf8)
    while let record = try await reader.next() {
      if !record.isMark { names += Array("./".utf8) + record.path + [0] }
    }
    return names
  }

  private func read(
    _ names: [UInt8], _ sink: @escaping @Sendable ([UInt8]) async throws(PortError) -> Void
  ) async throws(PortError) {
    let rest = Shared(names)
    let result = try await shell.stream(
      RemoteArchive.pack(path), on: host, limit: Self.limit,
      next: { () throws(PortError) in
        let names = rest.read()
        rest.update { $0 = [] }
        return names.isEmpty ? nil : names
      },
      consume: sink)
    try RemoteArchive.checkPacking(result, "tar")
  }

  private func compress(_ file: String) async throws(PortError) {
    let method = store.options.method
    let descriptor = try Self.open(file)
    defer { try? descriptor.close() }
    do {
      try await mapInOrder(
        threads: store.options.threads, next: { try Self.block(descriptor, Program.blockBytes) },
        transform: { try Segment.encode($0.span.bytes, with: method) }, deliver: { _ in })
    } catch {
      throw PortError(.invalidAnswer, "\(error)")
    }
  }

  private func upload(_ file: String) async throws(PortError) {
    let descriptor = try Self.open(file)
    defer { try? descriptor.close() }
    let bytes = store.options.partBytes
    let key = "\(store.keys.folder)-benchmark"
    _ = try await store.client.upload(
      key, inFlight: store.options.partsInFlight, timeout: Self.limit
    ) { () throws(PortError) in try Self.block(descriptor, bytes) }
    try await store.client.delete(key, timeout: Self.limit)
  }

  private func fetch(
    _ manifest: SnapshotManifest, _ sink: @escaping @Sendable ([UInt8]) throws(PortError) -> Void
  ) async throws(PortError) {
    let parts = Handover<[UInt8]>(capacity: 0)
    let key = store.keys.key(SnapshotID(manifest.id), "data")
    let streams = store.streams
    @Sendable func fetch() async throws(PortError) { try await streams.fetch(key, manifest.data, into: parts) }
    @Sendable func take() async throws(PortError) {
      defer { parts.close() }
      while let part = try await parts.next() { try sink(part) }
    }
    try await together([fetch, take])
  }

  private func decompress(_ file: String) async throws(PortError) {
    let descriptor = try Self.open(file)
    defer { try? descriptor.close() }
    let parts = Handover<[UInt8]>(capacity: 0)
    let blocks = Handover<[UInt8]>(capacity: 1)
    let streams = store.streams
    let bytes = store.options.partBytes
    @Sendable func give() async throws(PortError) {
      while let part = try Self.block(descriptor, bytes) { try await parts.send(part) }
      parts.finish()
    }
    @Sendable func decompress() async throws(PortError) { try await streams.decompress(parts, into: blocks) }
    @Sendable func take() async throws(PortError) {
      while try await blocks.next() != nil {}
    }
    try await together([give, decompress, take])
  }

  private func unpack(_ file: String) async throws(PortError) {
    let descriptor = try Self.open(file)
    defer { try? descriptor.close() }
    let fresh = target + ".alone"
    try RemoteArchive.check(try await shell.run(["mkdir", "-p", "--", fresh], on: host), "mkdir")
    let result = try await shell.stream(
      RemoteArchive.unpack(into: fresh), on: host, limit: Self.limit,
      next: { () throws(PortError) in try Self.block(descriptor, Program.blockBytes) })
    try RemoteArchive.check(result, "tar")
    _ = try await shell.run(RemoteArchive.discard(fresh), on: host)
  }

  // MARK: Files of this machine

  private static func open(_ file: String) throws(PortError) -> FileDescriptor {
    do { return try FileDescriptor.open(FilePath(file), .readOnly) } catch {
      throw PortError(.notFound, "\(file): \(error)")
    }
  }

  /// - Returns: `nil` at the end.
  private static func block(_ descriptor: FileDescriptor, _ bytes: Int) throws(PortError) -> [UInt8]? {
    do {
      let block = try [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
        while count < buffer.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          let read = try descriptor.read(into: rest)
          if read == 0 { break }
          count += read
        }
      }
      return block.isEmpty ? nil : block
    } catch {
      throw PortError(.refused, "\(error)")
    }
  }

  private func write(
    _ file: String,
    _ body: (@escaping @Sendable ([UInt8]) throws(PortError) -> Void) async throws(PortError) -> Void
  ) async throws(PortError) {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        FilePath(file), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    } catch {
      throw PortError(.refused, "\(file): \(error)")
    }
    defer { try? descriptor.close() }
    try await body { block throws(PortError) in
      do { _ = try descriptor.writeAll(block) } catch { throw PortError(.diskFull, "\(file): \(error)") }
    }
  }

  /// What the kernel calls the high-water mark of the resident set.
  private static var peakMemory: ByteCount? {
    guard let descriptor = try? FileDescriptor.open("/proc/self/status", .readOnly) else { return nil }
    defer { try? descriptor.close() }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = (try? bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
    let line = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int64($0.filter(\.isNumber)) }.map { ByteCount($0 * 1024) }
  }
}
