import FailoverSim

/// The hold model with whole simulations: tasks that sleep, and callbacks.
enum Sleepers {
  /// So many tasks, each sleeping a random time again and again.
  static func sleepers(_ events: Int, count: Int) throws {
    _ = try Simulation(seed: 1).run { simulation in
      let clock = simulation.clock
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<count {
          group.addTask {
            var delays = Delays(seed: index + 1)
            for _ in 0..<(events / count) {
              try? await clock.sleep(until: clock.now.advanced(by: .nanoseconds(delays.next())))
            }
          }
        }
      }
    }
  }

  /// One task that sleeps in a fixed rhythm: nothing else can happen, so the clock moves without suspending it.
  static func lone(_ events: Int) throws {
    _ = try Simulation(seed: 1).run { simulation in
      var next = simulation.clock.now
      for _ in 0..<events {
        next = next.advanced(by: .seconds(10))
        try await simulation.clock.sleep(until: next)
      }
    }
  }

  /// So many callbacks that schedule themselves again.
  static func callbacks(_ events: Int, count: Int) throws {
    _ = try Simulation(seed: 1).run { simulation in
      let left = Confined(events, in: simulation)
      let done = Signal(in: simulation)
      @Sendable func hold(_ delays: Delays) {
        var delays = delays
        simulation.schedule(after: .nanoseconds(delays.next())) {
          let remaining = left { left in
            left -= 1
            return left
          }
          if remaining > 0 { hold(delays) } else { done.fire() }
        }
      }
      for index in 0..<count { hold(Delays(seed: index + 1)) }
      try await simulation.wait(for: done, "the last callback")
    }
  }
}
