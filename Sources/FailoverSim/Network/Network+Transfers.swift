import Failover

extension Network {
  /// Moves bytes from one site to another and returns when the last one is through.
  ///
  /// The rate follows every change: a transfer that begins or ends, a fault, a link. Where it is zero the transfer
  /// waits for a change. The end is exact, rounded up to a nanosecond; a simulation's timer overshoot comes on top, and
  /// a transfer keeps its share for that long. Setting up a connection and the flight of the last byte are not
  /// included: add `roundTrip(from:to:)` as often as the protocol needs one.
  ///
  /// A transfer that is alone costs one sleep.
  ///
  /// - Parameters:
  ///   - transfer: zero bytes, or less, are through at once, whatever the links.
  ///   - isLost: whether one of the hosts is gone. It is asked whenever something has changed in the network, and after
  ///     `disrupt()`; not at the beginning.
  /// - Returns: how long it took.
  /// - Throws: `TransferFailure`.
  @discardableResult
  public func carry(
    _ transfer: Transfer, brokenWhen isLost: () -> Bool
  ) async throws(TransferFailure) -> Duration {
    let clock = simulation.clock
    let started = clock.now
    guard transfer.bytes > .zero else { return .zero }
    // Where nothing else can happen before its end, there is nobody who could see it under way.
    let undisturbed = state { $0.endIfUndisturbed(transfer, at: started.nanoseconds) }
    if let undisturbed,
      simulation.kernel.advanceInPlace(to: clock.wakeTime(for: VirtualClock.Instant(nanoseconds: undisturbed)))
    {
      state { $0.creditUndisturbed(transfer) }
      return started.duration(to: clock.now)
    }
    var (number, step) = state { $0.begin(transfer, at: started.nanoseconds, in: simulation) }
    while true {
      switch step {
      case .finished: return started.duration(to: clock.now)
      case .failed(let failure): throw failure
      case .wait(let deadline, let change):
        let hasChanged: Bool
        do {
          hasChanged = try await wait(until: deadline, unless: change, transfer)
        } catch {
          throw state { $0.cancel(number, at: clock.now.nanoseconds, in: simulation) }
        }
        let isLost = hasChanged && isLost()
        let now = clock.now.nanoseconds
        step = state { $0.look(at: number, isLost: isLost, at: now, in: simulation) }
      }
    }
  }

  /// Makes every transfer under way ask whether its hosts are still there.
  public func disrupt() {
    state { $0.wakeFlows(in: simulation) }
  }

  /// - Returns: whether something has changed.
  private func wait(until deadline: Int64, unless change: Signal, _ transfer: Transfer) async throws -> Bool {
    if deadline < .max {
      return try await simulation.sleep(until: VirtualClock.Instant(nanoseconds: deadline), unless: change)
    }
    // Without an instant to wake at, the kernel is told what this is, for the report of a deadlock.
    try await simulation.wait(for: change, "\(transfer.bytes) that cannot move: a link is blocked or a limit is zero")
    return true
  }
}
