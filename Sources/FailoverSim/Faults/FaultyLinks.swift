import Failover

extension World {
  /// Lays a fault on the links of the network that it hits.
  ///
  /// - Returns: what to lift when it ends; nothing for a fault that no transfer feels by its links.
  func lay(_ fault: ActiveFaults.Active) -> [FaultID] {
    if fault.kind == .gpuFrozen {
      // Neither in nor out, whoever it is to or from.
      let place = fault.spots.first.flatMap { spot in state { $0.place(of: spot) } }
      return place.map { [network.lay(.blocked, on: $0.line)] } ?? []
    }
    guard let way = fault.kind.way, fault.spots.count == 2, let hit = linkFault(of: fault.kind),
      let from = state({ $0.place(of: fault.spots[0]) }), let to = state({ $0.place(of: fault.spots[1]) })
    else { return [] }
    let hop = network.line(from: from.site, to: to.site)
    // What lies between two lines carries what they do, so that a share of it means something.
    let link = model.network.link
    network.update(hop.link) { line in
      line.forwardCapacity = link
      line.backwardCapacity = link
    }
    // The distance of the way back counts where that of the way there does.
    let back = way.isOneWay ? LinkFault(leastLatency: hit.leastLatency) : hit
    return [network.lay(hit, on: hop), network.lay(back, on: hop.reversed)]
  }

  /// What a fault makes of a direction that it hits.
  private func linkFault(of kind: FaultKind) -> LinkFault? {
    switch kind {
    case .partition: .blocked
    case .slowLink(_, .factor(let factor)): LinkFault(capacityFactor: factor)
    case .slowLink(_, .rate(let rate)): LinkFault(capacityFactor: share(rate))
    case .latency(_, let added): LinkFault(extraLatency: added, leastLatency: Self.oneWay)
    case .packetLoss(_, let share): LinkFault(leastLatency: Self.oneWay, loss: share)
    default: nil
    }
  }

  /// What part of a link a rate is; all of it, when it is more.
  private func share(_ rate: DataRate) -> Ratio {
    let link = model.network.link
    return rate < link ? Ratio(rate.bytesPerSecond, over: link.bytesPerSecond) ?? .one : .one
  }

  /// How long a packet takes over a path to which a fault adds loss or delay: half of 24 ms, the round trip of the
  /// measured "single ssh stream" in a discussion of slow rsync (serverfault.com/questions/434724). Without such a fault
  /// distance plays no part.
  private static var oneWay: Duration { .milliseconds(12) }
}
