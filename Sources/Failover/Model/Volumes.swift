/// The name a marketplace gave to a volume.
public struct VolumeID: Sendable, Hashable, ProviderName, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// Disk space on one machine that outlives the instances it is attached to. It cannot leave its machine.
public struct Volume: Sendable, Hashable, Codable {
  public var id: VolumeID
  public var size: ByteCount
  public var machine: MachineID

  public init(id: VolumeID, size: ByteCount, machine: MachineID) {
    self.id = id
    self.size = size
    self.machine = machine
  }
}
