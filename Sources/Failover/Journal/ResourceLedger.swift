import Synchronization

/// Gives labels to what is created and writes down what becomes of it. One for all providers of a run.
public final class ResourceLedger: Sendable {
  private struct Storage {
    var nextLabel: Int
    var doubts: [ResourceLabel]
  }

  public let run: RunID
  private let journal: any Journal
  private let storage: Mutex<Storage>

  /// - Parameters:
  ///   - history: what the journal says so far: numbers go on from there.
  ///   - doubts: creations of which nobody knows whether there is something to pay for; see `Resumption.doubts`.
  public init(journal: any Journal, history: JournalHistory, doubts: [ResourceLabel] = []) {
    run = history.run
    self.journal = journal
    storage = Mutex(Storage(nextLabel: history.nextLabel, doubts: doubts))
  }

  // MARK: Creating

  /// Writes down what is about to be created.
  ///
  /// - Throws: when that cannot be done: nothing may be created then, or nobody would ever find it.
  func begin(_ creation: Creation) throws(PortError) -> ResourceLabel {
    let label = storage.withLock { storage in
      defer { storage.nextLabel += 1 }
      return ResourceLabel(run, storage.nextLabel)
    }
    do {
      try journal.append(.intent(label, creation))
    } catch {
      throw PortError(.unreachable, "nothing is created that cannot be written down: \(error)")
    }
    return label
  }

  /// It exists. That it was intended is written down already, so that nothing is lost when this cannot be.
  func created(_ label: ResourceLabel, id: String) { try? journal.append(.outcome(label, id: id)) }

  /// It could not be created, or nobody knows.
  func failed(_ label: ResourceLabel, _ error: PortError) {
    switch error.reason {
    case .refused, .notFound, .rateLimited, .unauthorized:
      try? journal.append(.refused(label, reason: error.description))
    case .timedOut, .unreachable, .invalidAnswer, .cancelled, .diskFull:
      storage.withLock { $0.doubts.append(label) }
    }
  }

  /// Looks for what an unanswered call may have created, and gives it back: whoever asked for it has given it up.
  /// Whatever fails here is tried again after the next call.
  ///
  /// Something that a provider has yet to show stays in doubt; the next restart looks for it, too.
  func settleDoubts(in provider: any ResourceInventory, timeout: Duration) async {
    guard storage.withLock({ !$0.doubts.isEmpty }) else { return }
    do throws(PortError) {
      for resource in try await provider.resources(labelled: run.prefix, timeout: timeout) {
        let label = ResourceLabel(resource.label)
        guard storage.withLock({ $0.doubts.contains(label) }) else { continue }
        created(label, id: resource.id)
        beginRelease(resource.kind, resource.id)
        try await provider.release(resource, timeout: timeout)
        released(resource.kind, resource.id)
        storage.withLock { $0.doubts.removeAll { $0 == label } }
      }
    } catch {}
  }

  // MARK: Giving back

  /// Something is about to be given back. It is given back whether that can be written down or not: one that is given
  /// back twice costs nothing.
  func beginRelease(_ kind: ResourceKind, _ id: String) { try? journal.append(.releaseIntent(kind, id: id)) }

  func released(_ kind: ResourceKind, _ id: String) { try? journal.append(.released(kind, id: id)) }
}
