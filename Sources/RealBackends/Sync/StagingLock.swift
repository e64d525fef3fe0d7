import Failover
import Synchronization

/// Lets one pass at a time use a staging directory: two that wrote the same file at once could leave a
/// mixture that both take for the whole.
final class StagingLock: Sendable {
  private let inUse = Mutex<Set<String>>([])

  /// - Throws: `.refused` when `directory` is in use; what `body` throws.
  func holding<Value>(
    _ directory: String, _ body: () async throws(PortError) -> Value
  ) async throws(PortError) -> Value {
    guard inUse.withLock({ $0.insert(directory).inserted }) else {
      throw PortError(.refused, "another pass is using the staging directory \(directory)")
    }
    defer { _ = inUse.withLock { $0.remove(directory) } }
    return try await body()
  }
}
