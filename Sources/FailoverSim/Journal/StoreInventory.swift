import Failover

/// Says what is in the simulated object store. A snapshot's label is its name there, such as `snapshot-7`; an upload
/// that is broken off leaves nothing in this store.
public struct StoreInventory: ResourceInventory {
  private let world: World
  private let store: any SnapshotStore

  /// - Parameter store: as the world's ports have it, with its faults.
  public init(_ store: any SnapshotStore, in world: World) {
    self.world = world
    self.store = store
  }

  public func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    try await world.pause(\.samplers.snapshotRequest, timeout: timeout, "list what is stored")
    return world.storedSnapshots.filter { $0.rawValue.hasPrefix(prefix) }
      .map { OwnedResource(kind: .snapshot, id: $0.rawValue, label: $0.rawValue) }
  }

  public func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    try await store.delete(SnapshotID(resource.id), timeout: timeout)
  }
}
