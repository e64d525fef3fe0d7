/// A second GPU on the same machine, created and stopped, that shares a volume with the serving one: a failover starts it
/// and copies nothing.
public struct WarmPool: Sendable, Hashable {
  /// How many GPUs a machine must offer to be chosen; at least 2.
  public var minimumGPUs: Int
  public var volumeSize: ByteCount
  /// GPUs by name, the preferred one first. A machine with one of them is taken before any other, whatever the price;
  /// the others of those that the recovery accepts come after it. An underscore counts as a space.
  public var preferredGPUs: [String]
  /// Whether a new stopped GPU is created after the first one has taken over or is lost. The first one always is.
  public var autoProvision: Bool
  /// Whether the CPU standby, where the strategy has one, serves users when the stopped GPU does not or there is none.
  /// Otherwise nobody serves until a GPU is there again, which the standby's copy may still fill.
  public var fallsBackToStandby: Bool
  /// From the order to start until the stopped GPU must answer over ssh.
  public var startTimeout: Duration
  /// The waits before each attempt to reach its ssh.
  public var sshPoll: Backoff
  /// The wait between attempts to create a stopped GPU when none can be had.
  public var provisionRetry: Backoff
  /// How often it is asked whether the stopped GPU is still there; greater than zero.
  public var checkInterval: Duration

  public init(
    minimumGPUs: Int = 2, volumeSize: ByteCount = .gigabytes(100), preferredGPUs: [String] = [],
    autoProvision: Bool = true, fallsBackToStandby: Bool = true, startTimeout: Duration = .seconds(120),
    sshPoll: Backoff = .constant(.seconds(2)),
    provisionRetry: Backoff = Backoff(initial: .seconds(60), maximum: .seconds(600)),
    checkInterval: Duration = .seconds(600)
  ) {
    self.minimumGPUs = minimumGPUs
    self.volumeSize = volumeSize
    self.preferredGPUs = preferredGPUs
    self.autoProvision = autoProvision
    self.fallsBackToStandby = fallsBackToStandby
    self.startTimeout = startTimeout
    self.sshPoll = sshPoll
    self.provisionRetry = provisionRetry
    self.checkInterval = checkInterval
  }
}
