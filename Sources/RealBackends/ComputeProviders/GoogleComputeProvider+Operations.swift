import Failover

// Compute Engine answers at once that it has begun; whether it succeeds is told by the operation.

extension GoogleComputeProvider {
  /// Between two looks, where the answer comes at once.
  private static let pollInterval = Duration.seconds(1)

  /// Waits until what an answer has begun is done.
  ///
  /// - Throws: what the operation failed with; `.timedOut` when it is still under way at the end of the time.
  func finish(_ answer: HTTPAnswer, _ what: String, until deadline: Deadline) async throws(PortError) {
    let operation = try await ended(try answer.decoded(GoogleOperation.self, "Google: \(what)"), what, until: deadline)
    if let failure = operation.failure { throw failure.error("Google: \(what)") }
  }

  /// The operation when it has ended, well or not.
  func ended(
    _ begun: GoogleOperation, _ what: String, until deadline: Deadline
  ) async throws(PortError) -> GoogleOperation {
    var operation = begun
    while !operation.isDone {
      let name = operation.name
      guard GoogleInstanceName.isName(name) else {
        throw PortError(.invalidAnswer, "Google: \(what): not an operation: \(ProgramFailure.printable(name))")
      }
      let wait = call(.post, "\(zonePath)/operations/\(name)/wait", "wait to \(what)")
      let asked = deadline.left
      operation = try await success(of: wait, until: deadline).decoded(GoogleOperation.self, "Google: \(what)")
      // The call itself waits, for two minutes at most; a server that does not must not be asked in a circle.
      if !operation.isDone, asked - deadline.left < Self.pollInterval {
        try await deadline.pause(Self.pollInterval, "Google: \(what): still under way")
      }
    }
    return operation
  }

  /// Starts a machine that has stopped. One that runs stays as it is.
  func begin(_ name: String, until deadline: Deadline) async throws(PortError) {
    let call = call(.post, try path(to: name) + "/start", "start \(name)")
    try await finish(try await success(of: call, until: deadline), call.what, until: deadline)
  }

  /// Waits until a machine that is on its way runs.
  ///
  /// - Throws: `.refused` when it stops instead, as a spot machine may that is taken away while it boots.
  func running(_ name: String, until deadline: Deadline) async throws(PortError) -> GoogleInstance {
    while true {
      let machine = try await machine(name, until: deadline)
      switch machine.status {
      case .running: return machine
      case .provisioning: try await deadline.pause(Self.pollInterval, "Google: \(name) does not run yet")
      case .stopped, .offline:
        throw PortError(.refused, "Google: \(name) is \(machine.status.rawValue) and not running")
      }
    }
  }

  /// Waits until a machine is at rest: running or stopped.
  func settled(_ name: String, until deadline: Deadline) async throws(PortError) -> GoogleInstance {
    while true {
      let machine = try await machine(name, until: deadline)
      if machine.status == .running || machine.isAtRest { return machine }
      try await deadline.pause(Self.pollInterval, "Google: \(name) is neither running nor stopped")
    }
  }
}
