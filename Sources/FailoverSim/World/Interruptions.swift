import Failover

extension World {
  /// Sets the alarms for whatever the scenario says will take GPUs away.
  func scheduleInterruptions() {
    switch model.interruptions {
    case .never: break
    case .at(let times):
      for (number, time) in times.enumerated() {
        scheduleWarnings(of: VirtualClock.Instant.start.advanced(by: time), number: UInt64(number), to: nil)
        simulation.schedule(at: VirtualClock.Instant.start.advanced(by: time)) { [self] in
          for id in state({ $0.exposedGPUs }) { interrupt(id, cause: "spot interruption") }
        }
      }
    case .lifetimes, .survival:
      for gpu in model.gpusAtStart { scheduleEndOfLife(of: gpu.id) }
    case .trace(let trace): schedule(trace)
    }
  }

  /// Called when a GPU that is a candidate for serving has begun to run.
  func scheduleEndOfLife(of id: InstanceID) {
    guard let number = state({ $0.hosts[id]?.number }), let life = lifetime(ofGPU: UInt64(number)) else {
      return
    }
    scheduleWarnings(of: simulation.now.advanced(by: life), number: UInt64(number), to: id)
    simulation.schedule(after: life) { [self] in
      // One that has been stopped and started meanwhile leads another life.
      if state({ $0.hosts[id]?.number }) == number { interrupt(id, cause: "spot interruption") }
    }
  }

  /// How long the GPU of that number lives; `nil` when nothing takes it away.
  private func lifetime(ofGPU number: UInt64) -> Duration? {
    let stream = simulation.stream("gpu lifetimes")
    switch model.interruptions {
    case .lifetimes(let distribution): return distribution.sampleDuration(stream, at: number)
    case .survival(let curve):
      var draw = stream.draw(number)
      return curve.lifetime(atProbability: draw.nextUnit())
    case .never, .at, .trace: return nil
    }
  }

  /// Plays the life of the followed seat: a run's end takes the GPU and the capacity, the next run brings the
  /// capacity back.
  private func schedule(_ trace: InterruptionTrace) {
    let stream = simulation.stream("trace instants")
    let played = trace.realized { index in
      var draw = stream.draw(index)
      return UInt32(truncatingIfNeeded: draw.nextWord() >> 32)
    }
    for (number, run) in played.runs.enumerated() {
      if run.start > .zero {
        simulation.schedule(at: VirtualClock.Instant.start.advanced(by: run.start)) { [self] in
          let waiting = state { state in
            defer { state.supply.waiting = [] }
            state.hasCapacity = true
            return state.supply.waiting
          }
          record(.capacityReturned, on: .marketplace)
          for id in waiting { SimulatedMarketplace(world: self).resume(id) }
        }
      }
      guard let end = run.end else { continue }
      scheduleWarnings(of: VirtualClock.Instant.start.advanced(by: end), number: UInt64(number), to: nil)
      simulation.schedule(at: VirtualClock.Instant.start.advanced(by: end)) { [self] in
        state { $0.hasCapacity = false }
        record(.capacityLost, on: .marketplace)
        for id in state({ $0.exposedGPUs }) { interrupt(id, cause: "spot interruption (trace)") }
      }
    }
  }
}
