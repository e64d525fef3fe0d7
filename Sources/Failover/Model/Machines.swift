/// Where a machine answers: a host name or an address, and a port.
public struct HostAddress: Sendable, Hashable, CustomStringConvertible {
  /// A name or an address; an IPv6 address without brackets.
  public var host: String
  /// 1 to 65535.
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The name a provider gave to something that was created and is paid for.
public struct InstanceID: Sendable, Hashable, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// What a provider says of an instance.
public enum InstanceStatus: String, Sendable, Hashable, CaseIterable {
  /// Created and on its way; not usable yet.
  case provisioning
  case running
  /// Not running, but it could be started; its disk is kept. A spot interruption ends here.
  case stopped
  /// The provider cannot reach it.
  case offline
}

/// A machine at a provider: a rented GPU or a standby virtual machine.
public struct Instance: Sendable, Hashable {
  public var id: InstanceID
  public var status: InstanceStatus
  /// Known once the provider has assigned one.
  public var address: HostAddress?
  public var price: HourlyPrice

  public init(id: InstanceID, status: InstanceStatus, address: HostAddress?, price: HourlyPrice) {
    self.id = id
    self.status = status
    self.address = address
    self.price = price
  }
}

/// The two kinds of machine that can serve users.
public enum MachineRole: String, Sendable, Hashable, CaseIterable {
  /// A rented GPU: full service.
  case gpu
  /// A CPU machine that keeps a copy of the workspace: degraded service.
  case standby
}

/// A GPU that a marketplace offers for rent.
public struct Offer: Sendable, Hashable {
  public var id: String
  public var gpuName: String
  /// Main memory of the machine.
  public var memory: ByteCount
  public var price: HourlyPrice
  /// The marketplace's code for the place, such as `TH`.
  public var region: String

  public init(
    id: String, gpuName: String, memory: ByteCount, price: HourlyPrice, region: String
  ) {
    self.id = id
    self.gpuName = gpuName
    self.memory = memory
    self.price = price
    self.region = region
  }
}

/// What a replacement GPU must be like.
public struct OfferQuery: Sendable, Hashable {
  public var minimumMemory: ByteCount
  public var maximumPrice: HourlyPrice
  /// Acceptable regions, the preferred one first; empty means any.
  public var regions: [String]

  public init(minimumMemory: ByteCount, maximumPrice: HourlyPrice, regions: [String]) {
    self.minimumMemory = minimumMemory
    self.maximumPrice = maximumPrice
    self.regions = regions
  }

  /// Whether `offer` meets every condition.
  public func accepts(_ offer: Offer) -> Bool {
    offer.memory >= minimumMemory && offer.price <= maximumPrice
      && (regions.isEmpty || regions.contains(offer.region))
  }

  /// The acceptable offers, best first: by price, then by the order of `regions`, then by id, so that the choice never
  /// depends on the order in which a marketplace lists them.
  public func ranked(_ offers: [Offer]) -> [Offer] {
    func rank(_ offer: Offer) -> Int { regions.firstIndex(of: offer.region) ?? regions.count }
    return offers.filter(accepts).sorted {
      ($0.price, rank($0), $0.id) < ($1.price, rank($1), $1.id)
    }
  }
}
