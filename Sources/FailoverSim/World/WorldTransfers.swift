import Failover

extension World {
  /// Moves bytes over the network, where they share its links with whatever else is moved.
  ///
  /// - Parameters:
  ///   - transfer: with the time-out as its deadline, and `NetworkModel.keepAlive` as its stall limit.
  ///   - fault: what is broken beside the links, if anything. It is looked at in the beginning and whenever something in
  ///     the world has been lost; the caller hears of it once the connection has been given up
  ///     (`NetworkModel.keepAlive`), or when the transfer would have been through or timed out, if that comes first.
  ///   - silence: the error for a connection that was given up because nothing got through. It is told whether
  ///     everything had arrived at the relay.
  /// - Throws: what `fault` and `silence` return; `.timedOut`; `.cancelled`.
  func carry(
    _ transfer: Transfer, _ what: @autoclosure () -> String, unless fault: (inout WorldState) -> PortError?,
    silence: (_ isPastRelay: Bool) -> PortError
  ) async throws(PortError) {
    var broken = state { fault(&$0) }
    var end = transfer.deadline
    if broken == nil {
      do throws(TransferFailure) {
        try await network.carry(transfer) {
          broken = state { fault(&$0) }
          return broken != nil
        }
        return
      } catch {
        switch error.reason {
        case .lost: end = Self.earlier(end, error.foreseenEnd)
        case .timedOut: throw PortError(.timedOut, what())
        case .stalled: throw silence(error.isPastRelay)
        case .cancelled: throw PortError(.cancelled, what())
        }
      }
    } else {
      end = Self.earlier(end, network.foreseenEnd(of: transfer))
    }
    let clock = simulation.clock
    let noticed = clock.now.advanced(by: model.network.keepAlive)
    do {
      try await clock.sleep(until: Self.earlier(end, noticed) ?? noticed)
    } catch {
      throw PortError(.cancelled, what())
    }
    throw broken ?? PortError(.unreachable, what())
  }

  private static func earlier(
    _ a: VirtualClock.Instant?, _ b: VirtualClock.Instant?
  ) -> VirtualClock.Instant? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }
}
