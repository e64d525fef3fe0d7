/// An operation was asked for at a moment when it makes no sense, such as a failback before a recovery.
public struct InvalidTransition: Error, Sendable, Hashable, CustomStringConvertible {
  public var from: ProtectionPhase
  public var to: ProtectionPhase

  public var description: String { "the orchestrator is \(from.rawValue) and cannot become \(to.rawValue)" }
}

/// What the orchestrator is doing for the workspace it protects.
public enum ProtectionPhase: String, Sendable, Hashable, CaseIterable {
  /// Nothing has been set up.
  case idle
  /// The GPU is adopted or rented, and what it falls back on is created.
  case preparing
  /// The GPU serves, and what it falls back on is kept ready.
  case protected
  /// Checks fail, but not often enough in a row.
  case suspicious
  /// Users are being moved to whatever can take over.
  case failingOver
  /// The standby serves; no GPU is on its way.
  case degraded
  /// Nobody serves: there is no standby, or it could not take over.
  case down
  /// A GPU is being found, provisioned and filled. The standby serves, if it could take over.
  case recovering
  /// Nobody needs the GPU: it is stopped until it is wanted again.
  case hibernating
  /// Users are moved to the new GPU; if they were with the standby, they are turned away while the last changes are
  /// copied.
  case failingBack

  /// What may follow what, and why: the only transitions there are.
  public static let transitions: [(from: ProtectionPhase, to: ProtectionPhase, why: String)] = [
    (.idle, .preparing, "protection begins"),
    (.preparing, .protected, "endpoint on the GPU"),
    (.preparing, .recovering, "search for the first GPU"),
    (.protected, .suspicious, "a check failed"),
    (.suspicious, .protected, "a check passed"),
    (.protected, .failingOver, "threshold reached"),
    (.suspicious, .failingOver, "threshold reached"),
    (.protected, .hibernating, "nobody needs the GPU"),
    (.suspicious, .hibernating, "nobody needs the GPU"),
    (.hibernating, .protected, "the GPU serves again"),
    (.hibernating, .failingOver, "the GPU did not wake up"),
    (.failingOver, .protected, "warm GPU serves"),
    (.failingOver, .degraded, "standby verified"),
    (.failingOver, .down, "nobody can take over"),
    (.degraded, .recovering, "search for a GPU"),
    (.down, .recovering, "search for a GPU"),
    (.recovering, .degraded, "attempt failed, standby serves"),
    (.recovering, .down, "attempt failed, nobody serves"),
    (.recovering, .failingBack, "workspace restored"),
    (.failingBack, .protected, "GPU serves again"),
    (.failingBack, .recovering, "GPU lost or content differs"),
  ]

  /// Whether the table allows going from here to `next`.
  public func allows(_ next: ProtectionPhase) -> Bool {
    // By index: going through the rows themselves copies the reason in each of them.
    let table = Self.transitions
    return table.indices.contains { table[$0].from == self && table[$0].to == next }
  }

  /// The table as a Mermaid state diagram, for the documentation.
  public static var diagram: String {
    let arrows = transitions.map { "    \($0.from.rawValue) --> \($0.to.rawValue): \($0.why)" }
    return (["stateDiagram-v2", "    [*] --> idle"] + arrows).joined(separator: "\n")
  }
}
