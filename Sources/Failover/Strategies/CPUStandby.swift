/// A CPU machine that keeps a copy of the workspace, serves users while there is no GPU, and from which the next GPU is
/// restored.
public struct CPUStandby: Sendable, Hashable {
  /// When the machine runs.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// Always, kept in step by syncs.
    case running
    /// Only while there is no GPU: it is created at the fault and filled from the newest snapshot.
    case onDemand
  }

  public var machine: StandbyMachine
  public var mode: Mode
  public var sync: SyncPolicy
  public var failover: FailoverPolicy
  /// The wait between attempts to create, start or delete the machine while the GPU serves.
  public var machineRetry: Backoff

  public init(
    machine: StandbyMachine, mode: Mode = .running, sync: SyncPolicy, failover: FailoverPolicy,
    machineRetry: Backoff = Backoff(initial: .seconds(5), maximum: .seconds(300))
  ) {
    self.machine = machine
    self.mode = mode
    self.sync = sync
    self.failover = failover
    self.machineRetry = machineRetry
  }
}

/// The CPU machine to rent.
public struct StandbyMachine: Sendable, Hashable, Codable {
  /// The provider's name for the type, such as `e2-medium`.
  public var machineType: String
  public var isSpot: Bool
  public var price: HourlyPrice
  /// The size of its disk, which is paid for apart from the machine and as long as it exists.
  public var disk: ByteCount

  public init(machineType: String, isSpot: Bool, price: HourlyPrice, disk: ByteCount = .zero) {
    self.machineType = machineType
    self.isSpot = isSpot
    self.price = price
    self.disk = disk
  }
}

/// How the workspace is kept in step.
public struct SyncPolicy: Sendable, Hashable {
  /// From the start of one pass to the start of the next; a pass that takes longer is followed by the next at once.
  public var interval: Duration
  public var timeout: Duration
  public var route: SyncRoute
  /// The wait between a failed pass and the next attempt.
  public var retry: Backoff
  /// Failed passes in a row until people are told.
  public var failuresUntilNotice: Int

  public init(
    interval: Duration, timeout: Duration, route: SyncRoute, retry: Backoff, failuresUntilNotice: Int
  ) {
    self.interval = interval
    self.timeout = timeout
    self.route = route
    self.retry = retry
    self.failuresUntilNotice = failuresUntilNotice
  }
}

/// How users are moved to the standby.
public struct FailoverPolicy: Sendable, Hashable {
  /// How often moving and verifying is tried before the standby is given up; at least 1.
  public var attempts: Int
  public var retry: Backoff

  public init(attempts: Int, retry: Backoff) {
    self.attempts = attempts
    self.retry = retry
  }
}
