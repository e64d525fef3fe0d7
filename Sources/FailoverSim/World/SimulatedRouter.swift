import Failover

/// The endpoint that users connect to.
struct SimulatedRouter: EndpointRouter {
  let world: World
  let workspace: Int

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try await world.pause(\.samplers.endpointChange, timeout: timeout, "endpoint to \(host)")
    let now = world.simulation.clock.now
    world.state { $0.serve(host, workspace, at: now) }
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
