import Failover

/// What goes wrong. How each shows itself to ssh, rsync and TCP was tried on real programs: a dead ssh server refuses at
/// once, a frozen machine lets TCP connect and says nothing, a partition is silence.
public enum FaultKind: Sendable, Hashable {
  // The GPU that serves.
  /// It is taken away, as by its provider.
  case gpuLost
  /// It hangs: connections open and nobody answers; its provider says that it runs.
  case gpuFrozen
  /// The workload has ended; the machine is well. Only a health check that looks for the process sees it.
  case gpuProcessDead

  // ssh and what goes through it.
  /// The ssh server of a machine does not run; it has no other open port.
  case sshDown(MachineRole)
  /// The orchestrator's key is refused everywhere. Connections that are open stay so. (A health check by `ssh` reads the
  /// server's greeting and does not log in: it passes.)
  case sshKeyExpired
  /// A pass of rsync ends with an error after its listing, with this probability.
  case syncFails(Ratio)

  // The standby.
  /// Its provider stops it; the disk is kept.
  case standbyStopped
  /// Its provider takes it away, with its disk.
  case standbyPreempted
  /// Other data fills its disk: at this rate, or at once when `nil`. It is gone again when the fault ends.
  case standbyDiskFull(DataRate?)
  /// Its disk holds so much and no more.
  case diskShrinks(to: ByteCount)

  // Where GPUs are rented.
  /// A call fails with this probability.
  case marketplaceErrors(Ratio)
  /// A call is never answered, with this probability. (It has no effect: the request was lost, not the answer.)
  case marketplaceTimeouts(Ratio)
  /// So many calls in any interval of this length are answered; those beyond are refused.
  case rateLimit(calls: Int, per: Duration)
  /// Every offer costs so many times as much.
  case priceSpike(Ratio)
  /// There is no offer.
  case noCapacity
  /// An offer turns out to be gone when it is to be rented, with this probability.
  case offersVanish(Ratio)

  // Services.
  /// A call of the standby's provider fails with this probability.
  case computeErrors(Ratio)
  /// The standby's provider has no machine to give, and cannot start one either.
  case stockOut
  case objectStoreDown
  /// Nothing answers that could move the endpoint.
  case endpointStuck
  /// Nobody can be told anything.
  case notifierDown

  // The network.
  /// Nothing arrives.
  case partition(Way)
  /// The link carries less.
  case slowLink(Way, Throttle)
  /// Packets take so much longer, in each direction that is hit.
  case latency(Way, Duration)
  /// This share of packets does not arrive.
  case packetLoss(Way, Ratio)

  /// What is left of a link.
  public enum Throttle: Sendable, Hashable {
    /// This share of what it carries.
    case factor(Ratio)
    case rate(DataRate)
  }
}

extension FaultKind {
  /// What it is called in scenarios and logs.
  public var name: String {
    switch self {
    case .gpuLost: "gpuLost"
    case .gpuFrozen: "gpuFrozen"
    case .gpuProcessDead: "gpuProcessDead"
    case .sshDown: "sshDown"
    case .sshKeyExpired: "sshKeyExpired"
    case .syncFails: "syncFails"
    case .standbyStopped: "standbyStopped"
    case .standbyPreempted: "standbyPreempted"
    case .standbyDiskFull: "standbyDiskFull"
    case .diskShrinks: "diskShrinks"
    case .marketplaceErrors: "marketplaceErrors"
    case .marketplaceTimeouts: "marketplaceTimeouts"
    case .rateLimit: "rateLimit"
    case .priceSpike: "priceSpike"
    case .noCapacity: "noCapacity"
    case .offersVanish: "offersVanish"
    case .computeErrors: "computeErrors"
    case .stockOut: "stockOut"
    case .objectStoreDown: "objectStoreDown"
    case .endpointStuck: "endpointStuck"
    case .notifierDown: "notifierDown"
    case .partition: "partition"
    case .slowLink: "slowLink"
    case .latency: "latency"
    case .packetLoss: "packetLoss"
    }
  }

  /// Where it strikes; the first of two places for a fault of the network.
  public var place: FaultPlace {
    switch self {
    case .gpuLost, .gpuFrozen, .gpuProcessDead, .sshDown(.gpu): .gpu
    case .sshDown(.standby), .standbyStopped, .standbyPreempted, .standbyDiskFull, .diskShrinks: .standby
    case .sshKeyExpired, .syncFails, .notifierDown: .orchestrator
    case .marketplaceErrors, .marketplaceTimeouts, .rateLimit, .priceSpike, .noCapacity, .offersVanish: .marketplace
    case .computeErrors, .stockOut: .compute
    case .objectStoreDown: .objectStore
    case .endpointStuck: .users
    case .partition(let way), .slowLink(let way, _), .latency(let way, _), .packetLoss(let way, _): way.from
    }
  }

  /// The way a fault of the network lies on.
  public var way: Way? {
    switch self {
    case .partition(let way), .slowLink(let way, _), .latency(let way, _), .packetLoss(let way, _): way
    default: nil
    }
  }

  /// Whether the scenario must have this place for the fault to make sense.
  public func needs(_ place: FaultPlace) -> Bool { way?.touches(place) ?? (self.place == place) }

  /// Whether it is over as soon as it has happened.
  public var isInstant: Bool {
    switch self {
    case .gpuLost, .standbyStopped, .standbyPreempted: true
    default: false
    }
  }

  /// What it sets: two faults with one of these in common must not overlap, or neither would be what it says.
  public var settings: [String] {
    guard let way else { return [name + " \(place.rawValue)"] }
    return way.directions.map { "\(name) from \($0[0].rawValue) to \($0[1].rawValue)" }
  }

  /// The health checks of the GPU that can notice it; `nil` for a fault that has nothing to do with the GPU.
  public var noticedBy: [ProbeMethod]? {
    switch self {
    case .gpuFrozen: [.ssh, .process]
    case .gpuProcessDead: [.process]
    case .sshDown(.gpu): [.tcp, .ssh, .process]
    case .partition(let way) where way.touches(.gpu) && way.touches(.orchestrator): [.tcp, .ssh, .process]
    default: nil
    }
  }

  /// Whether users of the machine get nothing while it lasts, as an event of the log tells it.
  ///
  /// - Parameters:
  ///   - name: as in `EventKind.faultBegan`.
  ///   - place: the same.
  public static func cutsUsersOff(_ name: String, at place: String) -> Bool {
    switch name {
    case "gpuFrozen", "gpuProcessDead": true
    case "partition": place.hasPrefix("users - ") || place.hasSuffix(" - users")
    default: false
    }
  }
}
