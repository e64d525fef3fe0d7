import Failover
import Synchronization

/// Cuts the orchestrator off from one machine, without touching the machine: what is left of an interruption when the
/// original GPU must go on running.
///
/// To the orchestrator the machine looks as a lost one does: the provider says it has stopped, and nothing that is
/// sent there comes back until the time-out. It is not given back either.
public final class Severance: Sendable {
  private let severed = Mutex<(id: InstanceID, address: HostAddress?)?>(nil)

  public init() {}

  /// From now on nobody reaches this machine.
  public func sever(_ id: InstanceID, at address: HostAddress?) { severed.withLock { $0 = (id, address) } }

  public func isSevered(_ id: InstanceID) -> Bool { severed.withLock { $0?.id == id } }

  private func isSevered(_ address: HostAddress) -> Bool {
    severed.withLock { $0.map { $0.address == address } ?? false }
  }

  /// The same ports, through which a severed machine cannot be reached.
  public func applied(to ports: Ports) -> Ports {
    var cut = ports
    cut.marketplace = SeveredMarketplace(forwardsTo: ports.marketplace, severance: self)
    cut.fileSync = SeveredFileSync(fileSync: ports.fileSync, severance: self)
    cut.probe = SeveredProbe(probe: ports.probe, severance: self)
    cut.snapshots = ports.snapshots.map { SeveredSnapshots(store: $0, severance: self) }
    return cut
  }

  /// Waits as somebody does who gets no answer.
  func throwIfSevered(_ addresses: HostAddress..., timeout: Duration) async throws(PortError) {
    guard let address = addresses.first(where: isSevered) else { return }
    do {
      try await Task.sleep(for: timeout, clock: .continuous)
    } catch {
      throw PortError(.cancelled, "\(address)")
    }
    throw PortError(.unreachable, "\(address) has been cut off by the drill", host: address)
  }
}

private struct SeveredMarketplace: ForwardingMarketplace {
  let forwardsTo: any GPUMarketplace
  let severance: Severance

  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance {
    var instance = try await forwardsTo.describe(id, timeout: timeout)
    if severance.isSevered(id) { instance.status = .stopped }
    return instance
  }

  func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    if severance.isSevered(id) { return }
    try await forwardsTo.destroy(id, timeout: timeout)
  }

  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    if severance.isSevered(id) { return }
    try await forwardsTo.stop(id, timeout: timeout)
  }

  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    if severance.isSevered(id) { throw PortError(.refused, "\(id) has been cut off by the drill") }
    try await forwardsTo.start(id, timeout: timeout)
  }

  func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    try await forwardsTo.create(order, timeout: timeout)
  }

  func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    try await forwardsTo.createVolume(size: size, on: machine, timeout: timeout)
  }

  func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.deleteVolume(id, timeout: timeout)
  }
}

private struct SeveredFileSync: FileSync {
  let fileSync: any FileSync
  let severance: Severance

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    try await severance.throwIfSevered(request.source, request.destination, timeout: timeout)
    return try await fileSync.synchronize(request, timeout: timeout)
  }

  func inspect(_ path: String, on host: HostAddress, timeout: Duration) async throws(PortError)
    -> WorkspaceSummary
  {
    try await severance.throwIfSevered(host, timeout: timeout)
    return try await fileSync.inspect(path, on: host, timeout: timeout)
  }

  func digest(of path: String, on host: HostAddress, timeout: Duration) async throws(PortError)
    -> WorkspaceDigest
  {
    try await severance.throwIfSevered(host, timeout: timeout)
    return try await fileSync.digest(of: path, on: host, timeout: timeout)
  }
}

private struct SeveredProbe: HealthProbe {
  let probe: any HealthProbe
  let severance: Severance

  func check(_ target: ProbeTarget, by method: ProbeMethod, timeout: Duration) async -> ProbeResult {
    guard severance.isSevered(target.instance) else {
      return await probe.check(target, by: method, timeout: timeout)
    }
    if method == .api { return .unhealthy(.notRunning) }
    do {
      try await Task.sleep(for: timeout, clock: .continuous)
    } catch {
      return .unhealthy(.cancelled)
    }
    return .unhealthy(.timedOut)
  }
}

private struct SeveredSnapshots: SnapshotStore {
  let store: any SnapshotStore
  let severance: Severance

  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport {
    try await severance.throwIfSevered(request.source, timeout: timeout)
    return try await store.save(request, timeout: timeout)
  }

  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    try await severance.throwIfSevered(host, timeout: timeout)
    return try await store.restore(id, to: host, path: path, timeout: timeout)
  }

  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    try await store.list(path: path, timeout: timeout)
  }

  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    try await store.delete(id, timeout: timeout)
  }
}
