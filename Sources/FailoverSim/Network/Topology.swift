import Failover

/// Which links there are, which of them lie between two sites, and what state they are in.
///
/// Sites hang on access links like leaves on a tree: the way from one to another goes out over its access links and in
/// over the other's, leaving out those that both share, and between them over the line of this pair when it has one.
struct Topology {
  struct Site {
    let name: String
    let access: [LinkID]
    /// The hop from here to another site that the two have between them beside their access links.
    var lines: [(other: SiteID, hop: Hop)] = []
  }

  /// What one direction of a link is like at present, its faults included.
  struct Condition {
    var capacity: DataRate
    /// Nanoseconds.
    var latency: Int64
    var loss: Double
    var isBlocked: Bool
  }

  struct LaidFault {
    let id: FaultID
    let place: Int
    let fault: LinkFault
  }

  private(set) var links: [Link] = []
  private(set) var sites: [Site] = []
  private(set) var faults: [LaidFault] = []
  private var faultsLaid = 0
  /// By the place of a `Hop`, like all that follows.
  private(set) var conditions: [Condition] = []
  private(set) var carried: [Int64] = []
  /// The routes that were asked for since the last change.
  var routes: [Route] = []

  // MARK: Building

  mutating func add(_ link: Link) -> LinkID {
    let id = LinkID(index: links.count)
    links.append(link)
    for hop in [id.forward, id.backward] {
      carried.append(0)
      conditions.append(condition(of: hop.place))
    }
    return id
  }

  mutating func addSite(_ name: String, access: [LinkID]) -> SiteID {
    sites.append(Site(name: name, access: access))
    return SiteID(index: sites.count - 1)
  }

  mutating func connect(_ from: SiteID, _ to: SiteID, through hop: Hop) {
    guard from != to else { return }
    routes = []
    for (near, far, hop) in [(from, to, hop), (to, from, hop.reversed)] {
      sites[near.index].lines.removeAll { $0.other == far }
      sites[near.index].lines.append((far, hop))
    }
  }

  // MARK: Changing

  mutating func update(_ id: LinkID, _ change: (inout Link) -> Void) {
    change(&links[id.index])
    refresh(id.forward.place)
    refresh(id.backward.place)
  }

  mutating func lay(_ fault: LinkFault, on places: [Int]) -> FaultID {
    faultsLaid += 1
    let id = FaultID(number: faultsLaid)
    for place in places {
      faults.append(LaidFault(id: id, place: place, fault: fault))
      refresh(place)
    }
    return id
  }

  mutating func lift(_ id: FaultID) {
    let places = faults.filter { $0.id == id }.map(\.place)
    faults.removeAll { $0.id == id }
    for place in places { refresh(place) }
  }

  private mutating func refresh(_ place: Int) {
    conditions[place] = condition(of: place)
    routes = []
  }

  /// The link as it is, then its faults in the order in which they were laid.
  private func condition(of place: Int) -> Condition {
    let link = links[place >> 1]
    let capacity = place & 1 == 0 ? link.forwardCapacity : link.backwardCapacity
    var condition = Condition(
      capacity: max(.zero, capacity), latency: max(0, link.latency.wholeNanoseconds), loss: link.loss.value,
      isBlocked: false)
    var added: Int64 = 0
    for laid in faults where laid.place == place {
      let rest = laid.fault.capacityFactor.of(ByteCount(condition.capacity.bytesPerSecond))
      condition.capacity = DataRate(bytesPerSecond: max(0, rest.bytes))
      added = added.addingClamped(max(0, laid.fault.extraLatency.wholeNanoseconds))
      condition.latency = max(condition.latency, laid.fault.leastLatency.wholeNanoseconds)
      condition.loss = Route.joined(condition.loss, laid.fault.loss.value)
      if laid.fault.isBlocked { condition.isBlocked = true }
    }
    condition.latency = condition.latency.addingClamped(added)
    return condition
  }

  // MARK: The way between two sites

  /// The route of that index, until the next change.
  ///
  /// Few pairs of sites talk to each other, but they do it over and over, so routes are kept; for as long as nothing
  /// changes, and no more than a handful, so that finding one stays cheap.
  mutating func route(from source: SiteID, to destination: SiteID) -> Int {
    if let known = routes.firstIndex(where: { $0.source == source && $0.destination == destination }) { return known }
    if routes.count == Self.routesKept { routes.removeAll(keepingCapacity: true) }
    routes.append(Route(source, destination, over: places(from: source, to: destination), conditions))
    return routes.count - 1
  }

  private static var routesKept: Int { 16 }

  /// The places of the hops from one site to another; none from a site to itself.
  private func places(from source: SiteID, to destination: SiteID) -> [Int] {
    guard source != destination else { return [] }
    let (out, into) = (sites[source.index].access, sites[destination.index].access)
    // One array, not six: a month of rented GPUs asks for 50 new routes.
    var places: [Int] = []
    places.reserveCapacity(out.count + into.count + 1)
    for link in out where !into.contains(link) { places.append(link.forward.place) }
    if let line = line(from: source, to: destination) { places.append(line.place) }
    for link in into where !out.contains(link) { places.append(link.backward.place) }
    return places
  }

  /// The hop over the line of this pair of sites.
  func line(from source: SiteID, to destination: SiteID) -> Hop? {
    // Machines come and go while the orchestrator stays and collects lines, so the shorter list is searched.
    if sites[source.index].lines.count <= sites[destination.index].lines.count {
      return sites[source.index].lines.first { $0.other == destination }?.hop
    }
    return sites[destination.index].lines.first { $0.other == source }?.hop.reversed
  }

  /// Whether whoever has started the programs of a transfer reaches the site at which a leg begins, if that is where
  /// they run.
  mutating func isControlled(_ transfer: Transfer, in leg: Flow.Stage) -> Bool {
    guard let control = transfer.control, leg != .lead, transfer.ends(of: leg).from == transfer.source else {
      return true
    }
    let index = route(from: control, to: transfer.source)
    return routes[index].isOpen && routes[index].isOpenForAnswers
  }

  /// Counts bytes as carried by hops.
  mutating func credit(_ bytes: Int64, over places: [Int]) {
    for place in places { carried[place] = carried[place].addingClamped(bytes) }
  }
}
