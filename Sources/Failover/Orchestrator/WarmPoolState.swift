/// What the warm pool of an orchestrator is doing.
public enum WarmPoolState: String, Sendable, Hashable, CaseIterable {
  /// The strategy has no warm pool.
  case disabled
  /// A machine with enough GPUs is looked for.
  case searching
  /// The volume and the two GPUs are being created.
  case provisioning
  /// One GPU serves, the other one stands by, stopped.
  case active
  /// The stopped GPU is being started.
  case failover
  /// There is no second GPU: whatever else the strategy has must do.
  case degraded

  /// What may follow what, and why: the only transitions there are.
  public static let transitions: [(from: WarmPoolState, to: WarmPoolState, why: String)] = [
    (.disabled, .searching, "the pool is enabled"),
    (.searching, .provisioning, "a machine has enough GPUs"),
    (.searching, .degraded, "no machine has enough GPUs"),
    (.provisioning, .active, "the second GPU stands by"),
    (.provisioning, .degraded, "the second GPU could not be had"),
    (.active, .failover, "the serving GPU is down"),
    (.active, .degraded, "the second GPU or its machine is lost"),
    (.failover, .provisioning, "the second GPU serves; a new one is wanted"),
    (.failover, .degraded, "the second GPU did not start"),
    (.degraded, .searching, "a new GPU is looked for"),
    (.degraded, .provisioning, "a second GPU is tried for again"),
  ]

  /// Whether the table allows going from here to `next`.
  public func allows(_ next: WarmPoolState) -> Bool {
    Self.transitions.contains { $0.from == self && $0.to == next }
  }
}

/// What an orchestrator knows of its warm pool at one moment.
public struct WarmPoolStatus: Sendable, Hashable {
  public internal(set) var state = WarmPoolState.disabled
  public internal(set) var machine: MachineID?
  public internal(set) var volume: VolumeID?
  /// The GPU that stands by, stopped.
  public internal(set) var standby: Instance?
  /// How often a stopped GPU has taken over.
  public internal(set) var failovers = 0
}
