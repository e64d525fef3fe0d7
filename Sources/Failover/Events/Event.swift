/// Something that happened, when, and to whom.
public struct Event: Sendable, Hashable {
  /// Since the start of the log.
  public var time: Duration
  public var lane: Lane
  public var kind: EventKind

  public init(time: Duration, lane: Lane, kind: EventKind) {
    self.time = time
    self.lane = lane
    self.kind = kind
  }
}

/// The machine or component that an event belongs to.
public enum Lane: Sendable, Hashable, CustomStringConvertible {
  case orchestrator
  /// The script that plays a drill.
  case script
  /// What users are connected to.
  case endpoint
  case marketplace
  case gpu(InstanceID)
  case standby(InstanceID)

  /// The lane of a machine.
  public init(role: MachineRole, id: InstanceID) {
    switch role {
    case .gpu: self = .gpu(id)
    case .standby: self = .standby(id)
    }
  }

  public var description: String {
    switch self {
    case .orchestrator: "orchestrator"
    case .script: "script"
    case .endpoint: "endpoint"
    case .marketplace: "marketplace"
    case .gpu(let id): "gpu \(id)"
    case .standby(let id): "standby \(id)"
    }
  }
}

/// What happened. The particulars of each kind are listed in `EventKind.fields`.
public enum EventKind: Sendable, Hashable {
  // What the world does. Only a simulation or a drill knows these instants.
  /// `unsynced` is what had been written and not been copied yet.
  case interrupted(InstanceID, cause: String, unsynced: ByteCount)
  /// The market has no GPU to give, as a trace recorded it; and has one again.
  case capacityLost
  case capacityReturned

  // Preparation.
  case primaryAdopted(Instance)
  case standbyCreated(Instance, type: String)
  case protectionStarted(primary: InstanceID, standby: InstanceID)
  case phaseChanged(from: ProtectionPhase, to: ProtectionPhase)

  // Routine: logged one by one in drills and on request, otherwise counted.
  case syncCompleted(SyncReport)
  case checkPassed(after: Duration)

  // Trouble in the routine.
  case syncFailed(attempt: Int, PortError)
  case syncRecovered(afterFailures: Int)
  case checkFailed(failures: Int, threshold: Int, ProbeMethod, ProbeFailure)
  case suspicionCleared(failures: Int)
  case faultDetected(InstanceID, failures: Int, threshold: Int, lastSync: SyncPoint?)

  // Failover to the standby.
  case failoverStarted(from: HostAddress, to: HostAddress)
  case endpointHeld
  case endpointSwitched(to: HostAddress, role: MachineRole)
  case verificationPassed(VerificationStep)
  case verificationFailed(VerificationStep, String)
  case failoverCompleted(to: HostAddress)
  case failoverFailed(String)

  // Recovery to a new GPU.
  case recoveryStarted(attempt: Int)
  case offersFound(acceptable: Int, chosen: Offer, fromCache: Bool)
  case noOffer
  case offerRefused(Offer, PortError)
  case instanceCreated(InstanceID, Offer)
  case instanceRunning(Instance)
  case sshReady(InstanceID, polls: Int, probing: Duration)
  case restoreStarted(from: HostAddress, to: HostAddress)
  case restoreCompleted(SyncReport)
  case restoreFailed(attempt: Int, PortError)
  case recoveryFailed(attempt: Int, step: String, PortError, retryIn: Duration)

  // Back to the GPU.
  case failbackStarted(to: HostAddress)
  case finalSyncCompleted(SyncReport)
  case contentVerified(WorkspaceDigest)
  case contentDiffers(source: WorkspaceDigest, destination: WorkspaceDigest)
  case failbackCompleted(InstanceID)
  case recoveryCompleted(attempts: Int)

  // Resources and people.
  case instanceDestroyed(InstanceID)
  case destroyFailed(InstanceID, PortError)
  case notified(Notification)
  case notificationFailed(Notification, PortError)

  // Drills.
  case scriptPhaseStarted(String)
  case scriptPhaseEnded(String)
  case note(String)
}

/// What is verified after the endpoint has moved to the standby, in this order.
public enum VerificationStep: String, Sendable, Hashable, CaseIterable {
  case endpointMoved = "endpoint moved"
  case standbyRunning = "standby running"
  case dataAccessible = "data accessible"
  case sshReachable = "ssh reachable"
}
