/// How one workspace on one GPU is protected: which of the protections are used, and how each is set.
///
/// A strategy is a value that describes; the orchestrator decides and acts. Any combination makes sense: with several,
/// the fastest that is ready is used first and the next when it fails. With none a lost GPU is replaced by an empty one.
public struct Strategy: Sendable, Hashable {
  public var workspacePath: String
  /// How the serving GPU is watched. With no methods it is not asked, and another kind of detection must be there.
  public var healthCheck: HealthCheckPolicy
  /// How long the serving GPU may be silent, where an agent on it sends heartbeats; `nil` where nobody listens.
  public var heartbeat: HeartbeatPolicy?
  /// Whether the provider's notice of an interruption is acted on; `nil` where nobody asks for one. Notices are given as
  /// a best effort, so that one of the two above should be there as well.
  public var notice: NoticePolicy?
  public var warmPool: WarmPool?
  public var standby: CPUStandby?
  public var snapshots: SnapshotPolicy?
  public var recovery: RecoveryPolicy
  /// When the GPU is stopped because nobody needs it; `nil` for never.
  public var hibernation: HibernationSchedule?
  /// The model that must answer on a new GPU before users are sent there; `nil` for no such check.
  public var inferenceModel: String?
  public var timeouts: CallTimeouts

  public init(
    workspacePath: String, healthCheck: HealthCheckPolicy, heartbeat: HeartbeatPolicy? = nil,
    notice: NoticePolicy? = nil, warmPool: WarmPool? = nil,
    standby: CPUStandby? = nil, snapshots: SnapshotPolicy? = nil, recovery: RecoveryPolicy,
    inferenceModel: String? = nil, timeouts: CallTimeouts
  ) {
    self.workspacePath = workspacePath
    self.healthCheck = healthCheck
    self.heartbeat = heartbeat
    self.notice = notice
    self.warmPool = warmPool
    self.standby = standby
    self.snapshots = snapshots
    self.recovery = recovery
    self.inferenceModel = inferenceModel
    self.timeouts = timeouts
  }

  /// Whether anything would tell that the serving GPU is gone.
  public var detectsFaults: Bool { !healthCheck.methods.isEmpty || heartbeat != nil || notice != nil }
}
