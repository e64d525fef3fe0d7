import Failover
import FailoverSim

/// Kills a simulated process at a moment of its life: before a call through a port or a write to the journal, after it
/// has been done and before the answer, or after the answer. From then on nothing that the process does reaches the
/// world.
final class Killer: Sendable {
  private struct State {
    var moments = 0
    var hasStruck = false
    var last = ""
  }

  /// Fired when the process dies.
  let death: Signal
  /// What the process says; it says no more once it is dead.
  let log = EventLog()
  private let target: Int?
  private let state: Confined<State>

  /// - Parameter target: the number of the moment, from 1; `nil` for a process that lives on.
  init(at target: Int?, in simulation: Simulation) {
    self.target = target
    death = Signal(in: simulation)
    state = Confined(State(), in: simulation)
  }

  /// The moments that the process has lived through.
  var moments: Int { state { $0.moments } }
  var hasStruck: Bool { state { $0.hasStruck } }
  /// What the process was doing when it was killed.
  var last: String { state { $0.last } }

  /// A moment at which the process may die.
  ///
  /// - Returns: whether it is alive afterwards.
  @discardableResult
  func pass(_ what: @autoclosure () -> String) -> Bool {
    let (isAlive, strikes) = state { state in
      guard !state.hasStruck else { return (false, false) }
      state.moments += 1
      state.hasStruck = state.moments == target
      if state.hasStruck { state.last = what() }
      return (!state.hasStruck, state.hasStruck)
    }
    if strikes {
      log.seal()
      death.fire()
    }
    return isAlive
  }

  /// A call of the process.
  func call<R: Sendable>(
    _ what: @autoclosure () -> String, _ body: () async throws(PortError) -> R
  ) async throws(PortError) -> R {
    guard pass("before \(what())") else { throw PortError(.cancelled, "killed") }
    let result = try await body()
    guard pass("during \(what())") else { throw PortError(.cancelled, "killed") }
    pass("after \(what())")
    return result
  }
}

/// A journal whose writer can be killed.
struct MortalJournal: Journal {
  let journal: any Journal
  let killer: Killer

  func append(_ entry: JournalEntry) throws(JournalError) {
    guard killer.pass("before \(entry)") else { throw JournalError("killed") }
    try journal.append(entry)
    killer.pass("after \(entry)")
  }

  func entries() throws(JournalError) -> [JournalEntry] { try journal.entries() }
}

/// The ports of a process that can be killed.
struct MortalMarketplace: LabellingMarketplace {
  let market: any LabellingMarketplace
  let killer: Killer

  func create(_ order: InstanceOrder, label: String, timeout: Duration) async throws(PortError) -> InstanceID {
    try await killer.call("create \(label)") { () async throws(PortError) in
      try await market.create(order, label: label, timeout: timeout)
    }
  }
  func createVolume(
    size: ByteCount, on machine: MachineID, label: String, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    try await killer.call("create volume \(label)") { () async throws(PortError) in
      try await market.createVolume(size: size, on: machine, label: label, timeout: timeout)
    }
  }
  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    throw PortError(.refused, "nothing is created without a label")
  }
  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID { throw PortError(.refused, "nothing is created without a label") }
  func search(_ query: OfferQuery, timeout: Duration) async throws(PortError) -> [Offer] {
    try await killer.call("search") { () async throws(PortError) in try await market.search(query, timeout: timeout) }
  }
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await killer.call("start \(id)") { () async throws(PortError) in try await market.start(id, timeout: timeout) }
  }
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await killer.call("stop \(id)") { () async throws(PortError) in try await market.stop(id, timeout: timeout) }
  }
  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await killer.call("describe \(id)") { () async throws(PortError) in
      try await market.describe(id, timeout: timeout)
    }
  }
  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await killer.call("destroy \(id)") { () async throws(PortError) in
      try await market.destroy(id, timeout: timeout)
    }
  }
  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    try await killer.call("delete volume \(id)") { () async throws(PortError) in
      try await market.deleteVolume(id, timeout: timeout)
    }
  }
  func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    try await killer.call("list GPUs") { () async throws(PortError) in
      try await market.resources(labelled: prefix, timeout: timeout)
    }
  }
  func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    try await killer.call("release \(resource.id)") { () async throws(PortError) in
      try await market.release(resource, timeout: timeout)
    }
  }
}

struct MortalCompute: LabellingComputeProvider {
  let provider: any LabellingComputeProvider
  let killer: Killer

  func create(_ machine: StandbyMachine, label: String, timeout: Duration) async throws(PortError) -> Instance {
    try await killer.call("create \(label)") { () async throws(PortError) in
      try await provider.create(machine, label: label, timeout: timeout)
    }
  }
  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    throw PortError(.refused, "nothing is created without a label")
  }
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await killer.call("start \(id)") { () async throws(PortError) in
      try await provider.start(id, timeout: timeout)
    }
  }
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await killer.call("stop \(id)") { () async throws(PortError) in try await provider.stop(id, timeout: timeout) }
  }
  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    try await killer.call("describe \(id)") { () async throws(PortError) in
      try await provider.describe(id, timeout: timeout)
    }
  }
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await killer.call("delete \(id)") { () async throws(PortError) in
      try await provider.delete(id, timeout: timeout)
    }
  }
  func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    try await killer.call("list machines") { () async throws(PortError) in
      try await provider.resources(labelled: prefix, timeout: timeout)
    }
  }
  func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    try await killer.call("release \(resource.id)") { () async throws(PortError) in
      try await provider.release(resource, timeout: timeout)
    }
  }
}

struct MortalRouter: EndpointRouter {
  let router: any EndpointRouter
  let killer: Killer
  /// Where users have been sent, one after the other.
  let routes: Confined<[HostAddress]>

  func route(to host: HostAddress, timeout: Duration) async throws(PortError) {
    try await killer.call("route to \(host)") { () async throws(PortError) in
      try await router.route(to: host, timeout: timeout)
      routes { if $0.last != host { $0.append(host) } }
    }
  }
  func hold(timeout: Duration) async throws(PortError) {
    try await killer.call("hold") { () async throws(PortError) in try await router.hold(timeout: timeout) }
  }
  func currentRoute(timeout: Duration) async throws(PortError) -> HostAddress? {
    try await killer.call("ask the endpoint") { () async throws(PortError) in
      try await router.currentRoute(timeout: timeout)
    }
  }
}

struct MortalFileSync: FileSync {
  let sync: any FileSync
  let killer: Killer

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    try await killer.call("sync") { () async throws(PortError) in
      try await sync.synchronize(request, timeout: timeout)
    }
  }
  func inspect(
    _ path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceSummary {
    try await killer.call("inspect") { () async throws(PortError) in
      try await sync.inspect(path, on: host, timeout: timeout)
    }
  }
  func digest(
    of path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceDigest {
    try await killer.call("digest") { () async throws(PortError) in
      try await sync.digest(of: path, on: host, timeout: timeout)
    }
  }
}

struct MortalProbe: HealthProbe {
  let probe: any HealthProbe
  let killer: Killer

  func check(_ target: ProbeTarget, by method: ProbeMethod, timeout: Duration) async -> ProbeResult {
    do throws(PortError) {
      return try await killer.call("check \(target.instance) by \(method.rawValue)") { () async throws(PortError) in
        await probe.check(target, by: method, timeout: timeout)
      }
    } catch {
      return .unhealthy(.cancelled)
    }
  }
}

struct MortalStore: SnapshotStore {
  let store: any SnapshotStore
  let killer: Killer

  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport {
    try await killer.call("save") { () async throws(PortError) in try await store.save(request, timeout: timeout) }
  }
  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    try await killer.call("restore \(id)") { () async throws(PortError) in
      try await store.restore(id, to: host, path: path, timeout: timeout)
    }
  }
  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    try await killer.call("list") { () async throws(PortError) in
      try await store.list(path: path, timeout: timeout)
    }
  }
  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    try await killer.call("delete \(id)") { () async throws(PortError) in try await store.delete(id, timeout: timeout) }
  }
}
