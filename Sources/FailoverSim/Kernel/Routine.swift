import Failover

// Lookahead: a loop whose rounds change nothing may skip as many of them as end before anything can happen.

extension Simulation {
  /// Sleeps until the next round of a routine is due. Others who look ahead do not take this wait for something that
  /// happens, unless they say so.
  ///
  /// Inlined for the reason that `VirtualClock.sleep` gives.
  ///
  /// - Parameter rank: who it is, from 0 to 1023; of several whose rounds are due at the same instant the lowest goes
  ///   first, and all of them after whatever else is due then.
  /// - Throws: `CancellationError`.
  @inline(__always) func rest(until deadline: VirtualClock.Instant, rank: Int) async throws {
    let wakeTime = clock.wakeTime(for: deadline)
    if kernel.advanceInPlace(to: wakeTime) { return }
    if await kernel.wait(until: wakeTime, signal: nil, description: nil, rank: rank) == .cancellation {
      throw CancellationError()
    }
  }

  /// The next instant at which anything is due that can change the world: nothing happens before it but the rounds of
  /// `ignored` routines. Now, when somebody is about to go on at this instant.
  ///
  /// - Parameter ignored: whether the rounds of the routine of a rank leave alone what the caller is about.
  func nextDisturbance(ignoring ignored: (Int) -> Bool) -> VirtualClock.Instant {
    let state = kernel.checked
    guard state.pointee.head == state.pointee.tail else { return now }
    let waiters = state.pointee.waiters
    let earliest = state.pointee.timers.earliestTime { entry in
      if let rank = entry.rank, ignored(rank) { return false }
      let waiter = waiters[entry.slot]
      return waiter.sequence == entry.sequence && waiter.reason == .pending
    }
    return VirtualClock.Instant(nanoseconds: min(earliest, state.pointee.horizon))
  }

  /// Counts rounds of a routine that were skipped.
  func noteSkipped(_ rounds: Int) { kernel.checked.pointee.statistics.skippedRounds += rounds }
}
