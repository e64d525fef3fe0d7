import Failover
import FailoverSim

/// Runs a body in a simulation with a network.
func withNetwork<R: Sendable>(
  overshoot: Duration = .zero, _ body: @escaping @Sendable (Simulation, Network) async throws -> R
) throws -> R? {
  let simulation = Simulation(seed: 1, timerOvershoot: overshoot)
  return try simulation.run { try await body($0, Network(in: $0)) }
}

extension Simulation {
  func at(_ time: Duration, _ callback: @escaping () -> Void) {
    schedule(at: VirtualClock.Instant.start.advanced(by: time), callback)
  }

  func sleep(until time: Duration) async throws {
    try await clock.sleep(until: VirtualClock.Instant.start.advanced(by: time))
  }

  /// The time since the start.
  var elapsed: Duration { VirtualClock.Instant.start.duration(to: clock.now) }
}

extension Network {
  /// Two sites whose lines carry 10 MB/s each way.
  func addPair() -> (SiteID, SiteID) {
    let sites = ["a", "b"].map { name in
      addSite(name, access: [add(Link("line of \(name)", capacity: .megabytesPerSecond(10)))])
    }
    return (sites[0], sites[1])
  }

  /// Carries a transfer of which no host is ever lost.
  @discardableResult
  func carry(_ transfer: Transfer) async throws(TransferFailure) -> Duration {
    try await carry(transfer, brokenWhen: { false })
  }

  /// How a transfer ends, and when.
  func outcome(of transfer: Transfer, brokenWhen isLost: () -> Bool = { false }) async -> String {
    let result: String
    do {
      try await carry(transfer, brokenWhen: isLost)
      result = "done"
    } catch {
      result = "\(error)"
    }
    return "\(result) at \(simulation.elapsed)"
  }

  /// Lets transfers begin at given times, in nanoseconds, and returns when each one ended.
  func ends(of transfers: [(start: Int64, Transfer)]) async throws -> [Int64] {
    try await withThrowingTaskGroup(of: (Int, Int64).self) { group in
      for (index, (start, transfer)) in transfers.enumerated() {
        group.addTask {
          try await self.simulation.sleep(until: .nanoseconds(start))
          try await self.carry(transfer)
          return (index, self.simulation.clock.now.nanoseconds)
        }
      }
      var ends = transfers.map { _ in Int64(-1) }
      for try await (index, end) in group { ends[index] = end }
      return ends
    }
  }
}
