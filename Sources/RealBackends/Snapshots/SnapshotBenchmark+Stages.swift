import Compression
import Failover
import struct NIOCore.ByteBuffer
import SystemPackage

/// The stages of a snapshot and a restore, each alone: from memory or a file of this machine, and to nowhere.
extension SnapshotBenchmark {
  private var shell: RemoteShell { RemoteShell(store.ssh) }

  /// The names of everything in the workspace, as tar reads them.
  func names() async throws(PortError) -> [UInt8] {
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

  func read(
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

  func compress(_ file: String) async throws(PortError) {
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

  func upload(_ file: String, as key: String) async throws(PortError) {
    let descriptor = try Self.open(file)
    defer { try? descriptor.close() }
    let bytes = store.options.partBytes
    _ = try await store.client.upload(
      key, partBytes: bytes, inFlight: store.options.partsInFlight, timeout: Self.limit
    ) { () throws(PortError) in try Self.part(descriptor, bytes) }
  }

  func fetch(
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

  func decompress(_ file: String) async throws(PortError) {
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

  func unpack(_ file: String) async throws(PortError) {
    let descriptor = try Self.open(file)
    defer { try? descriptor.close() }
    let result = try await shell.stream(
      RemoteArchive.unpack(into: target), on: host, limit: Self.limit,
      next: { () throws(PortError) in try Self.block(descriptor, Program.blockBytes) })
    try RemoteArchive.check(result, "tar")
  }

  func runOnHost(_ command: [String]) async throws(PortError) {
    try RemoteArchive.check(try await shell.run(command, on: host), command[0])
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
      let block = try [UInt8](unsafeUninitializedCapacity: ResidentMemory.room(for: bytes)) { buffer, count in
        while count < bytes {
          let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<bytes])
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

  /// - Returns: `nil` at the end.
  private static func part(_ descriptor: FileDescriptor, _ bytes: Int) throws(PortError) -> ByteBuffer? {
    var part = ByteBuffer()
    part.reserveCapacity(ResidentMemory.room(for: bytes))
    do {
      while part.readableBytes < bytes {
        let missing = bytes - part.readableBytes
        let read = try part.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { room in
          try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(missing)))
        }
        if read == 0 { break }
      }
    } catch {
      throw PortError(.refused, "\(error)")
    }
    return part.readableBytes > 0 ? part : nil
  }

  func write(
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
}
