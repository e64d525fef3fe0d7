import Failover

/// Where in the world a fault can strike, as a scenario names it.
public enum FaultPlace: String, Sendable, Hashable, CaseIterable {
  /// The GPU that serves when the fault begins; a GPU that takes its place later is not hit.
  case gpu
  /// The CPU standby that runs when the fault begins.
  case standby
  /// The machine the orchestrator runs on, which every relayed byte crosses.
  case orchestrator
  case objectStore
  /// Everybody who works on the workspace.
  case users
  /// The marketplace's interface.
  case marketplace
  /// The interface of the standby's provider.
  case compute
}

/// The way between two places.
public struct Way: Sendable, Hashable {
  public var from: FaultPlace
  public var to: FaultPlace
  /// Whether only what is sent from the first to the second is hit. (A TCP connection needs both directions all the
  /// same: its answers do not come back.)
  public var isOneWay: Bool

  public init(_ from: FaultPlace, _ to: FaultPlace, isOneWay: Bool = false) {
    self.from = from
    self.to = to
    self.isOneWay = isOneWay
  }

  public func touches(_ place: FaultPlace) -> Bool { from == place || to == place }

  /// The directions that are hit.
  var directions: [[FaultPlace]] { isOneWay ? [[from, to]] : [[from, to], [to, from]] }
}

/// A place at one moment: which machine it was.
enum Spot: Hashable {
  case machine(Lane)
  case orchestrator
  case objectStore
  case users
  case marketplace
  case compute

  static func gpu(_ id: InstanceID) -> Spot { .machine(.gpu(id)) }
  static func standby(_ id: InstanceID) -> Spot { .machine(.standby(id)) }

  init(_ host: SimulatedHost) { self = .machine(Lane(role: host.role, id: host.id)) }

  var name: String {
    switch self {
    case .machine(let lane): lane.description
    case .orchestrator: "orchestrator"
    case .objectStore: "object store"
    case .users: "users"
    case .marketplace: "marketplace"
    case .compute: "standby provider"
    }
  }

  /// Whose events a fault here belongs to.
  var lane: Lane? {
    switch self {
    case .machine(let lane): lane
    case .objectStore: .store
    case .marketplace: .marketplace
    case .orchestrator, .users, .compute: nil
    }
  }
}

extension WorldState {
  /// What is at a place now; `nil` when there is no such machine.
  func spot(_ place: FaultPlace) -> Spot? {
    switch place {
    case .gpu: return exposedGPUs.first.map(Spot.gpu)
    case .standby: return hosts.runningStandbys.last.map(Spot.standby)
    case .orchestrator: return .orchestrator
    case .objectStore: return .objectStore
    case .users: return .users
    case .marketplace: return .marketplace
    case .compute: return .compute
    }
  }
}
