import Failover

extension World {
  /// Lets time pass until `deadline`, unless something breaks meanwhile what is waited for.
  ///
  /// - Parameter fault: what is broken, if anything. It is looked at in the beginning and whenever something in the
  ///   world has been lost; the caller hears of it once the connection has been given up (`NetworkModel.keepAlive`),
  ///   or at `deadline` if that comes first.
  /// - Throws: what `fault` returns; `PortError.Reason.cancelled`.
  func wait(
    until deadline: VirtualClock.Instant, _ what: @autoclosure () -> String,
    unless fault: (inout WorldState) -> PortError?
  ) async throws(PortError) {
    let clock = simulation.clock
    do {
      while true {
        let (broken, disruption) = state { (fault(&$0), $0.disruption) }
        if let broken {
          let noticed = clock.now.advanced(by: model.network.keepAlive)
          try await clock.sleep(until: min(noticed, deadline))
          throw broken
        }
        guard deadline > clock.now else { return }
        if try await !simulation.sleep(until: deadline, unless: disruption) { return }
      }
    } catch let error as PortError {
      throw error
    } catch {
      throw PortError(.cancelled, what())
    }
  }

  /// Cuts everybody off from the object store, or lets them reach it again. What is in it stays.
  public func setObjectStore(isDown: Bool) {
    let place = "\(Lane.store)"
    record(
      isDown ? .faultBegan("outage", at: place) : .faultEnded("outage", at: place), on: .store)
    state { $0.store.isDown = isDown }
    if isDown { disrupt() }
  }

  /// The snapshots in the store, oldest first.
  public var storedSnapshots: [SnapshotID] { state { $0.store.all.map(\.id) } }
}
