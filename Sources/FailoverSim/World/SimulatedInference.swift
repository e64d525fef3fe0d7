import Failover

/// Starts a model on a simulated machine and asks it something.
struct SimulatedInference: InferenceProbe {
  let world: World

  func firstAnswer(
    of model: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> InferenceReport {
    let started = world.simulation.clock.now
    let (id, load, answer, fails) = try world.state { state throws(PortError) in
      guard let target = state.hosts[at: host], target.answersSSH(at: started) else {
        throw PortError(.unreachable, "host \(host)")
      }
      let load = state.samplers.inferenceStart.next() + state.samplers.inferenceLoad.next()
      return (target.id, load, state.samplers.inferenceAnswer.next(), nextFails(&state))
    }
    let what = "first answer of \(model)"
    let deadline = started.advanced(by: min(load + answer, timeout))
    try await world.wait(until: deadline, what) { state in
      state.hosts[id]?.isUp == true ? nil : PortError(.unreachable, "connection to \(id) lost: \(what)")
    }
    guard load + answer <= timeout else { throw PortError(.timedOut, what) }
    if fails { throw PortError(.invalidAnswer, "\(model) gave no answer") }
    return InferenceReport(model: model, load: load, answer: answer)
  }

  private func nextFails(_ state: inout WorldState) -> Bool {
    let share = world.model.inference.failures
    var draw = state.samplers.inferenceFailures.next()
    return draw.nextChance(numerator: UInt64(share.numerator), over: UInt64(share.denominator))
  }
}
