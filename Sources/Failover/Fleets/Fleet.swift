/// Protects several workspaces, each on a GPU of its own, with a pool of standbys that they share.
///
/// It is one orchestrator for each workspace, in the same process and on the same clock: whatever they share they reach
/// through the pool.
public struct Fleet<C: Clock>: Sendable where C.Duration == Duration {
  /// One a workspace, in the order of their numbers.
  public let members: [Orchestrator<C>]

  /// - Parameters:
  ///   - members: one orchestrator a workspace, each with paths, ports and a log of its own.
  public init(_ members: [Orchestrator<C>]) { self.members = members }

  /// Protects every workspace until cancelled.
  ///
  /// - Parameter primaries: the GPU that serves each workspace already; `nil` to rent one first.
  /// - Throws: `CancellationError` at the end; the first error that ends a workspace's protection.
  public func operate(primaries: [InstanceID?]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (member, primary) in zip(members, primaries) {
        group.addTask {
          try await member.session { member in try await member.operate(primary: primary) }
        }
      }
      try await group.next()
    }
  }
}
