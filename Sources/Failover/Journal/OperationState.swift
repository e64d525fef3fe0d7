/// What an orchestrator must find again after a restart: who has which role, what is paid for, and how far a failover
/// has come. Everything else is asked of the world anew.
public struct OperationState: Sendable, Hashable, Codable {
  public internal(set) var phase = ProtectionPhase.idle
  /// How many failovers have begun; the last of them is under way unless the phase says that the GPU serves.
  public internal(set) var failovers = 0
  /// The GPU that serves, or served last.
  public internal(set) var primary: Instance?
  public internal(set) var standby: Instance?
  /// Whether users are with the standby.
  public internal(set) var standbyServes = false
  public internal(set) var warmPool = WarmPoolStatus()
  /// What has been created or adopted and not yet been given back.
  public internal(set) var owned: [InstanceID] = []
  public internal(set) var volumes: [Volume] = []
  var standbyIsNewest = false
  var discardedStandbys: [InstanceID] = []
  var recovery: RecoveryProgress?
  var announced: [FailoverWay] = []

  public init() {}

  init(_ state: OrchestratorState) {
    phase = state.phase
    failovers = state.failovers
    primary = state.primary
    standby = state.standby
    standbyServes = state.standbyServes
    warmPool = state.warmPool
    // Whether somebody is at work on the second GPU is not known to whoever comes after.
    warmPool.isProvisioning = false
    owned = state.owned
    volumes = state.volumes
    standbyIsNewest = state.standbyIsNewest
    discardedStandbys = state.discardedStandbys
    recovery = state.recovery
    announced = state.announced
  }

  /// Whether a failover has begun and no GPU serves yet.
  public var isFailoverUnderWay: Bool {
    switch phase {
    case .failingOver, .degraded, .down, .recovering, .failingBack: failovers > 0
    case .idle, .preparing, .protected, .suspicious, .hibernating: false
    }
  }

  /// The GPU that is being prepared, if one has been rented.
  public var candidate: Instance? { recovery?.instance }
}

/// The ways of a failover that people are told of when they begin.
enum FailoverWay: String, Sendable, Hashable, Codable {
  case warmGPU, standby
}

/// The parts of an orchestrator's state that a journal keeps, each written when it changes.
struct JournalledState: Sendable {
  private var state = OperationState()
  private var copy: SyncPoint?
  private var snapshots = SnapshotChains()
  /// Whether the last entry could not be written.
  private(set) var isBroken = false

  init() {}

  /// What is written in the journal already.
  init(_ history: JournalHistory) {
    state = history.state
    copy = history.copy
    snapshots = history.snapshots
  }

  /// Writes down what has changed since the last time.
  ///
  /// - Returns: why it cannot be written, the first time that it cannot.
  mutating func write(_ current: OrchestratorState, to journal: any Journal) -> JournalError? {
    do {
      if current.chains != snapshots {
        try journal.append(.snapshots(current.chains))
        snapshots = current.chains
      }
      if current.standbyPoint != copy {
        try journal.append(.copy(current.standbyPoint))
        copy = current.standbyPoint
      }
      let now = OperationState(current)
      if now != state {
        try journal.append(.state(now))
        state = now
      }
      isBroken = false
      return nil
    } catch {
      defer { isBroken = true }
      return isBroken ? nil : error
    }
  }
}
