/// A snapshot that is whole, and what it holds.
public struct SnapshotRecord: Sendable, Hashable {
  public var id: SnapshotID
  public var base: SnapshotID?
  /// Everything written before its start is in it.
  public var point: SyncPoint
}

extension Orchestrator {
  /// Saves snapshots of the serving GPU as often as the strategy says.
  func keepSnapshots() async throws {}

  /// Fills a new GPU from a snapshot.
  func restoreSnapshot(_ id: SnapshotID, _ instance: Instance, _ to: HostAddress) async throws {}

  /// Proves that the model answers on a new GPU, where the strategy asks for it.
  func checkInference(_ instance: Instance, _ host: HostAddress) async throws {}
}
