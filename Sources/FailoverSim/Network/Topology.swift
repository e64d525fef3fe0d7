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

  private mutating func refresh(_ place: Int) { conditions[place] = condition(of: place) }

  /// The link as it is, then its faults in the order in which they were laid.
  private func condition(of place: Int) -> Condition {
    let link = links[place >> 1]
    let capacity = place & 1 == 0 ? link.forwardCapacity : link.backwardCapacity
    var condition = Condition(
      capacity: max(.zero, capacity), latency: max(0, link.latency.wholeNanoseconds), loss: link.loss.value,
      isBlocked: false)
    for laid in faults where laid.place == place {
      let rest = laid.fault.capacityFactor.of(ByteCount(condition.capacity.bytesPerSecond))
      condition.capacity = DataRate(bytesPerSecond: max(0, rest.bytes))
      condition.latency = sum(condition.latency, max(0, laid.fault.extraLatency.wholeNanoseconds))
      condition.loss = joined(condition.loss, laid.fault.loss.value)
      if laid.fault.isBlocked { condition.isBlocked = true }
    }
    return condition
  }

  // MARK: The way between two sites

  /// What lies in the way between two sites, one direction for data and the other for answers.
  struct Way {
    /// The least capacity of a link for data.
    var capacity = DataRate.unlimited
    /// For data, in nanoseconds; and for the answers to it.
    var latency: Int64 = 0
    var answerLatency: Int64 = 0
    var loss: Double = 0
    var isOpen = true
    var isOpenForAnswers = true

    /// What a TCP connection moves at most beside the capacity of the links. Lost answers slow it down little, since
    /// each answer confirms what those before it would have.
    func limit(of stream: TCPStream) -> DataRate {
      guard isOpen, isOpenForAnswers else { return .zero }
      if loss == 0, latency == 0, answerLatency == 0 { return .unlimited }
      return PathModel(roundTrip: roundTrip, loss: loss).limit(of: stream)
    }

    var roundTrip: Duration { .nanoseconds(sum(latency, answerLatency)) }
  }

  func way(from source: SiteID, to destination: SiteID) -> Way {
    var way = Way()
    sites.forEachPlace(from: source, to: destination) { place in
      let there = conditions[place]
      let back = conditions[place ^ 1]
      way.capacity = min(way.capacity, there.capacity)
      way.latency = sum(way.latency, there.latency)
      way.answerLatency = sum(way.answerLatency, back.latency)
      way.loss = joined(way.loss, there.loss)
      // What loses everything is as good as blocked.
      if there.isBlocked || !(there.loss < 1) { way.isOpen = false }
      if back.isBlocked || !(back.loss < 1) { way.isOpenForAnswers = false }
    }
    return way
  }

  /// Counts bytes as carried by every hop from one site to another.
  mutating func credit(_ bytes: Int64, from source: SiteID, to destination: SiteID) {
    guard bytes > 0 else { return }
    sites.forEachPlace(from: source, to: destination) { carried[$0] = sum(carried[$0], bytes) }
  }

  func line(from source: SiteID, to destination: SiteID) -> Hop? { sites.line(from: source, to: destination) }
}

extension [Topology.Site] {
  /// Calls `body` with the place of every hop from one site to another; with none from a site to itself.
  ///
  /// It walks instead of handing out a list because a list would be an allocation in every transfer.
  @inline(__always)
  func forEachPlace(from source: SiteID, to destination: SiteID, _ body: (Int) -> Void) {
    guard source != destination else { return }
    let (out, into) = (self[source.index].access, self[destination.index].access)
    for link in out where !into.contains(link) { body(link.forward.place) }
    if let line = line(from: source, to: destination) { body(line.place) }
    for link in into where !out.contains(link) { body(link.backward.place) }
  }

  /// The hop over the line of this pair of sites.
  func line(from source: SiteID, to destination: SiteID) -> Hop? {
    // Machines come and go while the orchestrator stays and collects lines, so the shorter list is searched.
    if self[source.index].lines.count <= self[destination.index].lines.count {
      return self[source.index].lines.first { $0.other == destination }?.hop
    }
    return self[destination.index].lines.first { $0.other == source }?.hop.reversed
  }
}

/// The sum of two numbers that are not negative, or the largest number.
private func sum(_ a: Int64, _ b: Int64) -> Int64 {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

/// The share lost over two links that lose independently.
private func joined(_ a: Double, _ b: Double) -> Double { a + (1 - a) * b }
