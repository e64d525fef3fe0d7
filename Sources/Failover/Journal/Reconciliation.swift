/// What the providers have, compared with what the journal says, after a process has been killed and before another one
/// goes on in its place.
///
/// It finds what was being created when the process was killed, finishes what was being given back, and gives back
/// whatever has the run's labels and no use any more. Each step is written down like those of normal operation, so that
/// a reconciliation that is killed itself is simply done again.
public struct Reconciliation: Sendable {
  /// A provider of something else than GPUs and machines, and with what the labels there begin.
  public struct Inventory: Sendable {
    public var provider: any ResourceInventory
    public var prefix: String

    public init(_ provider: any ResourceInventory, prefix: String) {
      self.provider = provider
      self.prefix = prefix
    }
  }

  public var marketplace: any LabellingMarketplace
  public var compute: any LabellingComputeProvider
  /// Where snapshots are kept; `nil` where there are none, or they are not to be looked at.
  public var snapshots: Inventory?
  public var journal: any Journal
  /// For each call.
  public var timeout: Duration

  public init(
    marketplace: any LabellingMarketplace, compute: any LabellingComputeProvider, snapshots: Inventory? = nil,
    journal: any Journal, timeout: Duration
  ) {
    self.marketplace = marketplace
    self.compute = compute
    self.snapshots = snapshots
    self.journal = journal
    self.timeout = timeout
  }

  /// Compares and clears up.
  ///
  /// - Parameter keepsNothing: whether everything is given back, as for good, whatever use there was for it.
  /// - Throws: `PortError` when a provider does not say what it has: nothing has been given back then. `JournalError`.
  public func callAsFunction(keepsNothing: Bool = false) async throws -> Resumption {
    let history = try JournalHistory(try journal.entries())
    let market = try await marketplace.resources(labelled: history.run.prefix, timeout: timeout)
    let machines = try await compute.resources(labelled: history.run.prefix, timeout: timeout)
    var stored: [OwnedResource]?
    if let snapshots {
      stored = try await snapshots.provider.resources(labelled: snapshots.prefix, timeout: timeout)
    }
    // Instances before the volumes that they use, and everything in the order of its creation.
    let order: [ResourceKind] = [.instance, .machine, .volume, .snapshot]
    let found = order.flatMap { kind in (market + machines).filter { $0.kind == kind } }
    var work = Clearance(history, self, keepsNothing: keepsNothing)
    try work.identify(found)
    try await work.finishReleases(found)
    try await work.clear(found)
    try await work.lookFor(missingFrom: found)
    if let stored { try await work.clearStore(stored) }
    return work.resumption
  }
}

/// What a reconciliation has come to: where an orchestrator goes on.
public struct Resumption: Sendable {
  /// Something that is kept, and what for.
  public struct Kept: Sendable, Hashable {
    public var resource: OwnedResource
    public var role: ResourceRole
  }

  public let run: RunID
  /// Without whatever turned out to be gone.
  public internal(set) var state: OperationState
  public internal(set) var copy: SyncPoint?
  public internal(set) var snapshots: SnapshotChains
  public internal(set) var kept: [Kept] = []
  public internal(set) var destroyed: [OwnedResource] = []
  /// What the journal knows and its provider does not have any more.
  public internal(set) var missing: [OwnedResource] = []
  /// What could not be done, one sentence each. What could not be given back is still owned, and is tried again.
  public internal(set) var problems: [String] = []
  /// Creations that left nothing that a provider shows, though it may still come to light.
  public internal(set) var doubts: [ResourceLabel]
  /// A machine that was created and has not been called the standby yet.
  var newStandby: InstanceID?
  /// The latest instant that the journal names, on the clock of its log.
  let latest: Duration
  let written: JournalledState

  init(_ history: JournalHistory) {
    run = history.run
    state = history.state
    copy = history.copy
    snapshots = history.snapshots
    doubts = history.doubts.map(\.label)
    latest = history.latest
    written = JournalledState(history)
  }
}

/// What something that is paid for is needed for.
public enum ResourceRole: String, Sendable, Hashable, CaseIterable {
  /// The GPU that serves, or served last.
  case primary
  /// The CPU machine that stands by.
  case standby
  /// The GPU that is being prepared to serve.
  case candidate
  /// The stopped GPU of the warm pool, or the one that is being started.
  case warmStandby = "warm standby"
  /// A GPU on its way to being the stopped one.
  case secondGPU = "second GPU"
  case volume
  case snapshot
}
