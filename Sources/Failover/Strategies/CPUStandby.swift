/// The strategy of a CPU machine that keeps a copy of the workspace, serves users while there is no GPU, and from
/// which the next GPU is restored.
public struct CPUStandby: Sendable, Hashable {
  public var standby: StandbyMachine
  public var workspacePath: String
  public var sync: SyncPolicy
  public var healthCheck: HealthCheckPolicy
  public var failover: FailoverPolicy
  public var recovery: RecoveryPolicy
  public var timeouts: CallTimeouts

  public init(
    standby: StandbyMachine, workspacePath: String, sync: SyncPolicy, healthCheck: HealthCheckPolicy,
    failover: FailoverPolicy, recovery: RecoveryPolicy, timeouts: CallTimeouts
  ) {
    self.standby = standby
    self.workspacePath = workspacePath
    self.sync = sync
    self.healthCheck = healthCheck
    self.failover = failover
    self.recovery = recovery
    self.timeouts = timeouts
  }
}

/// The CPU machine to rent.
public struct StandbyMachine: Sendable, Hashable {
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

/// How a new GPU is found, prepared and put to work.
public struct RecoveryPolicy: Sendable, Hashable {
  public var query: OfferQuery
  /// The wait between a failed attempt and the next one. There is no last attempt.
  public var retry: Backoff
  /// Failed attempts until people are told.
  public var failuresUntilNotice: Int
  /// How long the other offers of a search stay good as a second choice; zero searches anew every time.
  public var offerCacheAge: Duration
  /// From the order of an instance until it must be running.
  public var provisionTimeout: Duration
  /// The waits between questions whether it runs.
  public var provisionPoll: Backoff
  /// From running until ssh must answer.
  public var sshTimeout: Duration
  /// The waits before each attempt to reach ssh.
  public var sshPoll: Backoff
  /// How long copying the whole workspace may take.
  public var restoreTimeout: Duration
  /// How often copying is tried again on the same instance before the instance is given up.
  public var restoreAttempts: Int

  public init(
    query: OfferQuery, retry: Backoff, failuresUntilNotice: Int, offerCacheAge: Duration,
    provisionTimeout: Duration, provisionPoll: Backoff, sshTimeout: Duration, sshPoll: Backoff,
    restoreTimeout: Duration, restoreAttempts: Int
  ) {
    self.query = query
    self.retry = retry
    self.failuresUntilNotice = failuresUntilNotice
    self.offerCacheAge = offerCacheAge
    self.provisionTimeout = provisionTimeout
    self.provisionPoll = provisionPoll
    self.sshTimeout = sshTimeout
    self.sshPoll = sshPoll
    self.restoreTimeout = restoreTimeout
    self.restoreAttempts = restoreAttempts
  }
}

/// How long single calls may take.
public struct CallTimeouts: Sendable, Hashable {
  /// One call of a provider's interface.
  public var api: Duration
  /// Creating the standby machine until it runs.
  public var standbyCreation: Duration
  /// Moving the endpoint, and asking where it points.
  public var endpoint: Duration
  /// One look at a host during verification.
  public var verification: Duration
  /// Fingerprinting a workspace.
  public var digest: Duration
  public var notification: Duration

  public init(
    api: Duration, standbyCreation: Duration, endpoint: Duration, verification: Duration, digest: Duration,
    notification: Duration
  ) {
    self.api = api
    self.standbyCreation = standbyCreation
    self.endpoint = endpoint
    self.verification = verification
    self.digest = digest
    self.notification = notification
  }
}
