import Failover

/// The adapters to real programs that a drill is played with, one for each port.
public struct Backends: Sendable {
  public var marketplace: any LabellingMarketplace
  public var compute: any LabellingComputeProvider
  public var fileSync: any FileSync
  public var probe: any HealthProbe
  public var router: any EndpointRouter
  public var notifier: any Notifier
  public var jitter: any JitterSource
  public var snapshots: (any SnapshotStore & ResourceInventory)?
  public var inference: (any InferenceProbe)?
  public var notices: (any NoticeSource)?
  public var heartbeats: (any HeartbeatSource)?
  public var approver: (any Approver)?

  public init(
    marketplace: any LabellingMarketplace, compute: any LabellingComputeProvider, fileSync: any FileSync,
    probe: any HealthProbe, router: any EndpointRouter, notifier: any Notifier, jitter: any JitterSource
  ) {
    self.marketplace = marketplace
    self.compute = compute
    self.fileSync = fileSync
    self.probe = probe
    self.router = router
    self.notifier = notifier
    self.jitter = jitter
  }
}

/// What a drill does to the machines beside what the orchestrator does: it plays the market and the users.
public protocol DrillSite: Sendable {
  /// Puts a workspace on a GPU that has just been rented.
  func fillWorkspace(on host: HostAddress) async throws

  /// Takes a GPU away, as an interruption does: from one moment to the next it answers nobody.
  func interrupt(_ id: InstanceID) async throws

  /// Runs a shell script on a host until cancelled; calls `line` with each line that it prints.
  func run(_ script: String, on host: HostAddress, line: @escaping @Sendable (String) -> Void) async throws
}
