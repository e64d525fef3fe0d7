import Failover

/// A simulated compute provider whose machines carry labels.
public struct LabelledCompute: LabellingComputeProvider, ForwardingComputeProvider {
  private let world: World
  package let forwardsTo: any ComputeProvider
  private let labels: Labels

  /// - Parameter provider: as the world's ports have it, with its faults.
  public init(_ provider: any ComputeProvider, in world: World) {
    self.world = world
    forwardsTo = provider
    labels = Labels(in: world)
  }

  public func create(_ machine: StandbyMachine, label: String, timeout: Duration) async throws(PortError) -> Instance {
    if let existing = owned.first(where: { $0.label == label }) {
      let id = InstanceID(existing.id)
      let found = try await forwardsTo.describe(id, timeout: timeout)
      if found.status == .running { return found }
      try await forwardsTo.start(id, timeout: timeout)
      return try await forwardsTo.describe(id, timeout: timeout)
    }
    let instance = try await forwardsTo.create(machine, timeout: timeout)
    labels.write(label, on: .machine, instance.id.rawValue)
    return instance
  }

  /// What exists and has a label, in the order of its creation.
  private var owned: [OwnedResource] {
    let existing = world.existing
    return labels.all(of: .machine).filter { existing.contains(InstanceID($0.id)) }
  }

  /// Takes as long as a question after one machine.
  public func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] {
    try await world.pause(\.samplers.standbyDescribe, timeout: timeout, "list what \(prefix) owns")
    return owned.filter { $0.label.hasPrefix(prefix) }
  }

  public func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) {
    guard resource.kind == .machine else {
      throw PortError(.notFound, "a compute provider has no \(resource.kind.rawValue)s")
    }
    try await delete(InstanceID(resource.id), timeout: timeout)
  }

  public func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance {
    try await forwardsTo.create(machine, timeout: timeout)
  }

  public func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) {
    try await forwardsTo.delete(id, timeout: timeout)
  }
}
