import Failover

/// Max-min fair sharing of links: no flow can get more except at the cost of one that has no more than it.
///
/// Long TCP streams with similar round trips share a bottleneck about evenly, and this is the usual fluid model of it.
/// It is found by progressive filling (D. Bertsekas and R. Gallager, "Data Networks", second edition 1992, section
/// 6.5.2): all rates grow together; a flow stops when it meets its own limit or when one of its links is full.
package enum FairSharing {
  /// One flow of data.
  package struct Flow: Sendable, Hashable {
    /// The links that it crosses, by their place in the list of capacities; one named twice is crossed twice. A place
    /// outside the list is a link that carries nothing.
    package var links: [Int]
    /// What the flow takes at most, whatever the links; `nil` for as much as there is.
    package var limit: FairRate?

    package init(over links: [Int], limit: FairRate?) {
      self.links = links
      self.limit = limit
    }

    package init(over links: [Int], limit: DataRate? = nil) {
      self.init(over: links, limit: limit.map { FairRate($0) })
    }
  }

  /// The rate of each flow, in the order of the flows.
  ///
  /// - Parameter capacities: what each link carries, zero for one that is blocked; a negative one counts as zero.
  /// - Returns: rates whose sum over a link is at most its capacity. A flow that nothing bounds gets
  ///   `DataRate.unlimited`.
  package static func rates(of flows: [Flow], over capacities: [DataRate]) -> [FairRate] {
    var filling = Filling(flows, capacities)
    while let level = filling.nextLevel() { filling.stop(at: level) }
    return filling.rates
  }
}

/// A progressive filling under way.
private struct Filling {
  let flows: [FairSharing.Flow]
  let limits: [Int128]
  var rates: [FairRate]
  /// Whether the flow's rate still grows.
  var grows: [Bool]
  /// What the flows that have stopped leave of each link, in units of `FairRate`.
  var left: [Int128]
  /// How often growing flows cross each link.
  var crossings: [Int128]

  init(_ flows: [FairSharing.Flow], _ capacities: [DataRate]) {
    self.flows = flows
    limits = flows.map { ($0.limit ?? FairRate(.unlimited)).units }
    rates = Array(repeating: .zero, count: flows.count)
    left = capacities.map { FairRate($0).units }
    crossings = Array(repeating: 0, count: capacities.count)
    let places = capacities.indices
    grows = flows.map { $0.links.allSatisfy(places.contains) }
    for (flow, grows) in zip(flows, grows) where grows {
      for link in flow.links { crossings[link] += 1 }
    }
  }

  /// The rate at which the next flow stops; `nil` when none grows any more. It never falls from one call to the next:
  /// taking equal shares of a link away leaves at least that share to each of the others.
  func nextLevel() -> Int128? {
    var level: Int128?
    for link in left.indices where crossings[link] > 0 {
      level = min(level ?? .max, left[link] / crossings[link])
    }
    for flow in flows.indices where grows[flow] {
      level = min(level ?? .max, limits[flow])
    }
    return level
  }

  /// Stops the flows that cannot grow beyond `level`.
  mutating func stop(at level: Int128) {
    let isFull = left.indices.map { crossings[$0] > 0 && left[$0] / crossings[$0] == level }
    for flow in flows.indices where grows[flow] {
      guard limits[flow] == level || flows[flow].links.contains(where: { isFull[$0] }) else { continue }
      grows[flow] = false
      rates[flow] = FairRate(units: level)
      for link in flows[flow].links {
        left[link] -= level
        crossings[link] -= 1
      }
    }
  }
}
