/// Keeps compressed copies of a workspace in an object store.
public protocol SnapshotStore: Sendable {
  /// Packs, compresses and uploads a workspace. The snapshot is listed only once it is whole.
  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport

  /// Downloads, decompresses and unpacks a snapshot, and whatever it builds on.
  ///
  /// - Throws: `PortError.Reason.invalidAnswer` when a checksum does not match; nothing half-restored is presented as
  ///   whole then.
  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport

  /// The whole snapshots of a workspace, oldest first.
  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID]

  /// Deletes a snapshot. Deleting one that is already gone is not an error.
  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError)
}

/// The name of a snapshot in its store.
public struct SnapshotID: Sendable, Hashable, ProviderName, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// What is to be saved.
public struct SnapshotRequest: Sendable, Hashable {
  public var source: HostAddress
  /// The directory to save.
  public var path: String
  /// The snapshot whose differences are enough; the whole workspace when `nil`.
  public var base: SnapshotID?

  public init(source: HostAddress, path: String, base: SnapshotID? = nil) {
    self.source = source
    self.path = path
    self.base = base
  }
}

/// What saving a snapshot did.
public struct SnapshotReport: Sendable, Hashable, Codable {
  public var id: SnapshotID
  /// The snapshot it builds on; `nil` when it is whole by itself.
  public var base: SnapshotID?
  /// Bytes read from the workspace.
  public var content: ByteCount
  /// Bytes in the store.
  public var stored: ByteCount
  /// From the call to the confirmed upload.
  public var duration: Duration
  /// Such as `lz4`.
  public var compression: String
  /// The service that holds it, such as `B2`.
  public var storage: String

  public init(
    id: SnapshotID, base: SnapshotID?, content: ByteCount, stored: ByteCount, duration: Duration,
    compression: String, storage: String
  ) {
    self.id = id
    self.base = base
    self.content = content
    self.stored = stored
    self.duration = duration
    self.compression = compression
    self.storage = storage
  }
}

/// What restoring a snapshot did. The stages run at the same time, so their times add up to more than the whole.
public struct SnapshotRestoreReport: Sendable, Hashable {
  public var id: SnapshotID
  /// Bytes that were fetched.
  public var downloaded: ByteCount
  /// Bytes that were written.
  public var content: ByteCount
  /// How long each stage worked.
  public var download: Duration
  public var decompress: Duration
  public var unpack: Duration
  /// From the call to the last byte on disk.
  public var duration: Duration
  /// How the snapshot came about. A store need not know; the orchestrator, which had it taken, adds it.
  public var record: SnapshotRecord?

  public init(
    id: SnapshotID, downloaded: ByteCount, content: ByteCount, download: Duration, decompress: Duration,
    unpack: Duration, duration: Duration, record: SnapshotRecord? = nil
  ) {
    self.record = record
    self.id = id
    self.downloaded = downloaded
    self.content = content
    self.download = download
    self.decompress = decompress
    self.unpack = unpack
    self.duration = duration
  }
}
