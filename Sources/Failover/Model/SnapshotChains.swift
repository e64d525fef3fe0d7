/// The snapshots of one workspace: those that are kept, oldest first, in chains (a snapshot that is whole by itself,
/// and those that build on it one after the other), and those that are to be deleted.
///
/// Nothing is ever deleted before what builds on it, so that whatever the store holds at any moment can be restored.
public struct SnapshotChains: Sendable, Hashable, Codable {
  /// What can be restored, oldest first.
  public private(set) var kept: [SnapshotRecord] = []
  /// What is to be deleted, in this order.
  public private(set) var expired: [SnapshotRecord] = []
  private var isBroken = false

  public init() {}

  /// What the next snapshot of a GPU can build on.
  ///
  /// - Parameter fullEvery: every so many snapshots one is whole by itself; anything less than 1 counts as 1.
  /// - Returns: `nil` when it must be whole: because it is time, because there is none before it, because that one was
  ///   taken of another machine (which alone knows what has changed since), or because the store has lost it.
  public func base(for instance: InstanceID, fullEvery: Int) -> SnapshotID? {
    guard !isBroken, let last = kept.last, last.instance == instance, lastChain.count < fullEvery else {
      return nil
    }
    return last.id
  }

  /// The newest chain; empty when nothing is kept.
  private var lastChain: ArraySlice<SnapshotRecord> {
    kept[(kept.lastIndex { $0.base == nil } ?? kept.startIndex)...]
  }

  /// Adds the newest snapshot.
  public mutating func add(_ record: SnapshotRecord) {
    kept.append(record)
    if record.base == nil { isBroken = false }
  }

  /// Nothing can build on the newest snapshot any more: the next one is whole.
  public mutating func breakChain() { isBroken = true }

  /// Lets all chains but the newest ones expire.
  ///
  /// - Parameter count: how many chains stay; anything less than 1 counts as 1.
  public mutating func retire(keeping count: Int) {
    let starts = kept.indices.filter { kept[$0].base == nil }
    guard starts.count > max(1, count) else { return }
    let retired = starts.count - max(1, count)
    // The oldest chain goes first; within a chain, the newest snapshot.
    for (start, end) in zip(starts, starts.dropFirst()).prefix(retired) {
      expired += kept[start..<end].reversed()
    }
    kept.removeSubrange(..<starts[retired])
  }

  /// A snapshot has turned out to be damaged: it, and what builds on it, cannot be restored any more.
  public mutating func discard(_ id: SnapshotID) {
    guard let first = kept.firstIndex(where: { $0.id == id }) else { return }
    let end = kept[(first + 1)...].firstIndex { $0.base == nil } ?? kept.endIndex
    // What was saved last is gone, and a machine knows what has changed since that one only.
    if end == kept.endIndex { isBroken = true }
    expired += kept[first..<end].reversed()
    kept.removeSubrange(first..<end)
  }

  /// It has been deleted.
  public mutating func forget(_ id: SnapshotID) { expired.removeAll { $0.id == id } }

  /// The same on a clock that is so much behind.
  func shifted(by shift: Duration) -> SnapshotChains {
    guard shift != .zero else { return self }
    var chains = self
    for index in kept.indices { chains.kept[index].point = kept[index].point.shifted(by: shift) }
    for index in expired.indices { chains.expired[index].point = expired[index].point.shifted(by: shift) }
    return chains
  }

  /// The newest snapshot that is older than this one; `nil` when there is none, or when this one is not kept.
  func before(_ id: SnapshotID) -> SnapshotRecord? {
    guard let index = kept.firstIndex(where: { $0.id == id }), index > kept.startIndex else { return nil }
    return kept[index - 1]
  }
}
