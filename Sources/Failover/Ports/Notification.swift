/// Something that people want to be told.
public struct Notification: Sendable, Hashable {
  public enum Subject: String, Sendable, Hashable, CaseIterable {
    case failoverStarted = "failover started"
    case standbyActive = "CPU standby active"
    case standbyLost = "CPU standby lost"
    case standbyReplaced = "CPU standby replaced"
    case gpuRestored = "GPU restored"
    case failbackComplete = "failback complete"
    case failoverFailed = "failover failed"
    case standbyGPUStarting = "standby GPU starting"
    case failoverComplete = "failover complete"
    case standbyGPUReady = "new standby provisioned"
    case recoveryFailing = "recovery failing"
    case syncFailing = "sync failing"
    case snapshotFailing = "snapshot failing"
    case credentialsRefused = "credentials refused"
    case giveBackFailing = "giving back failing"
    case journalFailing = "journal failing"
    case checksImpossible = "health checks impossible"
  }

  public var subject: Subject
  /// One sentence with the particulars.
  public var message: String

  public init(_ subject: Subject, _ message: String) {
    self.subject = subject
    self.message = message
  }
}
