import Failover

/// Where somebody is in the network: a site, and the line by which it hangs on the rest.
struct NetworkPlace: Hashable {
  let site: SiteID
  let line: LinkID
}

/// The places of the simulated world that bytes travel between. Each has a line of its own that carries
/// `NetworkModel.link` each way; what lies between the lines bounds nothing until a fault is laid on it.
struct Sites {
  let network: Network
  /// What a line carries, each way.
  let link: DataRate
  /// The machine that relayed bytes cross twice: in, and out again.
  let orchestrator: NetworkPlace
  let objectStore: NetworkPlace

  init(in network: Network, link: DataRate) {
    self.network = network
    self.link = link
    orchestrator = Self.add("orchestrator", to: network, link)
    objectStore = Self.add("object store", to: network, link)
  }

  func add(_ name: String) -> NetworkPlace { Self.add(name, to: network, link) }

  private static func add(_ name: String, to network: Network, _ link: DataRate) -> NetworkPlace {
    let line = network.add(Link("line of \(name)", capacity: link))
    return NetworkPlace(site: network.addSite(name, access: [line]), line: line)
  }
}

extension WorldState {
  /// The place of a machine. Most machines of a long life are never sent anything, and need none.
  mutating func place(ofHostAt index: Int) -> NetworkPlace {
    if let place = hosts.existing[index].place { return place }
    let host = hosts.existing[index]
    let place = sites.add(Spot(host).name)
    hosts.update(host.id) { $0.place = place }
    return place
  }

  /// The place of a spot that bytes are sent to or from; `nil` for one of another kind, or a machine that is gone.
  mutating func place(of spot: Spot) -> NetworkPlace? {
    switch spot {
    case .machine(.gpu(let id)), .machine(.standby(let id)):
      guard let index = hosts.index(of: id) else { return nil }
      return place(ofHostAt: index)
    case .orchestrator: return sites.orchestrator
    case .objectStore: return sites.objectStore
    case .machine, .users, .marketplace, .compute: return nil
    }
  }
}
