import Failover

/// A GPU that holds a workspace, an empty standby beside it, and everything that is done to hosts through ports.
struct HostStage: Sendable {
  var sync: any FileSync
  var probe: any HealthProbe
  var inference: any InferenceProbe
  var snapshots: any SnapshotStore
  /// What the object store holds, unfinished uploads among it.
  var inventory: any ResourceInventory
  var gpu: ProbeTarget
  var standby: ProbeTarget
  var passing: Passing
  /// Users work on the GPU for a while: 10 kB of the workspace change, and neither its files nor their sizes.
  var work: @Sendable () async throws -> Void
  /// Waits until the trouble is as far away as this; real trouble comes when it is called.
  var approach: @Sendable (Duration) async throws -> Void
  var strike: @Sendable () async throws -> Void
  var relent: @Sendable () async throws -> Void
  /// Damages what is stored of a snapshot; the simulated one was stored damaged.
  var damage: @Sendable (SnapshotID, SnapshotDamage) async throws -> Void

  static let path = "/workspace"
  static let model = "llama3.2:1b"
  static let files: [(name: String, size: Int64)] = [("model.bin", 4_000_000), ("notes.txt", 1000), ("run.log", 500)]
  /// What a look at the whole workspace finds.
  static let summary = WorkspaceSummary(files: files.count, bytes: ByteCount(files.reduce(0) { $0 + $1.size }))

  func request(_ route: SyncRoute) -> SyncRequest {
    SyncRequest(source: gpu.address, destination: standby.address, path: Self.path, route: route)
  }

  func synchronize(_ route: SyncRoute = .relay, timeout: Duration = long) async throws -> SyncReport {
    try await sync.synchronize(request(route), timeout: timeout)
  }

  func digest(_ target: ProbeTarget) async throws -> WorkspaceDigest {
    try await sync.digest(of: Self.path, on: target.address, timeout: long)
  }

  func save(base: SnapshotID? = nil, timeout: Duration = long) async throws -> SnapshotID {
    let request = SnapshotRequest(source: gpu.address, path: Self.path, base: base)
    return try await snapshots.save(request, timeout: timeout).id
  }

  func restore(_ id: SnapshotID, timeout: Duration = long) async throws {
    _ = try await snapshots.restore(id, to: standby.address, path: Self.path, timeout: timeout)
  }

  func stored() async throws -> [SnapshotID] { try await snapshots.list(path: Self.path, timeout: long) }
}

/// What goes wrong with hosts and with what lies between them.
enum HostTrouble: String, Sendable, CaseIterable {
  case deadGPU
  case deadStandby
  case frozenGPU
  /// Nothing gets to the host or from it, in silence.
  case partitionedGPU
  case partitionedStandby
  /// Nothing gets from the GPU to the orchestrator's machine or back. (The lab cannot cut one way only; to those who
  /// go through this machine anyway it is the same.)
  case cutOffGPU
  /// The host is well, and its ssh server does not run.
  case noServerOnGPU
  case noServerOnStandby
  /// Both hosts have forgotten the key.
  case refusedKey
  case fullStandby
  /// The workload has ended.
  case deadProcess
  case storeDown
}

enum SnapshotDamage: Sendable, CaseIterable {
  /// Some of it is not what was stored.
  case altered
  /// The end of it is missing.
  case truncated
}

/// What a test needs of the world with the hosts.
struct HostSetting: Sendable {
  var trouble: HostTrouble?
  /// What each host's link carries, in bytes a second, each way; `nil` for as much as there is.
  var link: Int64?
  var hasStore = false
  var hasModelServer = false
  /// Whether snapshots are going to be damaged.
  var isDamaged = false

  init(
    _ trouble: HostTrouble? = nil, link: Int64? = nil, hasStore: Bool = false, hasModelServer: Bool = false,
    isDamaged: Bool = false
  ) {
    self.trouble = trouble
    self.link = link
    self.hasStore = hasStore
    self.hasModelServer = hasModelServer
    self.isDamaged = isDamaged
  }
}

extension Arm {
  /// Runs `body` with the hosts of this arm.
  func hosts<Value: Sendable>(
    _ setting: HostSetting = HostSetting(), _ body: @escaping @Sendable (HostStage) async throws -> Value
  ) async throws -> Value {
    try await require(hosts: true, objectStore: setting.hasStore)
    switch self {
    case .simulated: return try SimulatedHosts(setting: setting).run(body)
    case .real: return try await RealHosts.run(setting, body)
    }
  }
}
