import Failover

extension World {
  /// Sets the alarms for whatever the scenario says will take GPUs away.
  func scheduleInterruptions() {
    switch model.interruptions {
    case .never: break
    case .at(let times):
      for time in times {
        simulation.schedule(at: VirtualClock.Instant.start.advanced(by: time)) { [self] in
          if let id = runningGPU { interrupt(id, cause: "spot interruption") }
        }
      }
    case .lifetimes: scheduleEndOfLife(of: model.gpu.id)
    case .trace(let trace): schedule(trace)
    }
  }

  /// Called when a GPU has begun to run.
  func scheduleEndOfLife(of id: InstanceID) {
    guard case .lifetimes(let distribution) = model.interruptions else { return }
    let life = state { state in
      let stream = RandomStream(seed: simulation.seed, name: "gpu lifetimes")
      let index = state.created.filter { state.hosts[$0]?.role == .gpu }.count - 1
      return distribution.sampleDuration(stream, at: UInt64(index))
    }
    simulation.schedule(after: life) { [self] in interrupt(id, cause: "spot interruption") }
  }

  /// Plays the life of the followed seat: a run's end takes the GPU and the capacity, the next run brings the
  /// capacity back.
  private func schedule(_ trace: InterruptionTrace) {
    for run in trace.runs {
      if run.start > .zero {
        simulation.schedule(at: VirtualClock.Instant.start.advanced(by: run.start)) { [self] in
          state { $0.hasCapacity = true }
          record(.capacityReturned, on: .marketplace)
        }
      }
      guard let end = run.end else { continue }
      simulation.schedule(at: VirtualClock.Instant.start.advanced(by: end)) { [self] in
        state { $0.hasCapacity = false }
        record(.capacityLost, on: .marketplace)
        if let id = runningGPU { interrupt(id, cause: "spot interruption (trace)") }
      }
    }
  }
}
