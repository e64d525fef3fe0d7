import Failover

/// The network of one simulation: sites, the links between them, and the transfers that share these links.
///
/// ```swift
/// let network = Network(in: simulation)
/// let gpu = network.addSite("gpu", access: [network.add(Link("gpu line", capacity: .megabitsPerSecond(100)))])
/// let standby = network.addSite("standby", access: [network.add(Link("standby line"))])
/// let cut = network.lay(.blocked, on: network.line(from: gpu, to: standby))   // one way only
/// let duration = try await network.carry(Transfer(.megabytes(40), from: gpu, to: standby)) { false }
/// ```
///
/// Data is a fluid: at every instant a transfer moves at its max-min fair rate (`FairSharing`), at most at its own
/// limit and at most at what TCP makes of distance and loss (`PathModel`). A link that loses packets slows the streams
/// over it and keeps its capacity.
///
/// Sites and links are never taken away again; a machine that is gone is a site to which nothing is sent.
public final class Network: Sendable {
  public let simulation: Simulation
  let state: Confined<NetworkState>

  /// A network without links and sites. Use it inside the simulation only.
  public init(in simulation: Simulation) {
    self.simulation = simulation
    state = Confined(NetworkState(simulation), in: simulation)
  }

  // MARK: Building

  /// Adds a link, which nothing crosses until a site or a pair of sites is told to.
  public func add(_ link: Link) -> LinkID {
    state { $0.topology.add(link) }
  }

  /// Adds a place that sends and receives.
  ///
  /// - Parameters:
  ///   - name: for finding it again; unique in a network.
  ///   - access: the links between it and the outer world, in any order. Two sites that share one, such as the uplink
  ///     of their data centre, reach each other without crossing it. Without any, nothing bounds it.
  public func addSite(_ name: String, access: [LinkID] = []) -> SiteID {
    state { $0.topology.addSite(name, access: access) }
  }

  /// Puts a link between two sites that everything between them crosses beside their access links, such as the long way
  /// between two regions. It replaces the line that the two had.
  ///
  /// - Parameter hop: the direction from the first site to the second. Several pairs may share one link.
  public func connect(_ source: SiteID, _ destination: SiteID, through hop: Hop) {
    alter { $0.connect(source, destination, through: hop) }
  }

  /// The hop between two sites that no other pair uses, unless it was connected so; for faults that hit this pair
  /// alone. A pair that has none gets one that nothing bounds. Nothing crosses the line of a site to itself.
  public func line(from source: SiteID, to destination: SiteID) -> Hop {
    if let line = state({ $0.topology.line(from: source, to: destination) }) { return line }
    let names = state { state in [source, destination].map { state.topology.sites[$0.index].name } }
    let hop = add(Link("\(names[0]) - \(names[1])")).forward
    connect(source, destination, through: hop)
    return hop
  }

  /// The link of that name, the first one if there are several; `nil` when there is none.
  public func link(named name: String) -> LinkID? {
    state { $0.topology.links.firstIndex { $0.name == name } }.map(LinkID.init)
  }

  /// The site of that name, the first one if there are several; `nil` when there is none.
  public func site(named name: String) -> SiteID? {
    state { $0.topology.sites.firstIndex { $0.name == name } }.map(SiteID.init)
  }

  // MARK: Changing

  /// Changes what a link is without its faults, from now on.
  public func update(_ link: LinkID, _ change: (inout Link) -> Void) {
    alter { $0.update(link, change) }
  }

  /// Lays a fault on both directions of a link, until it is lifted.
  public func lay(_ fault: LinkFault, on link: LinkID) -> FaultID {
    alter { $0.lay(fault, on: [link.forward.place, link.backward.place]) }
  }

  /// Lays a fault on one direction of a link, until it is lifted.
  public func lay(_ fault: LinkFault, on hop: Hop) -> FaultID {
    alter { $0.lay(fault, on: [hop.place]) }
  }

  /// Takes a fault away; does nothing when it has been.
  public func lift(_ fault: FaultID) {
    alter { $0.lift(fault) }
  }

  private func alter<R>(_ change: (inout Topology) -> R) -> R {
    let now = simulation.clock.now.nanoseconds
    return state { $0.alter(at: now, in: simulation, change) }
  }

  // MARK: Asking

  /// Whether a packet sent now arrives: no link in its way is blocked. A single datagram needs no more.
  public func isReachable(from source: SiteID, to destination: SiteID) -> Bool {
    state { state in
      let route = state.topology.route(from: source, to: destination)
      return state.topology.routes[route].isOpen
    }
  }

  /// Whether a TCP connection works now: packets arrive both ways.
  public func canConnect(_ source: SiteID, _ destination: SiteID) -> Bool {
    roundTrip(from: source, to: destination) != nil
  }

  /// How long a question and its answer are on their way; `nil` when one of them does not arrive.
  public func roundTrip(from source: SiteID, to destination: SiteID) -> Duration? {
    state { state in
      let index = state.topology.route(from: source, to: destination)
      let route = state.topology.routes[index]
      return route.isOpen && route.isOpenForAnswers ? route.roundTrip : nil
    }
  }

  /// When a transfer that began now and was alone would be through; `nil` for never, or not before its deadline.
  public func foreseenEnd(of transfer: Transfer) -> VirtualClock.Instant? {
    let now = simulation.clock.now.nanoseconds
    return state { state in
      LoneWay(of: transfer, in: &state.topology).end(of: transfer, from: now).map(VirtualClock.Instant.init)
    }
  }

  /// Whether nothing is under way.
  var isIdle: Bool { state { $0.transfersUnderWay == 0 } }

  /// The same as `foreseenEnd(of:)` for a transfer that begins later, and for many of them that go the same way, as long
  /// as nothing changes in the network and nothing is under way.
  func foreseenEnd(of transfer: Transfer, from start: VirtualClock.Instant) -> VirtualClock.Instant? {
    state { $0.endIfUndisturbed(transfer, at: start.nanoseconds) }.map(VirtualClock.Instant.init)
  }

  /// Counts bytes as carried that nobody has seen travel.
  ///
  /// - Parameter transfer: of the way for which an end was foreseen last.
  func noteCarried(_ transfer: Transfer) { state { $0.noteCarried(transfer) } }

  /// How many bytes of transfers have crossed one direction of a link until now, those of broken transfers included;
  /// headers and repeated packets are not. Each transfer counts in whole bytes, rounded down.
  public func carried(over hop: Hop) -> ByteCount {
    let now = simulation.clock.now.nanoseconds
    return state { state in
      state.creditAll(at: now)
      return ByteCount(state.topology.carried[hop.place])
    }
  }

  /// How many transfers are under way.
  public var transfersUnderWay: Int { state { $0.transfersUnderWay } }
}
