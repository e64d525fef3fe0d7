import Failover

extension ObjectSnapshotStore {
  /// - Throws: among others `.notFound` when the directory or the base is not there.
  public func save(
    _ request: SnapshotRequest, timeout: Duration
  ) async throws(PortError) -> SnapshotReport {
    try request.source.validate()
    let path = try RsyncFileSync.validated(request.path)
    ResidentMemory.keepBlocks()
    let start = ContinuousClock.now
    let started = SigningTime(secondsSince1970: now()).stamp
    let what = "snapshot of \(path) on \(request.source)"
    let manifest = try await withTimeout(timeout, what) { () throws(PortError) in
      let existing = try await list(path: path, timeout: timeout)
      let base: SnapshotManifest?
      if let id = request.base { base = try await self.manifest(of: id) } else { base = nil }
      let id = keys.next(path: path, after: existing, at: SigningTime(secondsSince1970: now()))
      let save = SnapshotSave(
        store: self, id: id, base: base, path: path, source: request.source, limit: timeout, what: what)
      do throws(PortError) {
        let packed = try await save.run()
        let manifest = SnapshotManifest(
          id: id, base: request.base, path: path, started: started,
          completed: SigningTime(secondsSince1970: now()).stamp, contentBytes: packed.contentBytes,
          compression: "\(options.method)", data: packed.data, listing: packed.listing,
          deleted: packed.deleted)
        try await client.put(
          keys.key(id, SnapshotKeys.manifest), manifest.encoded(), timeout: options.requestTimeout)
        return manifest
      } catch {
        // Whoever was cancelled could not delete anything any more; another task can.
        await Task { try? await delete(id, timeout: ObjectStoreClient.cleanUpLimit) }.value
        throw error
      }
    }
    return SnapshotReport(
      id: SnapshotID(manifest.id), base: request.base, content: ByteCount(manifest.contentBytes),
      stored: ByteCount(manifest.storedBytes), duration: start.duration(to: .now),
      compression: manifest.compression, storage: client.settings.service)
  }
}

/// One snapshot on its way to the store.
struct SnapshotSave: Sendable {
  var store: ObjectSnapshotStore
  var id: SnapshotID
  var base: SnapshotManifest?
  var path: String
  var source: HostAddress
  var limit: Duration
  var what: String

  struct Packed: Sendable {
    var data: UploadedObject
    var listing: UploadedObject
    var deleted: UploadedObject?
    var contentBytes: Int64
  }

  private struct Results {
    var data: UploadedObject?
    var listing: UploadedObject?
    var deleted: UploadedObject?
    var contentBytes: Int64 = 0
    /// How the listing on the host ended.
    var listed: Program.Result?
  }

  /// All stages at once: the listing, its comparison with the base's, tar, and three uploads.
  func run() async throws(PortError) -> Packed {
    let shell = RemoteShell(store.ssh)
    let streams = store.streams
    let results = Shared(Results())
    let current = Handover<[UInt8]>(capacity: 1)
    let before = Handover<[UInt8]>(capacity: 1)
    let listing = Handover<[UInt8]>(capacity: 1)
    let deleted = Handover<[UInt8]>(capacity: 1)
    let names = Handover<[UInt8]>(capacity: 1)
    let data = Handover<[UInt8]>(capacity: 2)

    @Sendable func list() async throws(PortError) {
      try await finishing([current]) { () throws(PortError) in
        let result = try await shell.stream(
          RemoteArchive.list(path), on: source, limit: limit,
          consume: { block throws(PortError) in try await current.send(block) })
        try RemoteArchive.check(result, what)
        results.update { $0.listed = result }
      }
    }
    @Sendable func readBase() async throws(PortError) {
      try await finishing([before]) { () throws(PortError) in
        guard let base else { return }
        try await streams.read(store.keys.key(SnapshotID(base.id), "listing"), base.listing, into: before)
      }
    }
    @Sendable func compare() async throws(PortError) {
      defer { for source in [current, before] { source.close() } }
      try await finishing([listing, deleted, names]) { () throws(PortError) in
        let exitCode = try await self.compare(current, before, listing: listing, names: names, deleted: deleted)
        guard let listed = results.read().listed else {
          throw PortError(.unreachable, "\(what): the listing breaks off")
        }
        try RemoteArchive.checkListing(listed, exitCode: exitCode, what)
      }
    }
    @Sendable func storeListing() async throws(PortError) {
      let object = try await streams.store(store.keys.key(id, "listing"), blocks: listing, small: true)
      results.update { $0.listing = object }
    }
    @Sendable func storeDeleted() async throws(PortError) {
      guard base != nil else { return deleted.close() }
      let object = try await streams.store(store.keys.key(id, "deleted"), blocks: deleted, small: true)
      results.update { $0.deleted = object }
    }
    @Sendable func pack() async throws(PortError) {
      defer { names.close() }
      try await finishing([data]) { () throws(PortError) in
        let result = try await shell.stream(
          RemoteArchive.pack(path), on: source, limit: limit,
          next: { () throws(PortError) in try await names.next() },
          consume: { block throws(PortError) in
            results.update { $0.contentBytes += Int64(block.count) }
            try await data.send(block)
          })
        try RemoteArchive.checkPacking(result, what)
      }
    }
    @Sendable func storeData() async throws(PortError) {
      let object = try await streams.store(store.keys.key(id, "data"), blocks: data)
      results.update { $0.data = object }
    }
    try await together([list, readBase, compare, storeListing, storeDeleted, pack, storeData])
    let made = results.read()
    guard let object = made.data, let list = made.listing else { throw PortError(.cancelled, what) }
    return Packed(data: object, listing: list, deleted: made.deleted, contentBytes: made.contentBytes)
  }

  private func compare(
    _ current: Handover<[UInt8]>, _ before: Handover<[UInt8]>, listing: Handover<[UInt8]>,
    names: Handover<[UInt8]>, deleted: Handover<[UInt8]>
  ) async throws(PortError) -> Int {
    var new = ListingReader { () throws(PortError) in try await current.next() }
    var old = ListingReader { () throws(PortError) in try await before.next() }
    var present = Batch(to: listing)
    var changed = Batch(to: names)
    var gone = Batch(to: base == nil ? nil : deleted)
    // The workspace itself, for its mode and its date.
    try await changed.append(Array("./".utf8)[...])
    let prefix = Array("./".utf8)
    let exitCode = try await WorkspaceChanges.compare(&new, with: &old) { step throws(PortError) in
      switch step {
      case .present(let record): try await present.append(record.bytes[...])
      case .changed(let record): try await changed.append((prefix + record.path)[...])
      case .deleted(let record): try await gone.append((prefix + record.path)[...])
      }
    }
    try await present.flush()
    try await changed.flush()
    try await gone.flush()
    return exitCode
  }
}

/// Texts that are handed over many at a time, each ended by NUL.
private struct Batch {
  private let target: Handover<[UInt8]>?
  private var bytes: [UInt8] = []

  init(to target: Handover<[UInt8]>?) { self.target = target }

  mutating func append(_ text: ArraySlice<UInt8>) async throws(PortError) {
    bytes += text
    bytes.append(0)
    if bytes.count >= 256 << 10 { try await flush() }
  }

  mutating func flush() async throws(PortError) {
    if let target, !bytes.isEmpty { try await target.send(bytes) }
    bytes = []
  }
}

/// Ends streams when `body` has ended, and with its error when it throws.
func finishing<Element>(
  _ streams: [Handover<Element>], _ body: () async throws(PortError) -> Void
) async throws(PortError) {
  do throws(PortError) {
    try await body()
    for stream in streams { stream.finish() }
  } catch {
    for stream in streams { stream.finish(throwing: error) }
    throw error
  }
}
