/// A snapshot that is whole: how it was saved, of which machine, and what it holds.
public struct SnapshotRecord: Sendable, Hashable, Codable {
  public var report: SnapshotReport
  /// The GPU that it was taken of.
  public var instance: InstanceID
  /// Everything written before its start is in it.
  public var point: SyncPoint

  public init(_ report: SnapshotReport, of instance: InstanceID, point: SyncPoint) {
    self.report = report
    self.instance = instance
    self.point = point
  }

  public var id: SnapshotID { report.id }
  /// The snapshot it builds on; `nil` when it is whole by itself.
  public var base: SnapshotID? { report.base }
}
