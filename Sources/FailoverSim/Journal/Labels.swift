import Failover

/// What a simulated provider has written on the things it created.
final class Labels: Sendable {
  private let written: Confined<[OwnedResource]>

  init(in world: World) { written = Confined([], in: world.simulation) }

  func write(_ label: String, on kind: ResourceKind, _ id: String) {
    written { $0.append(OwnedResource(kind: kind, id: id, label: label)) }
  }

  func all(of kind: ResourceKind) -> [OwnedResource] { written { $0.filter { $0.kind == kind } } }
}
