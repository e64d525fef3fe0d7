import Failover

extension ObjectSnapshotStore {
  /// - Throws: `.notFound` when the snapshot is not there; `.invalidAnswer` when it, or what it builds on, is
  ///   damaged or no longer whole; `.diskFull`; what else keeps the host or the store from their work.
  public func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    try host.validate()
    let path = try RsyncFileSync.validated(path)
    ResidentMemory.keepBlocks()
    let start = ContinuousClock.now
    let what = "restore of \(id) on \(host)"
    let restore = SnapshotRestore(store: self, host: host, path: path, limit: timeout, what: what)
    let chain = try await withTimeout(timeout, what) { () throws(PortError) in
      let chain = try await self.chain(of: id)
      try await restore.run(chain)
      return chain
    }
    return SnapshotRestoreReport(
      id: id, downloaded: ByteCount(chain.reduce(0) { $0 + $1.data.bytes + ($1.deleted?.bytes ?? 0) }),
      content: ByteCount(chain.reduce(0) { $0 + $1.contentBytes }), download: restore.download.total,
      decompress: restore.decompress.total, unpack: restore.unpack.total,
      duration: start.duration(to: .now))
  }

  /// The snapshot and what it builds on, the whole one first.
  private func chain(of id: SnapshotID) async throws(PortError) -> [SnapshotManifest] {
    var chain = [try await manifest(of: id)]
    while let base = chain.last?.base {
      guard chain.count < 10_000, !chain.contains(where: { $0.id == base }) else {
        throw PortError(.invalidAnswer, "\(id) builds on itself")
      }
      do throws(PortError) {
        chain.append(try await manifest(of: SnapshotID(base)))
      } catch {
        guard error.reason == .notFound else { throw error }
        throw PortError(.invalidAnswer, "\(id): what it builds on, \(base), is gone")
      }
    }
    return chain.reversed()
  }
}

/// One restore. A value of reference type, for the time its stages take.
final class SnapshotRestore: Sendable {
  let store: ObjectSnapshotStore
  let host: HostAddress
  let path: String
  let limit: Duration
  let what: String
  let download = BusyTime()
  let decompress = BusyTime()
  let unpack = BusyTime()

  init(store: ObjectSnapshotStore, host: HostAddress, path: String, limit: Duration, what: String) {
    self.store = store
    self.host = host
    self.path = path
    self.limit = limit
    self.what = what
  }

  private var shell: RemoteShell { RemoteShell(store.ssh) }

  func run(_ chain: [SnapshotManifest]) async throws(PortError) {
    for manifest in chain { try await checkObjects(of: manifest) }
    let fresh = try await prepare()
    do throws(PortError) {
      for manifest in chain {
        if let deleted = manifest.deleted, deleted.bytes > 0 {
          try await apply(manifest, "deleted", deleted, RemoteArchive.remove(from: fresh))
        }
        try await apply(manifest, "data", manifest.data, RemoteArchive.unpack(into: fresh))
      }
      let result = try await shell.run(RemoteArchive.commit(fresh, as: path), on: host)
      try RemoteArchive.check(result, what)
    } catch {
      // The scripts do this themselves, unless the connection was lost between two of them.
      await Task {
        _ = try? await withTimeout(ObjectStoreClient.cleanUpLimit, what) { [self] () throws(PortError) in
          try await shell.run(RemoteArchive.discard(fresh), on: host)
        }
      }.value
      throw error
    }
  }

  /// Whether the objects are there and as long as the manifest says, before anything is fetched.
  private func checkObjects(of manifest: SnapshotManifest) async throws(PortError) {
    var objects = [("data", manifest.data)]
    if let deleted = manifest.deleted { objects.append(("deleted", deleted)) }
    for (name, packed) in objects {
      let key = store.keys.key(SnapshotID(manifest.id), name)
      let found: StoredObject
      do throws(PortError) {
        found = try await store.streams.trusting { () throws(PortError) in
          try await store.client.head(key, timeout: store.options.requestTimeout)
        }
      } catch {
        guard error.reason == .notFound else { throw error }
        throw PortError(.invalidAnswer, "\(manifest.id) is not whole any more: its \(name) is gone")
      }
      guard found.size.bytes == packed.bytes else {
        throw PortError(
          .invalidAnswer,
          "\(manifest.id) is not whole any more: its \(name) has \(found.size.bytes) bytes of \(packed.bytes)")
      }
    }
  }

  /// - Returns: the fresh directory's name on the host.
  private func prepare() async throws(PortError) -> String {
    let token = SignatureV4.hex((0..<6).map { _ in UInt8.random(in: 0 ... .max) })
    let result = try await shell.run(RemoteArchive.prepare(path, token: token), on: host)
    try RemoteArchive.check(result, what)
    guard let fresh = result.output.last, fresh.hasPrefix("/"), fresh.hasSuffix(".restoring-\(token)") else {
      throw PortError(.unreachable, "\(what): no directory to unpack into")
    }
    return fresh
  }

  /// Sends an object's content to a command on the host.
  private func apply(
    _ manifest: SnapshotManifest, _ name: String, _ object: SnapshotManifest.Packed, _ command: [String]
  ) async throws(PortError) {
    let parts = Handover<[UInt8]>(capacity: 0)
    let blocks = Handover<[UInt8]>(capacity: 2)
    let streams = store.streams
    @Sendable func fetch() async throws(PortError) {
      let key = store.keys.key(SnapshotID(manifest.id), name)
      try await streams.fetch(key, object, into: parts, busy: download)
    }
    @Sendable func decompress() async throws(PortError) {
      try await streams.decompress(parts, into: blocks, busy: self.decompress)
    }
    @Sendable func write() async throws(PortError) { try await self.write(blocks, to: command) }
    try await together([fetch, decompress, write])
  }

  /// - Parameter blocks: the standard input of `command`.
  func write(_ blocks: Handover<[UInt8]>, to command: [String]) async throws(PortError) {
    defer { blocks.close() }
    let isWriting = Shared(false)
    let result = try await shell.stream(
      command, on: host, limit: limit,
      next: { [self] () throws(PortError) in
        // What lies between two questions for more is the time that writing took.
        if isWriting.read() { unpack.end() }
        let block = try await blocks.next()
        isWriting.update { $0 = true }
        unpack.begin()
        return block
      })
    if isWriting.read() { unpack.end() }
    try RemoteArchive.check(result, what)
  }
}
