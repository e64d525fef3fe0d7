/// The machine that a probe checks.
public struct ProbeTarget: Sendable, Hashable {
  public var instance: InstanceID
  public var role: MachineRole
  public var address: HostAddress

  public init(instance: InstanceID, role: MachineRole, address: HostAddress) {
    self.instance = instance
    self.role = role
    self.address = address
  }
}

/// What a probe looks at.
public enum ProbeMethod: String, Sendable, Hashable, CaseIterable {
  /// What the provider's interface says of the instance. Sees an interruption, not a frozen machine.
  case api
  /// Whether a TCP connection opens. A frozen machine still passes.
  case tcp
  /// Whether the ssh server greets. Catches a frozen machine.
  case ssh
  /// Whether the workload's process runs, asked over ssh.
  case process
}

/// The outcome of one check.
public enum ProbeResult: Sendable, Hashable {
  case healthy
  case unhealthy(ProbeFailure)
}

/// Why a check failed.
public enum ProbeFailure: String, Sendable, Hashable, CaseIterable {
  case timedOut = "timed out"
  case refused = "connection refused"
  case unreachable
  /// The provider reports another status than running.
  case notRunning = "not running"
  /// Connected, but no greeting came, or not that of an ssh server.
  case noBanner = "no ssh banner"
  /// The workload's process is not there.
  case noProcess = "no process"
  /// The provider's interface itself failed.
  case apiError = "api error"
  /// The machine answers and refuses the key: it is not the machine that has failed.
  case unauthorized = "key refused"
  case cancelled

  /// Whether the check could not be made, so that nothing is known of the machine.
  public var isInconclusive: Bool { self == .apiError || self == .unauthorized }
}
