import Failover

/// Which GPUs the market can give at a moment.
struct Supply {
  private struct Absence<Name: Equatable> {
    let name: Name
    let until: VirtualClock.Instant
  }

  /// Single GPUs that somebody else has, by their offers.
  private var rented: [Absence<String>] = []
  private var lost: [Absence<MachineID>] = []
  /// Instances whose start waits for capacity to return.
  var waiting: [InstanceID] = []
  /// How many starts of stopped instances there have been.
  var starts: UInt64 = 0
  var volumesCreated = 0

  mutating func rentToOthers(_ offer: String, until: VirtualClock.Instant) {
    rented.append(Absence(name: offer, until: until))
  }

  mutating func lose(_ machine: MachineID, until: VirtualClock.Instant) {
    lost.append(Absence(name: machine, until: until))
  }

  func isLost(_ machine: MachineID, at now: VirtualClock.Instant) -> Bool {
    lost.contains { $0.name == machine && now < $0.until }
  }

  /// Until when somebody else has the single GPU of an offer; `nil` when nobody has.
  func othersKeep(_ offer: String, at now: VirtualClock.Instant) -> VirtualClock.Instant? {
    rented.filter { $0.name == offer && now < $0.until }.map(\.until).max()
  }
}

extension WorldState {
  /// Whether an offer can be rented at this moment.
  func canRent(_ offer: Offer, _ model: MarketplaceModel, at now: VirtualClock.Instant) -> Bool {
    guard hasCapacity, !supply.isLost(offer.machine, at: now) else { return false }
    guard model.singleGPUs.contains(offer.id) else { return true }
    return supply.othersKeep(offer.id, at: now) == nil && holder(of: offer.id) == nil
  }

  /// The instance that has the single GPU of an offer: one that runs or is about to.
  func holder(of offer: String) -> InstanceID? {
    hosts.existing.first { $0.offer == offer && ($0.status == .running || $0.status == .provisioning) }?.id
  }
}
