import Failover

/// The endpoint that users connect to.
struct SimulatedRouter: EndpointRouter {
  let world: World
  let workspace: Int

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.endpointChange, timeout: timeout, "endpoint to \(host)")
    let now = world.simulation.clock.now
    let left = world.state { state in
      defer { state.serve(host, workspace, at: now) }
      return state.leftBehind(movingTo: host, workspace, at: now)
    }
    if let (id, unsynced) = left { world.record(.leftBehind(id, unsynced: unsynced), on: .gpu(id)) }
  }

  func hold(timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.endpointHold, timeout: timeout, "hold the endpoint")
    let now = world.simulation.clock.now
    world.state { $0.serve(nil, workspace, at: now) }
  }

  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await world.pause(\.samplers.endpointVerify, timeout: timeout, "ask the endpoint")
    return world.state { $0.workspaces[workspace].endpoint }
  }
}

extension WorldState {
  /// What users of a workspace would not find again if they were moved now, and where it stays: they are on a GPU that
  /// works, and go to a copy that is older.
  fileprivate mutating func leftBehind(
    movingTo address: HostAddress, _ number: Int, at now: VirtualClock.Instant
  ) -> (InstanceID, ByteCount)? {
    settle(at: now)
    guard let from = workspaces[number].serving.flatMap({ hosts[$0] }), from.role == .gpu, from.isUp,
      let to = hosts[at: address], to.isUp, to.id != from.id
    else { return nil }
    let lost = content(of: from, number).lost(goingOnWith: content(of: to, number), size: workspaceSize)
    return lost > .zero ? (from.id, lost) : nil
  }
}

extension Content {
  /// How much of this copy is not in another: what has been written since, or all of it when that one has another history.
  func lost(goingOnWith copy: Content, size: ByteCount) -> ByteCount {
    history == copy.history ? max(.zero, written - copy.written) : size
  }
}

/// Delivers notifications to nobody; the orchestrator's log has them.
struct SimulatedNotifier: Notifier {
  let world: World

  func send(_ notification: Notification, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.notification, timeout: timeout, "notify")
  }
}

/// Jitter from a stream of the simulation's seed.
struct StreamJitter: JitterSource {
  let stream: RandomStream

  func fraction(_ index: UInt64) -> UInt32 {
    var draw = stream.draw(index)
    return UInt32(truncatingIfNeeded: draw.nextWord() >> 32)
  }
}
