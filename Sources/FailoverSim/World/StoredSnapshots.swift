import Failover

/// The object store as it is: whole snapshots, in the order in which they were completed. They survive every machine.
struct StoredSnapshots {
  struct Snapshot {
    let id: SnapshotID
    let base: SnapshotID?
    let workspace: Int
    /// What a machine holds once it has been restored.
    let content: Content
    /// What was read from the workspace and what is kept of it.
    let bytes: ByteCount
    let stored: ByteCount
    let isDamaged: Bool
  }

  private(set) var all: [Snapshot] = []
  private var completed: UInt64 = 0
  /// Nobody can reach the store; what is in it stays.
  var isDown = false

  /// The number of the next snapshot, counted from 1.
  var nextNumber: UInt64 { completed + 1 }

  mutating func add(_ snapshot: Snapshot) {
    completed += 1
    all.append(snapshot)
  }

  /// - Returns: whether something was left behind that builds on it.
  mutating func remove(_ id: SnapshotID) -> Bool {
    all.removeAll { $0.id == id }
    return all.contains { $0.base == id }
  }

  subscript(id: SnapshotID) -> Snapshot? { all.last { $0.id == id } }

  /// A snapshot and what it builds on, the newest first; `nil` when a part is missing.
  func chain(of id: SnapshotID) -> [Snapshot]? {
    var chain: [Snapshot] = []
    var next: SnapshotID? = id
    while let id = next {
      guard let snapshot = self[id] else { return nil }
      chain.append(snapshot)
      next = snapshot.base
    }
    return chain
  }

  /// The newest content of a workspace that can be restored.
  func newest(of workspace: Int) -> Content {
    let whole = all.filter { snapshot in
      snapshot.workspace == workspace && chain(of: snapshot.id)?.contains(where: \.isDamaged) == false
    }
    return whole.map(\.content).max() ?? .empty
  }
}
