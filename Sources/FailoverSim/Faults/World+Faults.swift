import Failover

extension World {
  /// Sets the alarms for the scenario's faults.
  func scheduleFaults() {
    var sameKind: [String: Int] = [:]
    for fault in model.faults.faults {
      // Numbered among its kind, so that a fault of another kind never shifts its luck.
      let number = sameKind[fault.kind.name, default: 0]
      sameKind[fault.kind.name] = number + 1
      let plan = FaultPlan(fault: fault, streamName: "fault \(fault.kind.name) \(number)", simulation: simulation)
      switch fault.schedule {
      case .at(let times):
        for (index, time) in times.enumerated() {
          simulation.schedule(at: VirtualClock.Instant.start.advanced(by: time)) { [self] in
            begin(plan, occurrence: UInt64(index))
          }
        }
      case .every(let gaps): scheduleNext(plan, gaps, occurrence: 0)
      }
    }
  }

  private func scheduleNext(_ plan: FaultPlan, _ gaps: Distribution, occurrence: UInt64) {
    // A gap of no time at all would keep the clock from moving.
    let gap = max(.nanoseconds(1), gaps.sampleDuration(plan.stream("gaps"), at: occurrence))
    simulation.schedule(after: gap) { [self] in
      begin(plan, occurrence: occurrence) { [self] in scheduleNext(plan, gaps, occurrence: occurrence + 1) }
    }
  }

  /// Lets a fault strike, and end when its time is over.
  ///
  /// - Parameter ended: called at its end, if it has one.
  private func begin(_ plan: FaultPlan, occurrence: UInt64, ended: @escaping () -> Void = {}) {
    let kind = plan.fault.kind
    guard !kind.isInstant, let number = begin(kind, plan.stream("luck \(occurrence)")) else {
      if kind.isInstant { strike(kind) }
      ended()
      return
    }
    guard let duration = plan.fault.duration else { return }
    simulation.schedule(after: duration.sampleDuration(plan.stream("durations"), at: occurrence)) { [self] in
      end(number)
      ended()
    }
  }

  // MARK: Faults of an instant

  private func strike(_ kind: FaultKind) {
    switch kind {
    case .gpuLost:
      if case .machine(.gpu(let id))? = state({ $0.spot(.gpu) }) { interrupt(id, cause: "GPU offline") }
    case .standbyStopped: for id in state({ $0.hosts.runningStandbys }) { stopStandby(id) }
    case .standbyPreempted:
      for id in state({ $0.hosts.runningStandbys }) { loseStandby(id, cause: "spot preemption") }
    default: break
    }
  }

  // MARK: Faults that last

  /// Begins a fault.
  ///
  /// - Returns: its number, to end it; `nil` when what it would hit does not exist.
  private func begin(_ kind: FaultKind, _ stream: RandomStream) -> Int? {
    let now = simulation.clock.now
    let begun = state { state -> ActiveFaults.Active? in
      let places = kind.way.map { [$0.from, $0.to] } ?? [kind.place]
      let spots = places.compactMap { state.spot($0) }
      guard spots.count == places.count else { return nil }
      let active = state.faults.begin(kind, at: spots, now, stream)
      state.cutOffUsers(at: now)
      if kind == .objectStoreDown { state.store.isDown = true }
      return active
    }
    guard let begun else { return nil }
    record(.faultBegan(kind.name, at: begun.place), on: begun.lane)
    recordWhatChanged(begun)
    let laid = lay(begun)
    if !laid.isEmpty { state { $0.faults.keep(laid, of: begun.number) } }
    if case .standbyDiskFull(let rate?) = kind { announceTenths(of: begun, rate) }
    disrupt()
    return begun.number
  }

  private func end(_ number: Int) {
    let now = simulation.clock.now
    let ended = state { state -> ActiveFaults.Active? in
      guard let active = state.faults.all.first(where: { $0.number == number }) else { return nil }
      state.faults.end(number)
      if active.kind == .objectStoreDown {
        state.store.isDown = state.faults.contains { $0 == .objectStoreDown }
      }
      return active
    }
    guard let ended else { return }
    record(.faultEnded(ended.kind.name, at: ended.place), on: ended.lane)
    for laid in ended.laid { network.lift(laid) }
    state { $0.letUsersBack(at: now) }
    recordWhatChanged(ended)
    disrupt()
  }

  /// Tells what others watch: prices, and how full the disk is.
  private func recordWhatChanged(_ fault: ActiveFaults.Active) {
    switch fault.kind {
    case .priceSpike: recordPrice()
    case .standbyDiskFull, .diskShrinks:
      if case .machine(.standby(let id))? = fault.spots.first { recordDisk(of: id) }
    default: break
    }
  }

  /// The lowest price of what the recovery would accept if it cost nothing.
  private func recordPrice() {
    guard let wanted = model.faults.wanted else { return }
    var query = wanted
    query.maximumPrice = .unlimited
    let factor = state { $0.faults.priceFactor }
    let prices = model.marketplace.offers.filter(query.accepts).map { $0.price.scaled(by: factor) }
    guard let lowest = prices.min() else { return }
    record(.priceChanged(lowest, limit: wanted.maximumPrice), on: .marketplace)
  }
}

/// A fault and the streams that its luck comes from.
private struct FaultPlan {
  let fault: Fault
  let streamName: String
  let simulation: Simulation

  func stream(_ use: String) -> RandomStream { simulation.stream("\(streamName) \(use)") }
}

extension WorldState {
  /// Users of a machine on which they cannot work any more are cut off; what they had last is what is on it.
  fileprivate mutating func cutOffUsers(at now: VirtualClock.Instant) {
    settle(at: now)
    for host in hosts.existing where !faults.letUsersWork(on: Spot(host)) { stopServing(host.id) }
  }

  /// Users who were sent to a machine and could not work there find it again.
  fileprivate mutating func letUsersBack(at now: VirtualClock.Instant) {
    for number in workspaces.indices where workspaces[number].serving == nil {
      if let address = workspaces[number].endpoint { serve(address, number, at: now) }
    }
  }
}

extension ActiveFaults {
  /// What offers cost, as a multiple of their price.
  var priceFactor: Ratio {
    for active in all { if case .priceSpike(let factor) = active.kind { return factor } }
    return .one
  }
}

extension HourlyPrice {
  /// More than anything costs.
  static let unlimited = HourlyPrice(perHour: Money(nanodollars: .max))

  /// So many times the price; the price itself where 64 bits do not hold the result.
  func scaled(by factor: Ratio) -> HourlyPrice {
    let scaled = UnitPrice(
      reducing: Int128(exact.nanodollars) * Int128(factor.numerator),
      per: Int128(exact.units) * Int128(factor.denominator))
    return scaled.map(HourlyPrice.init) ?? self
  }
}
