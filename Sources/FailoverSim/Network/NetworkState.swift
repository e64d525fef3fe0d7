import Failover

/// What changes in a network: its links, the transfers under way in the order in which they began, and up to when
/// their bytes have been accounted for.
struct NetworkState {
  var topology = Topology()
  private(set) var flows: [Flow] = []
  /// The only transfer under way, as long as nothing but its end is of interest: nearly always. Then there are no
  /// flows. Its number is zero when there is none; an optional would be copied field by field in every transfer.
  private var lone = Lone(number: 0, transfer: Transfer(.zero, from: SiteID(index: 0), to: SiteID(index: 0)))
  /// The way of the lone transfer, or of the last one if it is still as it was.
  private var way: LoneWay?
  private var settledAt: Int64 = 0
  private var flowsBegun: UInt64 = 0
  /// Fired, and replaced, whenever the transfers under way have to look anew.
  private var change: Signal

  init(_ simulation: Simulation) { change = Signal(in: simulation) }

  /// What a transfer does next.
  enum Step {
    case finished
    case failed(TransferFailure)
    /// Sleeps until an instant, or until something changes; `Int64.max` when only a change can help.
    case wait(until: Int64, Signal)
    /// Sleeps until it is through, as it will be unless something changes.
    case waitAlone(until: Int64, Signal)
  }

  struct Lone {
    var number: UInt64
    var transfer: Transfer
    var startedAt: Int64 = 0
  }

  var transfersUnderWay: Int { flows.count + (lone.number == 0 ? 0 : 1) }

  // MARK: A lone transfer

  /// Begins a transfer.
  ///
  /// - Returns: what to do, and the number by which to name the transfer afterwards.
  mutating func begin(_ transfer: Transfer, at now: Int64, in simulation: Simulation) -> (number: UInt64, Step) {
    flowsBegun &+= 1
    if transfersUnderWay == 0, let end = endIfUndisturbed(transfer, at: now) {
      lone.number = flowsBegun
      lone.transfer = transfer
      lone.startedAt = now
      return (flowsBegun, .waitAlone(until: end, change))
    }
    return (flowsBegun, beginSharing(transfer, at: now, in: simulation))
  }

  /// When a transfer that begins now and is alone is through if nothing happens before; `nil` when something stops it
  /// first.
  mutating func endIfUndisturbed(_ transfer: Transfer, at now: Int64) -> Int64? {
    if way?.serves(transfer) != true {
      way?.credit(to: &topology)
      way = LoneWay(of: transfer, in: &topology)
    }
    return way?.end(of: transfer, from: now)
  }

  /// Ends a transfer at the instant foreseen for it; false when something has disturbed it since.
  mutating func endUndisturbed(_ number: UInt64) -> Bool {
    guard lone.number == number else { return false }
    lone.number = 0
    way?.add(lone.transfer)
    return true
  }

  /// Counts a transfer as carried that was never begun.
  mutating func noteCarried(_ transfer: Transfer) {
    if way?.serves(transfer) == true { way?.add(transfer) }
  }

  /// Makes a flow of the lone transfer, as it was when it began; nothing has changed since.
  private mutating func disturbLone() {
    guard lone.number != 0 else { return }
    settledAt = lone.startedAt
    append(Flow(number: lone.number, lone.transfer, at: lone.startedAt), at: lone.startedAt)
    lone.number = 0
  }

  // MARK: Transfers that share, wait or break

  private mutating func beginSharing(_ transfer: Transfer, at now: Int64, in simulation: Simulation) -> Step {
    settle(at: now)
    wakeFlows(in: simulation)
    append(Flow(number: flowsBegun, transfer, at: now), at: now)
    return step(ofFlowAt: flows.count - 1, at: now, in: simulation)
  }

  private mutating func append(_ flow: Flow, at now: Int64) {
    flows.append(flow)
    layRoute(ofFlowAt: flows.count - 1)
    share(at: now)
  }

  /// Looks at a transfer that has slept.
  ///
  /// - Parameter isLost: whether one of its hosts is gone, which breaks it even if its bytes get through at this
  ///   instant.
  mutating func look(at number: UInt64, isLost: Bool, at now: Int64, in simulation: Simulation) -> Step {
    settle(at: now)
    guard let index = flows.lastIndex(where: { $0.number == number }) else { return .finished }
    if isLost {
      let end = foreseenEnd(ofFlowAt: index)
      var failure = self.end(at: index, because: .lost, at: now, in: simulation)
      failure.foreseenEnd = end.map(VirtualClock.Instant.init)
      return .failed(failure)
    }
    return step(ofFlowAt: index, at: now, in: simulation)
  }

  /// When a transfer would be through if it went on at its present rate, and alone on what follows; `nil` for never.
  private mutating func foreseenEnd(ofFlowAt index: Int) -> Int64? {
    let flow = flows[index]
    let way = LoneWay(of: flow.transfer, in: &topology)
    var end = flow.finishesAt
    var stage = flow.stage
    while let leg = stage.next(in: flow.transfer) {
      guard let duration = way.nanoseconds(of: leg, of: flow.transfer) else { return nil }
      end = end.addingClamped(duration)
      stage = leg
    }
    return end < .max ? end : nil
  }

  mutating func cancel(_ number: UInt64, at now: Int64, in simulation: Simulation) -> TransferFailure {
    settle(at: now)
    guard let index = flows.lastIndex(where: { $0.number == number }) else {
      return TransferFailure(.cancelled, arrived: .zero)
    }
    return end(at: index, because: .cancelled, at: now, in: simulation)
  }

  private mutating func step(ofFlowAt index: Int, at now: Int64, in simulation: Simulation) -> Step {
    while flows[index].isThrough {
      guard let leg = flows[index].stage.next(in: flows[index].transfer) else {
        remove(at: index, at: now, in: simulation)
        return .finished
      }
      begin(leg, ofFlowAt: index, at: now)
      if flows.count > 1 { wakeFlows(in: simulation) }
    }
    if let reason = flows[index].failure(at: now) {
      return .failed(end(at: index, because: reason, at: now, in: simulation))
    }
    return .wait(until: flows[index].wakesAt, change)
  }

  private mutating func begin(_ leg: Flow.Stage, ofFlowAt index: Int, at now: Int64) {
    credit(flowAt: index)
    flows[index].begin(leg, at: now)
    layRoute(ofFlowAt: index)
    share(at: now)
  }

  private mutating func end(
    at index: Int, because reason: TransferFailure.Reason, at now: Int64, in simulation: Simulation
  ) -> TransferFailure {
    var failure = TransferFailure(reason, arrived: flows[index].arrived)
    failure.isPastRelay = flows[index].transfer.relay != nil && flows[index].stage == .toDestination
    remove(at: index, at: now, in: simulation)
    return failure
  }

  private mutating func remove(at index: Int, at now: Int64, in simulation: Simulation) {
    credit(flowAt: index)
    flows.remove(at: index)
    guard !flows.isEmpty else { return }
    share(at: now)
    wakeFlows(in: simulation)
  }

  /// Accounts for what has moved until now. To be called before anything that changes a rate.
  private mutating func settle(at now: Int64) {
    disturbLone()
    if flows.count == 1 { passStages(until: now) }
    let elapsed = now - settledAt
    settledAt = now
    guard elapsed > 0 else { return }
    for index in flows.indices { flows[index].advance(by: elapsed, to: now) }
  }

  /// Takes the only flow, which may have slept through the ends of its stages, to the one in which it is at `now`.
  private mutating func passStages(until now: Int64) {
    while flows[0].finishesAt <= now, let leg = flows[0].stage.next(in: flows[0].transfer) {
      let end = flows[0].finishesAt
      flows[0].advance(by: end - settledAt, to: end)
      settledAt = end
      begin(leg, ofFlowAt: 0, at: end)
    }
  }

  // MARK: Changes

  /// Changes links, and lets every transfer under way feel it.
  mutating func alter<R>(at now: Int64, in simulation: Simulation, _ change: (inout Topology) -> R) -> R {
    // What has moved so far went over the way as it was.
    creditAll(at: now)
    way = nil
    let result = change(&topology)
    guard !flows.isEmpty else { return result }
    for index in flows.indices { layRoute(ofFlowAt: index) }
    share(at: now)
    wakeFlows(in: simulation)
    return result
  }

  mutating func wakeFlows(in simulation: Simulation) {
    guard transfersUnderWay > 0 else { return }
    change.fire()
    change = Signal(in: simulation)
  }

  /// Counts what has moved until now as carried by the links.
  mutating func creditAll(at now: Int64) {
    settle(at: now)
    way?.credit(to: &topology)
    for index in flows.indices { credit(flowAt: index) }
  }

  private mutating func credit(flowAt index: Int) {
    topology.credit(flows[index].takeUncredited(), over: flows[index].places)
  }

  // MARK: Rates

  private mutating func layRoute(ofFlowAt index: Int) {
    guard let (source, destination) = flows[index].ends else { return }
    let isControlled = topology.isControlled(flows[index].transfer, in: flows[index].stage)
    let route = topology.route(from: source, to: destination)
    flows[index].lay(&topology.routes[route], isControlled: isControlled)
  }

  /// Gives every transfer its rate from now on. A lone one needs no sharing.
  private mutating func share(at now: Int64) {
    if flows.count == 1 {
      flows[0].move(at: min(FairRate(flows[0].capacity), flows[0].limit), from: now)
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
      return FairSharing.Flow(over: links, limit: flow.limit)
    }
    return FairSharing.rates(of: sharing, over: capacities)
  }
}
