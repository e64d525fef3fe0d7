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

  /// When a transfer that begins now is through if nothing happens before; `nil` when it is not alone, or when it fails
  /// first.
  mutating func endIfUndisturbed(_ transfer: Transfer, at now: Int64) -> Int64? {
    guard flows.isEmpty else { return nil }
    let route = topology.route(from: transfer.source, to: transfer.destination)
    let limit = min(topology.routes[route].limit(of: transfer.stream), transfer.limit ?? .unlimited)
    let rate = UInt64(clamping: min(topology.routes[route].capacity, limit).bytesPerSecond)
    let product = UInt64(clamping: transfer.bytes.bytes).multipliedFullWidth(by: 1_000_000_000)
    guard product.high < rate else { return nil }
    let (quotient, remainder) = rate.dividingFullWidth(product)
    guard let duration = Int64(exactly: remainder == 0 ? quotient : quotient &+ 1) else { return nil }
    let (end, overflow) = now.addingReportingOverflow(duration)
    return overflow || end > transfer.deadline?.nanoseconds ?? .max ? nil : end
  }

  /// Counts a transfer of which nothing but its end was of interest.
  mutating func creditUndisturbed(_ transfer: Transfer) {
    let route = topology.route(from: transfer.source, to: transfer.destination)
    topology.credit(transfer.bytes.bytes, over: topology.routes[route].places)
  }

  mutating func begin(_ transfer: Transfer, at now: Int64, in simulation: Simulation) -> (number: UInt64, Step) {
    settle(at: now)
    flowsBegun &+= 1
    let number = flowsBegun
    wakeFlows(in: simulation)
    flows.append(Flow(number: number, transfer))
    layRoute(ofFlowAt: flows.count - 1)
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
    for index in flows.indices { flows[index].advance(by: elapsed, to: now) }
  }

  // MARK: Changes

  /// Changes links, and lets every transfer under way feel it.
  mutating func alter<R>(at now: Int64, in simulation: Simulation, _ change: (inout Topology) -> R) -> R {
    // What has moved so far went over the way as it was.
    creditAll(at: now)
    let result = change(&topology)
    guard !flows.isEmpty else { return result }
    for index in flows.indices { layRoute(ofFlowAt: index) }
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
    topology.credit(bytes, over: flows[index].places)
  }

  // MARK: Rates

  private mutating func layRoute(ofFlowAt index: Int) {
    let transfer = flows[index].transfer
    let route = topology.route(from: transfer.source, to: transfer.destination)
    flows[index].places = topology.routes[route].places
    flows[index].capacity = topology.routes[route].capacity
    flows[index].limit = min(topology.routes[route].limit(of: transfer.stream), transfer.limit ?? .unlimited)
  }

  /// Gives every transfer its rate from now on. A lone one needs no sharing.
  private mutating func share(at now: Int64) {
    if flows.count == 1 {
      let rate = FairRate(min(flows[0].capacity, flows[0].limit))
      flows[0].move(at: rate, from: now)
      return
    }
    let rates = fairRates()
    for (index, rate) in zip(flows.indices, rates) { flows[index].move(at: rate, from: now) }
  }

  /// The rates of all flows by max-min fairness, over the hops that any of them crosses.
  private func fairRates() -> [FairRate] {
    var crossed: [Int] = []
    var capacities: [DataRate] = []
    let sharing = flows.map { flow in
      let links = flow.places.map { place in
        if let known = crossed.firstIndex(of: place) { return known }
        crossed.append(place)
        capacities.append(topology.conditions[place].capacity)
        return crossed.count - 1
      }
      // One whose bytes are through only waits to be told so.
      return FairSharing.Flow(over: links, limit: flow.left.isZero ? .zero : flow.limit)
    }
    return FairSharing.rates(of: sharing, over: capacities)
  }
}
