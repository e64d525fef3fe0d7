/// What a process has written down so that another one can go on where it was killed.
///
/// There is one writer. An entry that `append` has returned for is there for whoever reads next, whatever happens to
/// the process or to the machine's power.
public protocol Journal: Sendable {
  /// Writes an entry, and returns once it survives a crash. It may block for as long as a disk takes, which is a few
  /// milliseconds.
  func append(_ entry: JournalEntry) throws(JournalError)

  /// Everything that has been written, in order.
  func entries() throws(JournalError) -> [JournalEntry]
}

extension Journal {
  /// What has been written so far. An empty journal becomes that of `run`.
  ///
  /// - Throws: `JournalError`, also when the journal is another run's.
  public func history(of run: RunID) throws(JournalError) -> JournalHistory {
    let written = try entries()
    guard !written.isEmpty else {
      let first = JournalEntry.began(run, nextLabel: 1)
      try append(first)
      return try JournalHistory([first])
    }
    let history = try JournalHistory(written)
    guard history.run == run else {
      throw JournalError("the journal is that of run \(history.run), not of \(run): give another file to this run")
    }
    return history
  }
}

/// A journal cannot be read or written.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, where, and what can be done about it.
  public var detail: String

  public init(_ detail: String) { self.detail = detail }

  public var description: String { detail }
}

/// One line of a journal.
public enum JournalEntry: Sendable, Hashable, Codable {
  /// The first entry. Labels are numbered from `nextLabel` on, greater than 0.
  case began(RunID, nextLabel: Int)

  // Before and after each call that creates or gives back something paid for.
  /// Something is about to be created under that label.
  case intent(ResourceLabel, Creation)
  /// It exists, and this is the provider's name for it.
  case outcome(ResourceLabel, id: String)
  /// The provider has said no: there is nothing under that label.
  case refused(ResourceLabel, reason: String)
  /// It is about to be given back.
  case releaseIntent(ResourceKind, id: String)
  /// It has been given back, or the provider does not have it any more.
  case released(ResourceKind, id: String)

  // What the orchestrator knows, each time that changes.
  case state(OperationState)
  /// Since when the standby holds everything, on the log's clock; `nil` when it holds no whole copy.
  case copy(SyncPoint?)
  case snapshots(SnapshotChains)
}

/// What is to be created.
public enum Creation: Sendable, Hashable, Codable {
  case instance(InstanceOrder)
  case machine(StandbyMachine)
  case volume(size: ByteCount, machine: MachineID)

  public var kind: ResourceKind {
    switch self {
    case .instance: .instance
    case .machine: .machine
    case .volume: .volume
    }
  }
}
