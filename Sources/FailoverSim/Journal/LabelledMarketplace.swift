import Failover

/// A simulated marketplace whose instances and volumes carry labels.
public struct LabelledMarketplace: LabellingMarketplace, ForwardingMarketplace {
  private let world: World
  package let forwardsTo: any GPUMarketplace
  private let labels: Labels

  /// - Parameter market: as the world's ports have it, with its faults.
  public init(_ market: any GPUMarketplace, in world: World) {
    self.world = world
    forwardsTo = market
    labels = Labels(in: world)
  }

  // MARK: Labels

  public func create(_ order: InstanceOrder, label: String, timeout: Duration) async throws(PortError) -> InstanceID {
    if let existing = owned.first(where: { $0.kind == .instance && $0.label == label }) {
      return InstanceID(existing.id)
    }
    let id = try await forwardsTo.create(order, timeout: timeout)
    labels.write(label, on: .instance, id.rawValue)
    return id
  }

  public func createVolume(
    size: ByteCount, on machine: MachineID, label: String, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    if let existing = owned.first(where: { $0.kind == .volume && $0.label == label }) { return VolumeID(existing.id) }
    let id = try await forwardsTo.createVolume(size: size, on: machine, timeout: timeout)
    labels.write(label, on: .volume, id.rawValue)
    return id
  }

  /// What exists and has a label, in the order of its creation.
  private var owned: [OwnedResource] {
    let (instances, volumes) = (world.existing, world.existingVolumes)
    return labels.all(of: .instance).filter { instances.contains(InstanceID($0.id)) }
      + labels.all(of: .volume).filter { volumes.contains(VolumeID($0.id)) }
  }

  // MARK: The inventory

  /// Takes as long as a question after one instance.
  public func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    try await world.pause(\.samplers.describe, timeout: timeout, "list what \(prefix) owns")
    return owned.filter { $0.label.hasPrefix(prefix) }
  }

  public func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    switch resource.kind {
    case .instance: try await destroy(InstanceID(resource.id), timeout: timeout)
    case .volume: try await deleteVolume(VolumeID(resource.id), timeout: timeout)
    case .machine, .snapshot: throw PortError(.notFound, "a marketplace has no \(resource.kind.rawValue)s")
    }
  }

  // MARK: What needs no label

  public func create(_ order: InstanceOrder, timeout: Duration) async throws(PortError) -> InstanceID {
    try await forwardsTo.create(order, timeout: timeout)
  }

  public func createVolume(
    size: ByteCount, on machine: MachineID, timeout: Duration
  ) async throws(PortError) -> VolumeID {
    try await forwardsTo.createVolume(size: size, on: machine, timeout: timeout)
  }

  public func destroy(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.destroy(id, timeout: timeout)
  }

  public func deleteVolume(_ id: VolumeID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.deleteVolume(id, timeout: timeout)
  }
}
