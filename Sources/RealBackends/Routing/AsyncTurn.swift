import Failover
import Synchronization

/// Lets one caller at a time do something that waits.
final class AsyncTurn: Sendable {
  private let isTaken = Mutex(false)

  /// - Throws: `.cancelled` while waiting for its turn; what `body` throws.
  func take(_ body: () async throws(PortError) -> Void) async throws(PortError) {
    while !isTaken.withLock({ isTaken in
      defer { isTaken = true }
      return !isTaken
    }) {
      // Two changes of one route at the same time are so rare that a queue would be too much.
      do { try await Task.sleep(for: .milliseconds(2)) } catch { throw PortError(.cancelled, "waiting for a turn") }
    }
    defer { isTaken.withLock { $0 = false } }
    try await body()
  }
}
