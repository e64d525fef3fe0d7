/// When snapshots of the workspace are taken, and how many are kept.
public struct SnapshotPolicy: Sendable, Hashable {
  /// From the start of one snapshot to the start of the next; one that takes longer is followed by the next at once.
  public var interval: Duration
  /// Every so many snapshots one is whole; those between hold only what has changed since the one before. 1: all whole.
  public var fullEvery: Int
  /// How many chains, a whole snapshot and what builds on it, are kept; at least 1.
  public var keep: Int
  /// How long one may take.
  public var timeout: Duration
  /// How long restoring one may take.
  public var restoreTimeout: Duration
  /// The wait between a failed snapshot and the next attempt.
  public var retry: Backoff

  public init(
    interval: Duration, fullEvery: Int, keep: Int, timeout: Duration, restoreTimeout: Duration,
    retry: Backoff
  ) {
    self.interval = interval
    self.fullEvery = fullEvery
    self.keep = keep
    self.timeout = timeout
    self.restoreTimeout = restoreTimeout
    self.retry = retry
  }
}
