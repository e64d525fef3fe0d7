/// A physical machine and the GPUs it offers.
public struct MachineOffers: Sendable, Hashable {
  public var machine: MachineID
  /// The best one first; never empty.
  public var offers: [Offer]

  public init(machine: MachineID, offers: [Offer]) {
    self.machine = machine
    self.offers = offers
  }
}

extension WarmPool {
  /// The machines that could hold this pool, best first: those that the marketplace has verified and that offer at least
  /// `minimumGPUs` GPUs of those `query` accepts.
  ///
  /// A machine is as good as its best offer: by the order of `preferredGPUs`, then by price, then by id, so that the choice
  /// never depends on the order in which a marketplace lists its offers.
  public func machines(among offers: [Offer], for query: OfferQuery) -> [MachineOffers] {
    let names = preferredGPUs.map(Self.spelling)
    func rank(_ offer: Offer) -> Int { names.firstIndex(of: Self.spelling(offer.gpuName)) ?? names.count }
    let best = offers.filter { $0.isVerified && query.accepts($0) }.sorted {
      (rank($0), $0.price, $0.id) < (rank($1), $1.price, $1.id)
    }
    var machines: [MachineOffers] = []
    var places: [MachineID: Int] = [:]
    for offer in best {
      if let place = places[offer.machine] {
        machines[place].offers.append(offer)
      } else {
        places[offer.machine] = machines.count
        machines.append(MachineOffers(machine: offer.machine, offers: [offer]))
      }
    }
    return machines.filter { $0.offers.count >= minimumGPUs }
  }

  /// A GPU's name as it is compared: `RTX_4090` and `RTX 4090` are one.
  private static func spelling(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }
}
