/// Where a machine answers: a host name or an address, and a port.
public struct HostAddress: Sendable, Hashable, Codable, CustomStringConvertible {
  /// A name or an address; an IPv6 address without brackets.
  public var host: String
  /// 1 to 65535.
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  public var description: String {
    // A colon is one byte of UTF-8 and never part of another character's; looking at characters takes six times as
    // long.
    let literal = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return literal + ":" + String(port)
  }
}

/// The name a provider gave to something that was created and is paid for.
public struct InstanceID: Sendable, Hashable, ProviderName, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// The physical machine that GPUs sit in; the marketplace's name for it.
public struct MachineID: Sendable, Hashable, ProviderName, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// What a provider says of an instance.
public enum InstanceStatus: String, Sendable, Hashable, Codable, CaseIterable {
  /// Created and on its way; not usable yet.
  case provisioning
  case running
  /// Not running, but it could be started; its disk is kept. A spot interruption ends here.
  case stopped
  /// The provider cannot reach it.
  case offline
}

/// A machine at a provider: a rented GPU or a standby virtual machine.
public struct Instance: Sendable, Hashable, Codable {
  public var id: InstanceID
  public var status: InstanceStatus
  /// Known once the provider has assigned one.
  public var address: HostAddress?
  public var price: HourlyPrice
  /// The physical machine it is on, where the provider tells.
  public var machine: MachineID?

  public init(
    id: InstanceID, status: InstanceStatus, address: HostAddress?, price: HourlyPrice,
    machine: MachineID? = nil
  ) {
    self.id = id
    self.status = status
    self.address = address
    self.price = price
    self.machine = machine
  }
}

/// The two kinds of machine that can serve users.
public enum MachineRole: String, Sendable, Hashable, CaseIterable {
  /// A rented GPU: full service.
  case gpu
  /// A CPU machine that keeps a copy of the workspace: degraded service.
  case standby
}
