import Failover

extension Network {
  /// Moves bytes from one site to another and returns when the last one is through.
  ///
  /// The rate follows every change: a transfer that begins or ends, a fault, a link. Where it is zero the transfer
  /// waits for a change. Each leg ends at the exact nanosecond, rounded up; the simulation's timer overshoot comes on
  /// top at the end, once. Setting up a connection and the flight of the last byte are not included: put them into the
  /// lead, as many times `roundTrip(from:to:)` as the protocol needs.
  ///
  /// A transfer that is alone and that nothing disturbs costs one sleep, with its lead and all its legs; none,
  /// when it takes no time.
  ///
  /// - Parameters:
  ///   - transfer: zero bytes, or less, are through after the lead, whatever the links.
  ///   - isLost: whether one of the hosts is gone. It is asked whenever something has changed in the network, and after
  ///     `disrupt()`; not at the beginning.
  /// - Returns: how long it took.
  /// - Throws: `TransferFailure`.
  @discardableResult
  public func carry(
    _ transfer: Transfer, brokenWhen isLost: () -> Bool
  ) async throws(TransferFailure) -> Duration {
    let clock = simulation.clock
    let kernel = simulation.kernel
    let started = clock.now
    var (number, step) = state { $0.begin(transfer, at: started.nanoseconds, in: simulation) }
    if case .waitAlone(let end, let change) = step {
      // What takes no time needs no sleep.
      if end == started.nanoseconds || kernel.advanceInPlace(to: clock.wakeTime(for: VirtualClock.Instant(nanoseconds: end))) {
        _ = state { $0.endUndisturbed(number) }
        return started.duration(to: clock.now)
      }
      let reason = await kernel.wait(until: end, signal: change, description: nil)
      let isThrough = reason == .timer && state { $0.endUndisturbed(number) }
      step = isThrough ? .finished : look(at: number, after: reason, isLost)
    }
    while case .wait(let deadline, let change) = step {
      let reason = await wait(until: deadline, unless: change)
      step = look(at: number, after: reason, isLost)
    }
    if simulation.timerOvershoot > .zero, clock.now > started { try await overshoot(step, transfer) }
    if case .failed(let failure) = step { throw failure }
    return started.duration(to: clock.now)
  }

  private func look(at number: UInt64, after reason: WakeReason, _ isLost: () -> Bool) -> NetworkState.Step {
    let now = simulation.clock.now.nanoseconds
    if reason == .cancellation { return .failed(state { $0.cancel(number, at: now, in: simulation) }) }
    let isLost = reason == .signal && isLost()
    return state { $0.look(at: number, isLost: isLost, at: now, in: simulation) }
  }

  /// Makes every transfer under way ask whether its hosts are still there.
  public func disrupt() {
    state { $0.wakeFlows(in: simulation) }
  }

  /// Sleeps without overshoot, so that a share is free at the very instant at which a transfer is through.
  private func wait(until deadline: Int64, unless change: Signal) async -> WakeReason {
    if deadline < .max {
      if !change.hasFired, simulation.kernel.advanceInPlace(to: deadline) { return .timer }
      return await simulation.kernel.wait(until: deadline, signal: change, description: nil)
    }
    // Without an instant to wake at, the kernel is told what this is, for the report of a deadlock.
    let description = WaitDescription(
      task: Task.name ?? "a task", what: "a transfer that cannot move: a link is blocked or a limit is zero",
      file: #fileID, line: #line)
    return await simulation.kernel.wait(until: .max, signal: change, description: description)
  }

  /// Oversleeps as any sleep of this simulation does, when the end came by time and not by a change.
  private func overshoot(_ step: NetworkState.Step, _ transfer: Transfer) async throws(TransferFailure) {
    if case .failed(let failure) = step, failure.reason == .lost || failure.reason == .cancelled { return }
    let end = simulation.clock.now.advanced(by: simulation.timerOvershoot).nanoseconds
    if simulation.kernel.advanceInPlace(to: end) { return }
    if await simulation.kernel.wait(until: end, signal: nil, description: nil) == .cancellation {
      throw TransferFailure(.cancelled, arrived: transfer.bytes)
    }
  }
}
