import Failover

/// What changes in a network: its links, the transfers under way in the order in which they began, and up to when
/// their bytes have been accounted for.
struct NetworkState {
  var topology = Topology()
  private(set) var flows: [Flow] = []
  private var settledAt: Int64 = 0
  private var flowsBegun: UInt64 = 0
  /// Fired, and replaced, whenever the transfers under way have to look anew.
  private(set) var change: Signal

  init(_ simulation: Simulation) { change = Signal(in: simulation) }

  /// What a transfer does next.
  enum Step {
    case finished
    case failed(TransferFailure)
    /// Sleeps until an instant, or until something changes; `Int64.max` when only a change can help.
    case wait(until: Int64, Signal)
  }

  // MARK: Transfers

  mutating func begin(_ transfer: Transfer, at now: Int64, in simulation: Simulation) -> (number: UInt64, Step) {
    settle(at: now)
    flowsBegun &+= 1
    let number = flowsBegun
    wakeFlows(in: simulation)
    flows.append(Flow(number: number, transfer))
    share(at: now)
    return (number, step(ofFlowAt: flows.count - 1, at: now, in: simulation))
  }

  /// Looks at a transfer that has slept.
  ///
  /// - Parameter isLost: whether one of its hosts is gone, which breaks it even if its bytes get through at this
  ///   instant.
  mutating func look(
    at number: UInt64, isLost: Bool, at now: Int64, in simulation: Simulation
  ) -> Step {
    guard let index = flows.lastIndex(where: { $0.number == number }) else { return .finished }
    settle(at: now)
    if isLost { return .failed(end(at: index, because: .lost, at: now, in: simulation)) }
    return step(ofFlowAt: index, at: now, in: simulation)
  }

  mutating func cancel(_ number: UInt64, at now: Int64, in simulation: Simulation) -> TransferFailure {
    guard let index = flows.lastIndex(where: { $0.number == number }) else {
      return TransferFailure(.cancelled, moved: .zero)
    }
    settle(at: now)
    return end(at: index, because: .cancelled, at: now, in: simulation)
  }

  private mutating func step(ofFlowAt index: Int, at now: Int64, in simulation: Simulation) -> Step {
    if flows[index].isThrough {
      remove(at: index, at: now, in: simulation)
      return .finished
    }
    if let reason = flows[index].failure(at: now) {
      return .failed(end(at: index, because: reason, at: now, in: simulation))
    }
    return .wait(until: flows[index].wakesAt, change)
  }

  private mutating func end(
    at index: Int, because reason: TransferFailure.Reason, at now: Int64, in simulation: Simulation
  ) -> TransferFailure {
    let moved = flows[index].moved
    remove(at: index, at: now, in: simulation)
    return TransferFailure(reason, moved: moved)
  }

  private mutating func remove(at index: Int, at now: Int64, in simulation: Simulation) {
    credit(flowAt: index)
    flows.remove(at: index)
    guard !flows.isEmpty else { return }
    share(at: now)
    wakeFlows(in: simulation)
  }

  /// Accounts for what has moved until now. To be called before anything that changes a rate.
  mutating func settle(at now: Int64) {
    let elapsed = now - settledAt
    settledAt = now
    guard elapsed > 0 else { return }
    for index in flows.indices { flows[index].left.subtract(flows[index].rate, for: elapsed) }
  }

  // MARK: Changes

  /// Changes links, and lets every transfer under way feel it.
  mutating func alter<R>(at now: Int64, in simulation: Simulation, _ change: (inout Topology) -> R) -> R {
    // What has moved so far went over the way as it was.
    creditAll(at: now)
    let result = change(&topology)
    guard !flows.isEmpty else { return result }
    share(at: now)
    wakeFlows(in: simulation)
    return result
  }

  mutating func wakeFlows(in simulation: Simulation) {
    guard !flows.isEmpty else { return }
    change.fire()
    change = Signal(in: simulation)
  }

  /// Counts what has moved until now as carried by the links.
  mutating func creditAll(at now: Int64) {
    settle(at: now)
    for index in flows.indices { credit(flowAt: index) }
  }

  private mutating func credit(flowAt index: Int) {
    let bytes = flows[index].takeUncredited()
    topology.credit(bytes, from: flows[index].transfer.source, to: flows[index].transfer.destination)
  }

  // MARK: Rates

  /// Gives every transfer its rate from now on. A lone one needs no sharing.
  private mutating func share(at now: Int64) {
    if flows.count == 1 {
      let transfer = flows[0].transfer
      let way = topology.way(from: transfer.source, to: transfer.destination)
      let rate = min(way.capacity, way.limit(of: transfer.stream), transfer.limit ?? .unlimited)
      flows[0].move(at: FairRate(rate), from: now)
      return
    }
    let rates = fairRates()
    for (index, rate) in zip(flows.indices, rates) { flows[index].move(at: rate, from: now) }
  }

  /// The rates of all flows by max-min fairness, over the hops that any of them crosses.
  private func fairRates() -> [FairRate] {
    var crossed: [Int] = []
    var capacities: [DataRate] = []
    let problem = flows.map { flow in
      let transfer = flow.transfer
      let limit = topology.way(from: transfer.source, to: transfer.destination).limit(of: transfer.stream)
      var sharing = FairSharing.Flow(over: [], limit: min(limit, transfer.limit ?? .unlimited))
      // One whose bytes are through only waits to be told so.
      if flow.left.isZero { sharing.limit = .zero }
      topology.sites.forEachPlace(from: transfer.source, to: transfer.destination) { place in
        if let known = crossed.firstIndex(of: place) {
          sharing.links.append(known)
        } else {
          sharing.links.append(crossed.count)
          crossed.append(place)
          capacities.append(topology.conditions[place].capacity)
        }
      }
      return sharing
    }
    return FairSharing.rates(of: problem, over: capacities)
  }
}
