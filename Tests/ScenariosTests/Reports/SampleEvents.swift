import Failover

/// One event of every kind there is.
enum SampleEvents {
  static let kinds: [EventKind] = [
    .interrupted(id, cause: "spot interruption", unsynced: .megabytes(1)),
    .warned(id, lead: .seconds(120), isFalse: true),
    .leftBehind(id, unsynced: .megabytes(3)),
    .capacityLost,
    .capacityReturned,
    .faultBegan("partition", at: "gpu"),
    .faultEnded("partition", at: "gpu"),
    .standbyLost(InstanceID("cpu"), cause: "preempted", unsynced: .megabytes(2)),
    .rentedAway(id),
    .machineLost(MachineID("m1")),
    .volumeLost(VolumeID("v1")),
    .diskUsage(id, used: .gigabytes(9), capacity: .gigabytes(10)),
    .priceChanged(price, limit: price),
    .primaryAdopted(instance),
    .standbyCreated(instance, type: "e2-medium"),
    .protectionStarted(primary: id, standby: InstanceID("cpu")),
    .phaseChanged(from: .idle, to: .preparing),
    .syncCompleted(report),
    .checkPassed(after: .milliseconds(200)),
    .syncFailed(attempt: 1, error),
    .syncRecovered(afterFailures: 2),
    .standbyMissing(InstanceID("cpu"), error),
    .standbyCreationFailed(attempt: 2, error, retryIn: .seconds(10)),
    .checkFailed(failures: 1, threshold: 3, .ssh, .timedOut),
    .suspicionCleared(failures: 1),
    .noticeReceived(InterruptionNotice(instance: id, lead: .seconds(30))),
    .faultDetected(id, .checks(failures: 3, threshold: 3), lastSync: lastSync),
    .faultDetected(id, .silence(.seconds(60)), lastSync: nil),
    .faultDetected(id, .notice, lastSync: nil),
    .warmPoolChanged(from: .active, to: .failover),
    .machinesFound(2, chosen: MachineID("m1")),
    .noMachine,
    .volumeCreated(Volume(id: VolumeID("v1"), size: .gigabytes(100), machine: MachineID("m1"))),
    .volumeDeleted(VolumeID("v1")),
    .volumeReused(VolumeID("v1")),
    .warmStandbyReady(instance),
    .warmStandbyFailed(error),
    .warmFailoverStarted(from: id, to: InstanceID("warm")),
    .warmFailoverCompleted(to: InstanceID("warm"), failovers: 1),
    .warmFailoverFailed("no answer"),
    .instanceStarted(id),
    .instanceStopped(id),
    .snapshotSaved(snapshot),
    .snapshotFailed(attempt: 1, error),
    .snapshotDeleted(snapshot.id),
    .snapshotDeleteFailed(snapshot.id, error),
    .standbyActivated(instance),
    .standbyDeactivated(id), .standbyBusy(id),
    .failoverStarted(from: address, to: address),
    .endpointHeld,
    .endpointSwitched(to: address, role: .standby),
    .verificationPassed(.sshReachable),
    .verificationFailed(.sshReachable, "no answer"),
    .failoverCompleted(to: address),
    .failoverFailed("no answer"),
    .approvalRequested("rent a GPU"),
    .approvalGiven("rent a GPU"),
    .recoveryStarted(attempt: 1),
    .offersFound(acceptable: 2, chosen: offer, fromCache: true),
    .noOffer,
    .offerRefused(offer, error),
    .instanceCreated(id, offer),
    .instanceRunning(instance),
    .sshReady(id, polls: 3, probing: .seconds(1)),
    .restoreStarted(from: address, to: address),
    .restoreCompleted(report),
    .restoreFailed(attempt: 1, error),
    .snapshotRestoreStarted(snapshot.id, to: address),
    .snapshotRestored(
      SnapshotRestoreReport(
        id: snapshot.id, downloaded: .megabytes(500), content: .megabytes(1000), download: .seconds(2),
        decompress: .seconds(1), unpack: .seconds(3), duration: .seconds(4),
        record: SnapshotRecord(
          snapshot, of: id, point: SyncPoint(started: .seconds(1), completed: .seconds(13))))),
    .snapshotRestoreFailed(snapshot.id, attempt: 1, error),
    .restoreSkipped,
    .inferencePassed(InferenceReport(model: "qwen2.5:0.5b", load: .seconds(3), answer: .seconds(1))),
    .inferenceFailed(model: "qwen2.5:0.5b", error),
    .recoveryFailed(attempt: 1, step: "search", error, retryIn: .seconds(5)),
    .failbackStarted(to: address),
    .finalSyncCompleted(report),
    .contentVerified(WorkspaceDigest("1:2")),
    .contentDiffers(source: WorkspaceDigest("1:2"), destination: WorkspaceDigest("1:3")),
    .failbackCompleted(id),
    .recoveryCompleted(attempts: 1),
    .hibernated(id),
    .woken(id),
    .instanceDestroyed(id),
    .destroyFailed(id, error),
    .notified(notification),
    .notificationFailed(notification, error),
    .scriptPhaseStarted("Setup"),
    .scriptPhaseEnded("Setup"),
    .note("text"),
  ]

  private static let id = InstanceID("777777")
  private static let address = HostAddress(host: "gpu.example", port: 22)
  private static let price = HourlyPrice(perHour: .cents(45))
  private static let instance = Instance(id: id, status: .running, address: address, price: price)
  private static let offer = Offer(
    id: "9999", gpuName: "RTX 4090", memory: .gigabytes(32), price: price, region: "TH")
  private static let report = SyncReport(files: 2, bytesSent: .megabytes(3), duration: .seconds(4))
  private static let snapshot = SnapshotReport(
    id: SnapshotID("s1"), base: SnapshotID("s0"), content: .megabytes(1000), stored: .megabytes(500),
    duration: .seconds(12), compression: "lz4", storage: "B2")
  private static let error = PortError(.timedOut, "search")
  private static let notification = Notification(.standbyActive, "the standby serves")

  private static var lastSync: SyncPoint? {
    let log = EventLog()
    log.syncCompleted(report, started: .seconds(1), on: .gpu(id), at: .seconds(5))
    return log.lastSync
  }
}
