/// Rents and returns GPUs.
///
/// Every call of every port returns or throws within its `timeout`, whatever the other side does; keeping that promise
/// is the adapter's duty, because only the adapter can abandon a connection. A cancelled call throws
/// `PortError.Reason.cancelled` promptly.
public protocol GPUMarketplace: Sendable {
  /// The offers that meet `query`, in any order.
  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer]

  /// Rents what is ordered. From the return of this call on, the instance costs money until it is destroyed.
  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID

  /// Asks for a stopped instance to run again; whether it does is told by `describe`.
  ///
  /// - Throws: `PortError.Reason.refused` when its GPU has been rented to somebody else.
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError)

  /// Stops an instance and keeps its disk and its volume. Stopping one that is stopped is not an error.
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError)

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance

  /// Gives the instance back. Destroying one that is already gone is not an error.
  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError)

  /// Reserves disk space on a machine. It costs money until it is deleted.
  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID

  /// Gives disk space back. Deleting a volume that is already gone is not an error.
  ///
  /// - Throws: `PortError.Reason.refused` while an instance still uses it.
  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError)
}

/// Creates and removes the CPU machine that stands by.
public protocol ComputeProvider: Sendable {
  /// Creates a machine and returns once the provider reports it running.
  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance

  /// Starts a stopped machine and returns once the provider reports it running.
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError)

  /// Stops a machine and keeps its disk. Stopping one that is stopped is not an error.
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError)

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance

  /// Removes the machine. Deleting one that is already gone is not an error.
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError)
}

/// Makes a directory on one host equal to the same directory on another.
public protocol FileSync: Sendable {
  /// One pass. When it returns, everything that was written on the source before the call began is on the destination.
  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport

  /// Looks whether the directory is there and readable, quickly: it lists, it does not read.
  func inspect(_ path: String, on host: HostAddress, timeout: Duration) async throws(PortError)
    -> WorkspaceSummary

  /// A fingerprint of the directory's content: equal for two hosts exactly when their content is equal.
  func digest(of path: String, on host: HostAddress, timeout: Duration) async throws(PortError)
    -> WorkspaceDigest
}

/// Asks once whether a machine is well.
public protocol HealthProbe: Sendable {
  func check(_ target: ProbeTarget, by method: ProbeMethod, timeout: Duration) async -> ProbeResult
}

/// Decides which host users reach.
public protocol EndpointRouter: Sendable {
  /// Sends users to `host` from the return of this call on.
  func route(to host: HostAddress, timeout: Duration) async throws(PortError)

  /// Turns new users away until the next `route`, while the last bytes are copied. Whoever is connected may stay so;
  /// that nothing changed is proved by comparing the copies, not by this call.
  func hold(timeout: Duration) async throws(PortError)

  /// Where users are sent now; `nil` while they are turned away.
  ///
  /// - Throws: `.invalidAnswer` when a router that was killed in mid-change has sent users different ways: asking again
  ///   would not help, a `route` does. The error's host is where some are sent and the others nowhere, if it is so.
  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress?
}

/// Tells people what happened.
public protocol Notifier: Sendable {
  func send(_ notification: Notification, timeout: Duration) async throws(PortError)
}

/// Spreads periodic checks so that many orchestrators do not check in step.
public protocol JitterSource: Sendable {
  /// The `index`-th fraction of this source, in units of 1/2³²; evenly distributed.
  func fraction(_ index: UInt64) -> UInt32
}

/// Tells that a provider is going to take an instance away.
public protocol NoticeSource: Sendable {
  /// Waits for the notice of an instance's interruption, asking the provider every `pollInterval`.
  ///
  /// It returns when there is one and not before; a provider that gives none lets the caller wait until it is cancelled.
  func notice(
    for id: InstanceID, pollInterval: Duration
  ) async throws(PortError) -> InterruptionNotice
}

/// Receives the heartbeats that an agent on the serving machine sends.
public protocol HeartbeatSource: Sendable {
  /// Waits for the next heartbeat of an instance.
  ///
  /// - Returns: whether one came within `timeout`.
  func next(from id: InstanceID, timeout: Duration) async throws(PortError) -> Bool
}

/// Starts a model on a machine and asks it something.
public protocol InferenceProbe: Sendable {
  func firstAnswer(
    of model: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> InferenceReport
}

/// Asks a person before something is done.
public protocol Approver: Sendable {
  /// Returns when a person has agreed; people answer when they answer.
  func approve(_ request: String) async throws(PortError)
}

/// Says whether a standby that several workspaces share has room for one more to work on it.
public protocol StandbySeats: Sendable {
  /// Takes a place on the machine, unless all are taken.
  ///
  /// - Returns: whether there is one.
  func take(on id: InstanceID) -> Bool

  /// Gives the place up, if one has been taken.
  func leave()
}

/// All that an orchestrator reaches the world through. What only some strategies need may be left out; a strategy that
/// needs it then fails with `PortMissing` when it starts.
public struct Ports: Sendable {
  public var marketplace: any GPUMarketplace
  public var compute: any ComputeProvider
  public var fileSync: any FileSync
  public var probe: any HealthProbe
  public var router: any EndpointRouter
  public var notifier: any Notifier
  public var jitter: any JitterSource
  public var snapshots: (any SnapshotStore)?
  public var inference: (any InferenceProbe)?
  public var notices: (any NoticeSource)?
  public var heartbeats: (any HeartbeatSource)?
  public var approver: (any Approver)?
  /// `nil` for a standby that no other workspace uses.
  public var seats: (any StandbySeats)?
  /// `nil` where nobody knows what is going to happen.
  public var foresight: (any Foresight)?
  /// Where everything is written down that a restart needs; `nil` where nobody would come after. Users are served also
  /// when it cannot be written.
  public var journal: (any Journal)?

  public init(
    marketplace: any GPUMarketplace, compute: any ComputeProvider, fileSync: any FileSync,
    probe: any HealthProbe, router: any EndpointRouter, notifier: any Notifier, jitter: any JitterSource,
    snapshots: (any SnapshotStore)? = nil, inference: (any InferenceProbe)? = nil,
    notices: (any NoticeSource)? = nil, heartbeats: (any HeartbeatSource)? = nil,
    approver: (any Approver)? = nil
  ) {
    self.snapshots = snapshots
    self.inference = inference
    self.notices = notices
    self.heartbeats = heartbeats
    self.approver = approver
    self.marketplace = marketplace
    self.compute = compute
    self.fileSync = fileSync
    self.probe = probe
    self.router = router
    self.notifier = notifier
    self.jitter = jitter
  }
}

/// A strategy needs a port that has not been given.
public struct PortMissing: Error, Sendable, Hashable, CustomStringConvertible {
  /// Such as "snapshot store".
  public var port: String

  public init(_ port: String) { self.port = port }

  public var description: String { "the strategy needs a \(port), and none is set up" }
}
