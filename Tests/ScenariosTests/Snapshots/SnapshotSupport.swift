import Failover
import FailoverSim
import Synchronization
import Testing

@testable import Scenarios

/// How a world stood after an orchestrator had worked in it.
struct Played: Sendable {
  var events: [Event]
  var counts: RoutineCounts
  var state: OrchestratorState
  var stored: [SnapshotID]
  var violations: [String]

  func times(_ kind: String) -> [Duration] { events.filter { $0.kind.name == kind }.map(\.time) }
  func count(_ kind: String) -> Int { times(kind).count }
}

/// Lets an orchestrator work in the world of a scenario, with the world or the ports changed by a test.
///
/// - Parameters:
///   - scenario: an operation.
///   - ports: in place of the world's.
///   - happenings: called at these times.
func play(
  _ scenario: Scenario, for duration: Duration, seed: UInt64 = 1,
  ports change: @escaping @Sendable (inout Ports, Simulation) -> Void = { _, _ in },
  happenings: [(at: Duration, what: @Sendable (World) -> Void)] = []
) throws -> Played {
  let simulation = Simulation(seed: seed)
  let log = EventLog(logsRoutine: true)
  let played = try simulation.run { simulation in
    let world = World(simulation: simulation, model: scenario.world, log: log)
    var ports = world.ports()
    change(&ports, simulation)
    let orchestrator = Orchestrator(
      clock: simulation.clock, ports: ports, strategy: scenario.strategy, log: log, origin: .start)
    world.start()
    for happening in happenings {
      simulation.schedule(at: .start.advanced(by: happening.at)) { happening.what(world) }
    }
    try await orchestrator.session { orchestrator in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await orchestrator.operate(primary: scenario.world.gpu.id) }
        group.addTask {
          try await simulation.clock.sleep(until: .start.advanced(by: duration))
          log.seal()
        }
        try await group.next()
        group.cancelAll()
      }
    }
    return Played(
      events: log.events, counts: log.counts, state: orchestrator.snapshot, stored: world.storedSnapshots,
      violations: world.violations)
  }
  return try #require(played)
}

/// A store that fails where a test wants it to, and otherwise is another one.
final class FlakyStore: SnapshotStore {
  let store: any SnapshotStore
  /// The reason why a call fails, by the call's name and its number from 1; `nil` lets it through.
  let failure: @Sendable (_ call: String, _ number: Int) -> PortError.Reason?
  private let calls = Mutex<[String: Int]>([:])

  init(
    _ store: any SnapshotStore,
    failing failure: @escaping @Sendable (_ call: String, _ number: Int) -> PortError.Reason?
  ) {
    self.store = store
    self.failure = failure
  }

  private func check(_ call: String) throws(PortError) {
    let number = calls.withLock {
      $0[call, default: 0] += 1
      return $0[call, default: 0]
    }
    if let reason = failure(call, number) { throw PortError(reason, "test") }
  }

  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport {
    try check("save")
    return try await store.save(request, timeout: timeout)
  }

  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    try check("restore")
    return try await store.restore(id, to: host, path: path, timeout: timeout)
  }

  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    try await store.list(path: path, timeout: timeout)
  }

  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    try check("delete")
    try await store.delete(id, timeout: timeout)
  }
}

/// Syncs that fail for a while, as over a link that is cut.
struct Failing: FileSync {
  let inner: any FileSync
  let simulation: Simulation
  let from: Duration
  let to: Duration

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    let now = VirtualClock.Instant.start.duration(to: simulation.clock.now)
    if now >= from, now < to { throw PortError(.unreachable, "test") }
    return try await inner.synchronize(request, timeout: timeout)
  }

  func inspect(
    _ path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceSummary {
    try await inner.inspect(path, on: host, timeout: timeout)
  }

  func digest(
    of path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceDigest {
    try await inner.digest(of: path, on: host, timeout: timeout)
  }
}

/// An endpoint that cannot be moved to one host.
struct Unreachable: EndpointRouter {
  let inner: any EndpointRouter
  let host: HostAddress

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    if host == self.host { throw PortError(.unreachable, "test") }
    try await inner.route(to: host, timeout: timeout)
  }

  func hold(timeout: Duration) async throws(PortError) { try await inner.hold(timeout: timeout) }

  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await inner.currentRoute(timeout: timeout)
  }
}

/// A provider whose machine is no more from some moment on.
struct Gone: ForwardingComputeProvider {
  let inner: any ComputeProvider
  let id: InstanceID
  let simulation: Simulation
  let from: VirtualClock.Instant

  var forwardsTo: any ComputeProvider { inner }

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await inner.create(machine, timeout: timeout)
  }

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    if id == self.id, simulation.clock.now >= from { throw PortError(.notFound, "machine \(id)") }
    return try await inner.describe(id, timeout: timeout)
  }

  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await inner.delete(id, timeout: timeout)
  }
}
