/// The kinds of thing that cost money for as long as they exist.
public enum ResourceKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// A GPU rented on a marketplace.
  case instance
  /// A virtual machine of a compute provider.
  case machine
  /// Disk space on a marketplace's machine.
  case volume
  /// A snapshot in an object store, whole or half uploaded.
  case snapshot
}

/// Something at a provider that costs money until it is given back.
public struct OwnedResource: Sendable, Hashable {
  public var kind: ResourceKind
  /// The provider's name for it.
  public var id: String
  /// What it was called when it was created: the way to find it when the answer to the creation was lost.
  public var label: String

  public init(kind: ResourceKind, id: String, label: String) {
    self.kind = kind
    self.id = id
    self.label = label
  }
}

/// A provider that can say what somebody owns there, and take it back.
public protocol ResourceInventory: Sendable {
  /// Everything that costs money, or soon will, and whose label begins with `prefix`; every page of a long answer.
  func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource]

  /// Gives it back. One that is already gone is not an error.
  func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError)
}

/// A marketplace that writes a label on what it rents out, so that what was paid for can be found again by somebody who
/// never saw the answer.
///
/// Creating something under a label that is in use returns what has it, rather than a second one.
public protocol LabellingMarketplace: GPUMarketplace, ResourceInventory {
  func create(_ order: InstanceOrder, label: String, timeout: Duration) async throws(PortError) -> InstanceID

  func createVolume(
    size: ByteCount, on machine: MachineID, label: String, timeout: Duration
  ) async throws(PortError) -> VolumeID
}

/// A compute provider that writes a label on its machines, as `LabellingMarketplace` does.
public protocol LabellingComputeProvider: ComputeProvider, ResourceInventory {
  func create(_ machine: StandbyMachine, label: String, timeout: Duration) async throws(PortError) -> Instance
}
