/// What a journal says, taken together.
public struct JournalHistory: Sendable, Hashable {
  /// Something that was to be created.
  public struct Created: Sendable, Hashable {
    public var label: ResourceLabel
    public var creation: Creation
    /// The provider's name for it; `nil` while nobody knows whether it exists.
    public internal(set) var id: String?
  }

  public private(set) var run: RunID
  /// The number of the next label.
  public private(set) var nextLabel = 1
  /// What has been created, or may have been, and not been given back, in that order.
  public private(set) var created: [Created] = []
  /// What was about to be given back: perhaps it has been.
  public private(set) var unfinishedReleases: [Release] = []
  public private(set) var state = OperationState()
  public private(set) var copy: SyncPoint?
  public private(set) var snapshots = SnapshotChains()

  /// Something that was about to be given back.
  public struct Release: Sendable, Hashable {
    public var kind: ResourceKind
    public var id: String
  }

  /// - Throws: `JournalError` when the journal does not begin as one does.
  public init(_ entries: [JournalEntry]) throws(JournalError) {
    guard case .began(let run, let nextLabel)? = entries.first else {
      throw JournalError("the journal does not begin with the name of its run")
    }
    self.run = run
    self.nextLabel = min(max(1, nextLabel), Self.highestLabel)
    for entry in entries.dropFirst() { add(entry) }
  }

  /// Far beyond what any run needs, and far from where counting would end.
  private static let highestLabel = 1 << 53

  /// Whether nothing has ever been done.
  public var isEmpty: Bool { state == OperationState() && created.isEmpty && unfinishedReleases.isEmpty }

  /// Creations of which nobody knows whether there is something to pay for.
  public var doubts: [Created] { created.filter { $0.id == nil } }

  mutating func add(_ entry: JournalEntry) {
    switch entry {
    case .began: break
    case .intent(let label, let creation):
      created.append(Created(label: label, creation: creation))
      if let number = label.number(in: run), number >= nextLabel, number < Self.highestLabel {
        nextLabel = number + 1
      }
    case .outcome(let label, let id):
      if let index = created.firstIndex(where: { $0.label == label }) { created[index].id = id }
    case .refused(let label, _): created.removeAll { $0.label == label }
    case .releaseIntent(let kind, let id):
      let release = Release(kind: kind, id: id)
      if !unfinishedReleases.contains(release) { unfinishedReleases.append(release) }
    case .released(let kind, let id):
      created.removeAll { $0.creation.kind == kind && $0.id == id }
      unfinishedReleases.removeAll { $0.kind == kind && $0.id == id }
    case .state(let state): self.state = state
    case .copy(let point): copy = point
    case .snapshots(let chains): snapshots = chains
    }
  }

  /// The fewest entries that say the same.
  public var compacted: [JournalEntry] {
    var entries: [JournalEntry] = [.began(run, nextLabel: nextLabel)]
    for item in created {
      entries.append(.intent(item.label, item.creation))
      if let id = item.id { entries.append(.outcome(item.label, id: id)) }
    }
    entries += unfinishedReleases.map { .releaseIntent($0.kind, id: $0.id) }
    if snapshots != SnapshotChains() { entries.append(.snapshots(snapshots)) }
    if copy != nil { entries.append(.copy(copy)) }
    if state != OperationState() { entries.append(.state(state)) }
    return entries
  }

  /// The latest instant that it names, on the clock of the log.
  var latest: Duration {
    let points = (snapshots.kept + snapshots.expired).map(\.point.completed) + [copy?.completed].compactMap { $0 }
    return points.max() ?? .zero
  }
}
