/// How long single calls may take.
public struct CallTimeouts: Sendable, Hashable {
  /// One call of a provider's interface.
  public var api: Duration
  /// Creating the standby machine until it runs.
  public var standbyCreation: Duration
  /// Moving the endpoint, and asking where it points.
  public var endpoint: Duration
  /// One look at a host during verification.
  public var verification: Duration
  /// Fingerprinting a workspace.
  public var digest: Duration
  public var notification: Duration
  /// From starting the inference server to the first answer.
  public var inference: Duration

  public init(
    api: Duration, standbyCreation: Duration, endpoint: Duration, verification: Duration, digest: Duration,
    notification: Duration, inference: Duration = .seconds(300)
  ) {
    self.api = api
    self.standbyCreation = standbyCreation
    self.endpoint = endpoint
    self.verification = verification
    self.digest = digest
    self.notification = notification
    self.inference = inference
  }
}
