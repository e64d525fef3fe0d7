/// What happened. The particulars of each kind are listed in `EventKind.fields`.
///
/// Indirect, because the kinds differ much in size: a log of events as large as the largest kind costs more to copy,
/// and a log is read a dozen times. So an observed replication takes 12 % fewer instructions.
public indirect enum EventKind: Sendable, Hashable {
  // What the world does. Only a simulation or a drill knows these instants.
  /// Something goes wrong in the world, or is right again: an entry of a scenario's list of faults.
  case faultBegan(String, at: String)
  case faultEnded(String, at: String)
  /// `unsynced` is what had been written and not been copied yet.
  case interrupted(InstanceID, cause: String, unsynced: ByteCount)
  /// The provider, or whoever predicts for it, says that it is going to take an instance away; `isFalse` when it is
  /// not.
  case warned(InstanceID, lead: Duration, isFalse: Bool)
  /// Users have been moved from a machine that works to an older copy: `unsynced` is what they do not find there.
  case leftBehind(InstanceID, unsynced: ByteCount)
  /// The market has no GPU to give, as a trace recorded it; and has one again.
  case capacityLost
  case capacityReturned
  /// The provider took the standby away, with its disk. `unsynced` is what no other copy has.
  case standbyLost(InstanceID, cause: String, unsynced: ByteCount)
  /// A stopped GPU has been rented to somebody else and cannot be started.
  case rentedAway(InstanceID)
  /// A machine is gone, with every GPU and volume on it.
  case machineLost(MachineID)
  case volumeLost(VolumeID)
  /// How full a disk is, each time it has passed another tenth of its capacity.
  case diskUsage(InstanceID, used: ByteCount, capacity: ByteCount)
  /// The lowest price of what the recovery would accept, and the most it would pay.
  case priceChanged(HourlyPrice, limit: HourlyPrice)

  // Preparation.
  case primaryAdopted(Instance)
  case standbyCreated(Instance, type: String)
  case protectionStarted(primary: InstanceID, standby: InstanceID?)
  case phaseChanged(from: ProtectionPhase, to: ProtectionPhase)

  // Routine: logged one by one in drills and on request, otherwise counted.
  case syncCompleted(SyncReport)
  case checkPassed(after: Duration)

  // Trouble in the routine.
  case syncFailed(attempt: Int, PortError)
  case syncRecovered(afterFailures: Int)
  /// The standby is not there any more, as the provider says; what it held is gone.
  case standbyMissing(InstanceID, PortError)
  /// A standby could not be had; it is tried again.
  case standbyCreationFailed(attempt: Int, PortError, retryIn: Duration)
  case checkFailed(failures: Int, threshold: Int, ProbeMethod, ProbeFailure)
  case suspicionCleared(failures: Int)
  case noticeReceived(InterruptionNotice)
  case faultDetected(InstanceID, Detection, lastSync: SyncPoint?)

  // The warm pool.
  case warmPoolChanged(from: WarmPoolState, to: WarmPoolState)
  /// Machines with enough GPUs, and the one that was chosen.
  case machinesFound(Int, chosen: MachineID)
  case noMachine
  case volumeCreated(Volume)
  case volumeDeleted(VolumeID)
  /// A new GPU is attached to the volume that the lost one wrote to: nothing has to be copied.
  case volumeReused(VolumeID)
  /// A second GPU is there and stopped.
  case warmStandbyReady(Instance)
  case warmStandbyFailed(PortError)
  case warmFailoverStarted(from: InstanceID, to: InstanceID)
  case warmFailoverCompleted(to: InstanceID, failovers: Int)
  case warmFailoverFailed(String)
  case instanceStarted(InstanceID)
  case instanceStopped(InstanceID)

  // Snapshots. Saving and deleting are routine; the one that a restore uses is told with it.
  case snapshotSaved(SnapshotReport)
  case snapshotFailed(attempt: Int, PortError)
  case snapshotDeleted(SnapshotID)
  case snapshotDeleteFailed(SnapshotID, PortError)

  // Failover to the standby.
  /// A standby that is off until it is needed has been started, and is filled.
  case standbyActivated(Instance)
  case standbyDeactivated(InstanceID)
  /// The standby serves as many other workspaces as it can.
  case standbyBusy(InstanceID)
  case failoverStarted(from: HostAddress, to: HostAddress)
  case endpointHeld
  case endpointSwitched(to: HostAddress, role: MachineRole)
  case verificationPassed(VerificationStep)
  case verificationFailed(VerificationStep, String)
  case failoverCompleted(to: HostAddress)
  case failoverFailed(String)

  // Recovery to a new GPU.
  case approvalRequested(String)
  case approvalGiven(String)
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
  case snapshotRestoreStarted(SnapshotID, to: HostAddress)
  case snapshotRestored(SnapshotRestoreReport)
  case snapshotRestoreFailed(SnapshotID, attempt: Int, PortError)
  /// There is no copy: the GPU starts empty.
  case restoreSkipped
  case inferencePassed(InferenceReport)
  case inferenceFailed(model: String, PortError)
  case recoveryFailed(attempt: Int, step: String, PortError, retryIn: Duration)

  // Back to the GPU.
  case failbackStarted(to: HostAddress)
  case finalSyncCompleted(SyncReport)
  case contentVerified(WorkspaceDigest)
  case contentDiffers(source: WorkspaceDigest, destination: WorkspaceDigest)
  case failbackCompleted(InstanceID)
  case recoveryCompleted(attempts: Int)
  /// The idle GPU is stopped until it is wanted again; and wanted again.
  case hibernated(InstanceID)
  case woken(InstanceID)

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

/// How it became known that a GPU is down.
public enum Detection: Sendable, Hashable {
  /// So many checks failed in a row.
  case checks(failures: Int, threshold: Int)
  /// No heartbeat came for so long.
  case silence(Duration)
  /// The provider said so before.
  case notice
}

/// What is verified after the endpoint has moved to the standby, in this order.
public enum VerificationStep: String, Sendable, Hashable, CaseIterable {
  case endpointMoved = "endpoint moved"
  case standbyRunning = "standby running"
  case dataAccessible = "data accessible"
  case sshReachable = "ssh reachable"
}
