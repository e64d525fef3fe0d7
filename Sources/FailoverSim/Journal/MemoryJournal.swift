import Failover
import Synchronization

/// A journal that lasts as long as this object: what a simulated process leaves behind when it is killed.
public final class MemoryJournal: Journal {
  private let written = Mutex<[JournalEntry]>([])

  public init() {}

  public func append(_ entry: JournalEntry) throws(JournalError) { written.withLock { $0.append(entry) } }

  public func entries() throws(JournalError) -> [JournalEntry] { written.withLock { $0 } }
}
