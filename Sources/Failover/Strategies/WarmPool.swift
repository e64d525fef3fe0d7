/// A second GPU on the same machine, created and stopped, that shares a volume with the serving one: a failover starts it
/// and copies nothing.
public struct WarmPool: Sendable, Hashable {
  /// How many GPUs a machine must offer to be chosen; at least 2.
  public var minimumGPUs: Int
  public var volumeSize: ByteCount
  /// GPUs by name, the preferred one first; empty means any that the recovery accepts.
  public var preferredGPUs: [String]
  /// Whether a new stopped GPU is created after a failover.
  public var autoProvision: Bool
  /// Whether the CPU standby takes over when the stopped GPU does not start.
  public var fallsBackToStandby: Bool
  /// From the order to start until the stopped GPU must answer over ssh.
  public var startTimeout: Duration
  /// The waits before each attempt to reach its ssh.
  public var sshPoll: Backoff
  /// The wait between attempts to create a stopped GPU when none can be had.
  public var provisionRetry: Backoff

  public init(
    minimumGPUs: Int = 2, volumeSize: ByteCount = .gigabytes(100), preferredGPUs: [String] = [],
    autoProvision: Bool = true, fallsBackToStandby: Bool = true, startTimeout: Duration = .seconds(120),
    sshPoll: Backoff = .constant(.seconds(2)),
    provisionRetry: Backoff = Backoff(initial: .seconds(60), maximum: .seconds(600))
  ) {
    self.minimumGPUs = minimumGPUs
    self.volumeSize = volumeSize
    self.preferredGPUs = preferredGPUs
    self.autoProvision = autoProvision
    self.fallsBackToStandby = fallsBackToStandby
    self.startTimeout = startTimeout
    self.sshPoll = sshPoll
    self.provisionRetry = provisionRetry
  }
}
