import Failover

/// rsync as faults let it work. What happens to bytes on their way is `World.carry`.
struct FaultyFileSync: FileSync {
  let world: World
  let sync: any FileSync

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    let started = world.simulation.clock.now
    _ = try await world.logIn(on: [request.source, request.destination], timeout: timeout, "sync")
    try await failByChance(timeout: timeout - started.duration(to: world.simulation.clock.now))
    let left = timeout - started.duration(to: world.simulation.clock.now)
    var report = try await sync.synchronize(request, timeout: left)
    report.duration = started.duration(to: world.simulation.clock.now)
    return report
  }

  private func failByChance(timeout: Duration) async throws(PortError) {
    let listing = world.state { state -> Duration? in
      guard state.faults.strikesNow({ if case .syncFails(let share) = $0 { share } else { nil } }) else { return nil }
      return world.model.gpu.hostTimes.scan.sampleDuration(&state.refusals)
    }
    guard let listing else { return }
    // The code that rsync ends with when its stream breaks.
    try await world.fail(PortError(.unreachable, "rsync ended with code 12"), after: listing, timeout: timeout)
  }

  func inspect(_ path: String, on host: HostAddress, timeout: Duration) async throws(PortError) -> WorkspaceSummary {
    let spent = try await world.logIn(on: [host], timeout: timeout, "inspect \(path)")
    return try await sync.inspect(path, on: host, timeout: timeout - spent)
  }

  func digest(of path: String, on host: HostAddress, timeout: Duration) async throws(PortError) -> WorkspaceDigest {
    let spent = try await world.logIn(on: [host], timeout: timeout, "digest \(path)")
    return try await sync.digest(of: path, on: host, timeout: timeout - spent)
  }
}

/// An object store as faults let it be reached: over the host's ssh, and from the host.
struct FaultySnapshotStore: SnapshotStore {
  let world: World
  let store: any SnapshotStore

  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport {
    let spent = try await world.logIn(on: [request.source], timeout: timeout, "save a snapshot")
    return try await store.save(request, timeout: timeout - spent)
  }

  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    let spent = try await world.logIn(on: [host], timeout: timeout, "restore \(id)")
    return try await store.restore(id, to: host, path: path, timeout: timeout - spent)
  }

  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    try await reach(timeout, "list snapshots")
    return try await store.list(path: path, timeout: timeout)
  }

  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    try await reach(timeout, "delete \(id)")
    try await store.delete(id, timeout: timeout)
  }

  /// The orchestrator asks the store itself.
  private func reach(_ timeout: Duration, _ what: String) async throws(PortError) {
    guard !world.state({ $0.faults.links.areConnected(.orchestrator, .objectStore) }) else { return }
    try await world.hang(timeout, what)
  }
}

/// A model's server as faults let it be reached: through the host's ssh.
struct FaultyInference: InferenceProbe {
  let world: World
  let inference: any InferenceProbe

  func firstAnswer(
    of model: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> InferenceReport {
    let spent = try await world.logIn(on: [host], timeout: timeout, "first answer of \(model)")
    return try await inference.firstAnswer(of: model, on: host, timeout: timeout - spent)
  }
}

/// An endpoint that may be stuck.
struct FaultyRouter: EndpointRouter {
  let world: World
  let router: any EndpointRouter

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try await answer(timeout, "endpoint to \(host)")
    try await router.route(to: host, timeout: timeout)
  }

  func hold(timeout: Duration) async throws(PortError) {
    try await answer(timeout, "hold the endpoint")
    try await router.hold(timeout: timeout)
  }

  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await answer(timeout, "ask the endpoint")
    return try await router.currentRoute(timeout: timeout)
  }

  private func answer(_ timeout: Duration, _ what: String) async throws(PortError) {
    guard world.state({ $0.faults.contains { $0 == .endpointStuck } }) else { return }
    try await world.hang(timeout, what)
  }
}

/// A way to tell people that may be closed.
struct FaultyNotifier: Notifier {
  let world: World
  let notifier: any Notifier

  func send(_ notification: Notification, timeout: Duration) async throws(PortError) {
    if world.state({ $0.faults.contains { $0 == .notifierDown } }) { try await world.hang(timeout, "notify") }
    try await notifier.send(notification, timeout: timeout)
  }
}

/// Heartbeats that faults keep from arriving: a frozen machine sends none, and none crosses a partition.
struct FaultyHeartbeats: HeartbeatSource {
  let world: World
  let heartbeats: any HeartbeatSource

  func next(from id: InstanceID, timeout: Duration) async throws(PortError) -> Bool {
    let clock = world.simulation.clock
    let deadline = clock.now.advanced(by: timeout)
    while try await heartbeats.next(from: id, timeout: clock.now.duration(to: deadline)) {
      if world.state({ $0.faults.letHeartbeatThrough(from: .gpu(id)) }) { return true }
    }
    return false
  }
}

extension World {
  /// The same ports behind the scenario's faults.
  func faulty(_ ports: Ports) -> Ports {
    var ports = ports
    ports.marketplace = FaultyMarketplace(world: self, market: ports.marketplace)
    ports.compute = FaultyCompute(world: self, provider: ports.compute)
    ports.fileSync = FaultyFileSync(world: self, sync: ports.fileSync)
    ports.probe = FaultyProbe(world: self, probe: ports.probe)
    ports.router = FaultyRouter(world: self, router: ports.router)
    ports.notifier = FaultyNotifier(world: self, notifier: ports.notifier)
    ports.snapshots = ports.snapshots.map { FaultySnapshotStore(world: self, store: $0) }
    ports.inference = ports.inference.map { FaultyInference(world: self, inference: $0) }
    ports.heartbeats = ports.heartbeats.map { FaultyHeartbeats(world: self, heartbeats: $0) }
    return ports
  }
}
