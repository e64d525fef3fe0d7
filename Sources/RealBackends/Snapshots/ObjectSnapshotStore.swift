import Compression
import Failover

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Keeps snapshots of workspaces in an object store: tar on the host, over ssh, compressed here in segments
/// of LZ4 or zstd, uploaded in parts.
///
/// - **Whole or not there**: a snapshot's manifest is stored last, and what has none is neither listed nor
///   restored. A restore unpacks into a fresh directory beside the workspace, which takes the workspace's
///   place only when everything has arrived and every checksum has matched; otherwise it is removed. The disk
///   therefore needs room for both.
/// - **Memory** is bounded by the parts in flight, whatever the workspace's size: see `Options`.
/// - **Checksums**: the SHA-256 of each part, which its upload is signed with anyhow, stands in the manifest,
///   and the manifest carries its own.
/// - **Incremental snapshots** compare a sorted listing of the workspace (type, size, times, mode, owner, link
///   target) with the listing stored with the base, and pack what differs; what has gone is stored as a list.
///   GNU tar's own `--listed-incremental` was passed over: its state names inodes and devices of one host,
///   and renamed directories are restored by renaming, which its manual admits can fail.
/// - What is not kept: sockets, extended attributes, and what rsync's partial directories hold.
///
/// Hosts need sh, GNU findutils, coreutils and tar 1.28 or later.
public struct ObjectSnapshotStore: SnapshotStore {
  /// How snapshots are made.
  public struct Options: Sendable, Hashable {
    /// The codec and the filter; a codec without a frame format, the plain copy, is refused.
    public var method: Method
    /// For compressing and decompressing; at least 1.
    public var threads: Int
    /// 5 MiB (S3's least) to 64 MiB. The largest snapshot has 10,000 parts: 156 GiB when they have 16 MiB.
    public var partBytes: Int
    /// How many parts are on their way at once; at least 1. So many and one more are in memory.
    public var partsInFlight: Int
    /// For one request to the store, tries included.
    public var requestTimeout: Duration

    public init(
      method: Method = Method(codec: .lz4(acceleration: 1)), threads: Int = 2, partBytes: Int = 16 << 20,
      partsInFlight: Int = 4, requestTimeout: Duration = .seconds(300)
    ) {
      self.method = method
      self.threads = max(1, threads)
      self.partBytes = min(max(partBytes, 5 << 20), 64 << 20)
      self.partsInFlight = max(1, partsInFlight)
      self.requestTimeout = requestTimeout
    }
  }

  public let client: ObjectStoreClient
  /// How this machine reaches the hosts.
  public var ssh: SSHSettings
  public var options: Options
  let keys: SnapshotKeys
  let now: @Sendable () -> Int64

  /// - Parameters:
  ///   - label: whom the snapshots belong to; only theirs are listed. 1 to 100 letters, digits, `.`, `_`, `-`.
  ///   - folder: of the bucket, for all snapshots.
  ///   - now: seconds since 1970.
  /// - Throws: `.refused` for a label or a folder that cannot be part of a key, or a codec without frames.
  public init(
    _ client: ObjectStoreClient, ssh: SSHSettings, label: String, folder: String = "snapshots",
    options: Options = Options(), now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
  ) throws(PortError) {
    for word in [label, folder] where !SnapshotKeys.isPlain(word) {
      throw PortError(
        .refused, "\(word.debugDescription.prefix(80)): 1 to 100 letters, digits, '.', '_' and '-' expected")
    }
    guard options.method.codec.format != nil else {
      throw PortError(.refused, "snapshots cannot be stored as \(options.method): LZ4 or zstd expected")
    }
    self.client = client
    self.ssh = ssh
    self.options = options
    self.now = now
    keys = SnapshotKeys(folder: folder, label: label)
  }

  // MARK: Questions

  public func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    let path = try RsyncFileSync.validated(path)
    let objects = try await client.list(prefix: keys.prefix(path: path), timeout: timeout)
    return SnapshotKeys.sorted(
      objects.lazy.map(\.key).filter { $0.hasSuffix("/\(SnapshotKeys.manifest)") }.compactMap(keys.id(ofKey:)))
  }

  /// Deletes a snapshot, whole or half uploaded: first its manifest, so that it is listed no more. What builds
  /// on it can be restored no more, either; `SnapshotChains` tells the right order.
  public func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    guard SnapshotKeys.isValid(id) else { return }
    try await withTimeout(timeout, "delete \(id)") { () throws(PortError) in
      try await client.delete(keys.key(id, SnapshotKeys.manifest), timeout: timeout)
      let prefix = keys.key(id, "")
      for upload in try await client.unfinishedUploads(prefix: prefix, timeout: timeout) {
        try await client.abort(upload, timeout: timeout)
      }
      for object in try await client.list(prefix: prefix, timeout: timeout) {
        try await client.delete(object.key, timeout: timeout)
      }
    }
  }

  /// Deletes all chains, a whole snapshot and what builds on it, but the newest ones.
  ///
  /// - Parameter count: how many chains stay; anything less than 1 counts as 1.
  /// - Returns: what was deleted, in this order.
  @discardableResult
  public func prune(
    path: String, keeping count: Int, timeout: Duration
  ) async throws(PortError) -> [SnapshotID] {
    try await withTimeout(timeout, "delete old snapshots of \(path)") { () throws(PortError) in
      var chains = SnapshotChains()
      for id in try await list(path: path, timeout: timeout) {
        let manifest = try await manifest(of: id)
        let report = SnapshotReport(
          id: id, base: manifest.base.map(SnapshotID.init), content: ByteCount(manifest.contentBytes),
          stored: ByteCount(manifest.storedBytes), duration: .zero, compression: manifest.compression,
          storage: client.settings.service)
        chains.add(
          SnapshotRecord(
            report, of: InstanceID(""), point: SyncPoint(started: .zero, completed: .zero)))
      }
      chains.retire(keeping: count)
      let expired = chains.expired.map(\.id)
      for id in expired { try await delete(id, timeout: timeout) }
      return expired
    }
  }

  // MARK: Manifests

  /// - Throws: `.notFound` when there is no such snapshot; `.invalidAnswer` when its manifest is damaged.
  func manifest(of id: SnapshotID) async throws(PortError) -> SnapshotManifest {
    guard SnapshotKeys.isValid(id) else { throw PortError(.notFound, "\(id.rawValue.debugDescription.prefix(120))") }
    let key = keys.key(id, SnapshotKeys.manifest)
    let bytes: [UInt8]
    do throws(PortError) {
      bytes = try await streams.trusting { () throws(PortError) in
        try await client.get(key, limit: SnapshotManifest.maximumBytes, timeout: options.requestTimeout)
      }
    } catch {
      guard error.reason == .notFound else { throw error }
      // A bucket that is not there says nothing of the snapshots.
      do throws(PortError) {
        _ = try await client.list(prefix: key, timeout: options.requestTimeout)
      } catch {
        throw error.reason == .notFound ? PortError(.refused, error.detail) : error
      }
      throw PortError(.notFound, "\(id): no such snapshot")
    }
    return try SnapshotManifest(parsing: bytes, of: id)
  }

  var streams: SnapshotStreams { SnapshotStreams(client: client, options: options) }
}

extension ObjectSnapshotStore: ResourceInventory {
  /// Every snapshot, whole or half uploaded, whose name, which begins with its store's label, begins so.
  public func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    try await withTimeout(timeout, "list what is labelled \(prefix)") { () throws(PortError) in
      let start = "\(keys.folder)/\(prefix)"
      let objects = try await client.list(prefix: start, timeout: timeout).map(\.key)
      let uploads = try await client.unfinishedUploads(prefix: start, timeout: timeout).map(\.key)
      let ids = Set((objects + uploads).compactMap(keys.id(ofKey:)))
      return SnapshotKeys.sorted(ids).map {
        OwnedResource(kind: .snapshot, id: $0.rawValue, label: $0.rawValue)
      }
    }
  }

  public func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    guard resource.kind == .snapshot else {
      throw PortError(.refused, "\(resource.id) is no snapshot: \(resource.kind)")
    }
    try await delete(SnapshotID(resource.id), timeout: timeout)
  }
}
