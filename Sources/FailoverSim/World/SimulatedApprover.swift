import Failover

/// A person who agrees to whatever is asked, after a time.
struct SimulatedApprover: Approver {
  let world: World
  /// How long an answer takes, in seconds.
  let answer: Distribution

  func approve(_ request: String) async throws(PortError) {
    let clock = world.simulation.clock
    let number = world.state { state in
      defer { state.answersGiven += 1 }
      return state.answersGiven
    }
    let stream = world.simulation.stream("approval")
    do {
      try await clock.sleep(until: clock.now.advanced(by: answer.sampleDuration(stream, at: number)))
    } catch {
      throw PortError(.cancelled, "waiting for a person: \(request)")
    }
  }
}
