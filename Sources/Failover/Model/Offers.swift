/// A GPU that a marketplace offers for rent.
public struct Offer: Sendable, Hashable, Codable {
  public var id: String
  public var gpuName: String
  /// Main memory of the machine.
  public var memory: ByteCount
  public var price: HourlyPrice
  /// The marketplace's code for the place, such as `TH`.
  public var region: String
  /// The physical machine the GPU sits in; offers of one machine can share a volume.
  public var machine: MachineID
  /// Whether the marketplace has checked the machine.
  public var isVerified: Bool

  /// - Parameter machine: a machine of its own, named like the offer, when `nil`.
  public init(
    id: String, gpuName: String, memory: ByteCount, price: HourlyPrice, region: String,
    machine: MachineID? = nil, isVerified: Bool = true
  ) {
    self.id = id
    self.gpuName = gpuName
    self.memory = memory
    self.price = price
    self.region = region
    self.machine = machine ?? MachineID(id)
    self.isVerified = isVerified
  }
}

/// What a replacement GPU must be like.
public struct OfferQuery: Sendable, Hashable {
  public var minimumMemory: ByteCount
  public var maximumPrice: HourlyPrice
  /// Acceptable regions, the preferred one first; empty means any.
  public var regions: [String]
  /// Acceptable GPUs by name; empty means any.
  public var gpuNames: [String]
  /// Only GPUs of this machine, when given.
  public var machine: MachineID?
  /// Only machines that the marketplace has checked.
  public var verifiedOnly: Bool

  public init(
    minimumMemory: ByteCount, maximumPrice: HourlyPrice, regions: [String], gpuNames: [String] = [],
    machine: MachineID? = nil, verifiedOnly: Bool = false
  ) {
    self.minimumMemory = minimumMemory
    self.maximumPrice = maximumPrice
    self.regions = regions
    self.gpuNames = gpuNames
    self.machine = machine
    self.verifiedOnly = verifiedOnly
  }

  /// Whether `offer` meets every condition.
  public func accepts(_ offer: Offer) -> Bool {
    offer.memory >= minimumMemory && offer.price <= maximumPrice
      && (regions.isEmpty || regions.contains(offer.region))
      && (gpuNames.isEmpty || gpuNames.contains(offer.gpuName))
      && (machine == nil || machine == offer.machine) && (offer.isVerified || !verifiedOnly)
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

/// An offer that is to be rented, and what is to be attached to it.
public struct InstanceOrder: Sendable, Hashable, Codable {
  public var offer: Offer
  /// A volume on the offer's machine; an instance's own disk goes with it, a volume stays.
  public var volume: VolumeID?

  public init(_ offer: Offer, volume: VolumeID? = nil) {
    self.offer = offer
    self.volume = volume
  }
}
