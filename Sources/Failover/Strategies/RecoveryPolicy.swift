/// How a new GPU is found, prepared and put to work.
public struct RecoveryPolicy: Sendable, Hashable {
  /// Who decides that a new GPU is fetched.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    case automatic
    /// Users are moved to the standby at once; for a new GPU a person is asked.
    case manual
    /// Nothing is done about a GPU that is lost.
    case disabled
  }

  public var mode: Mode
  public var query: OfferQuery
  /// The wait between a failed attempt and the next one. There is no last attempt.
  public var retry: Backoff
  /// Failed attempts until people are told.
  public var failuresUntilNotice: Int
  /// How long the other offers of a search stay good as a second choice; zero searches anew every time.
  public var offerCacheAge: Duration
  /// From the order of an instance until it must be running.
  public var provisionTimeout: Duration
  /// The waits between questions whether it runs.
  public var provisionPoll: Backoff
  /// From running until ssh must answer.
  public var sshTimeout: Duration
  /// The waits before each attempt to reach ssh.
  public var sshPoll: Backoff
  /// How long copying the whole workspace may take.
  public var restoreTimeout: Duration
  /// How often copying is tried again on the same instance before the instance is given up.
  public var restoreAttempts: Int

  public init(
    mode: Mode = .automatic, query: OfferQuery, retry: Backoff, failuresUntilNotice: Int, offerCacheAge: Duration,
    provisionTimeout: Duration, provisionPoll: Backoff, sshTimeout: Duration, sshPoll: Backoff,
    restoreTimeout: Duration, restoreAttempts: Int
  ) {
    self.mode = mode
    self.query = query
    self.retry = retry
    self.failuresUntilNotice = failuresUntilNotice
    self.offerCacheAge = offerCacheAge
    self.provisionTimeout = provisionTimeout
    self.provisionPoll = provisionPoll
    self.sshTimeout = sshTimeout
    self.sshPoll = sshPoll
    self.restoreTimeout = restoreTimeout
    self.restoreAttempts = restoreAttempts
  }
}
