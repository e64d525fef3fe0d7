import Failover
import FailoverSim

/// Turns what happens to machines and data into charges.
struct ChargeReader {
  private struct Machine {
    let id: InstanceID
    let role: MachineRole
    let price: HourlyPrice
    var state: State
    var since: Duration

    enum State { case running, stopped, gone }
  }

  /// What is kept somewhere, by what it is.
  private struct Thing: Hashable {
    let item: CostItem
    let name: String
  }

  private struct Kept {
    let thing: Thing
    let size: ByteCount
    let since: Duration
    /// The order of arrival.
    let number: Int
  }

  let pricing: Pricing
  let standbyDisk: ByteCount
  let gpuPrices: [InterruptionTrace.PriceChange]
  /// How many workspaces pay for a standby, each an equal share.
  let standbySharedBy: Int
  var charges: [Charge] = []
  private var machines: [Machine] = []
  private var kept: [Thing: Kept] = [:]
  private var arrivals = 0

  init(
    pricing: Pricing, standbyDisk: ByteCount, gpuPrices: [InterruptionTrace.PriceChange], standbySharedBy: Int = 1
  ) {
    self.standbySharedBy = standbySharedBy
    self.pricing = pricing
    self.standbyDisk = standbyDisk
    self.gpuPrices = gpuPrices
  }

  mutating func apply(_ change: ChargeChange, at time: Duration) {
    switch change {
    case .rented(let id, let role, let price):
      set(id, to: .gone, at: time)
      machines.removeAll { $0.id == id }
      machines.append(Machine(id: id, role: role, price: price, state: .running, since: time))
      if role == .standby { keep(.standbyDisk, id.rawValue, standbyDisk, at: time) }
    case .stopped(let id): set(id, to: .stopped, at: time)
    case .started(let id): set(id, to: .running, at: time)
    case .lost(let id): set(id, to: .gone, at: time)
    case .ended(let id):
      set(id, to: .gone, at: time)
      machines.removeAll { $0.id == id }
      discard(.standbyDisk, id.rawValue, at: time)
    case .kept(let item, let name, let size): keep(item, name, size, at: time)
    case .discarded(let item, let name): discard(item, name, at: time)
    case .downloaded(let size): move(.download, "snapshots", size, pricing.download, at: time)
    case .sent(by: .gpu, let size): move(.egress, "from the GPU", size, pricing.gpuEgress, at: time)
    case .sent(by: .standby, let size):
      move(.egress, "from the standby", size, pricing.standbyEgress, at: time)
    }
  }

  /// Closes what is open.
  mutating func finish(at end: Duration) -> [Charge] {
    for machine in machines { set(machine.id, to: .gone, at: end) }
    // In the order of arrival: that of a dictionary differs from run to run.
    for thing in kept.values.sorted(by: { $0.number < $1.number }) { close(thing, at: end) }
    kept = [:]
    return charges
  }

  // MARK: Machines

  private mutating func set(_ id: InstanceID, to state: Machine.State, at time: Duration) {
    guard let index = machines.firstIndex(where: { $0.id == id }) else { return }
    let machine = machines[index]
    machines[index].state = state
    machines[index].since = time
    guard time > machine.since else { return }
    switch (machine.state, machine.role) {
    case (.running, .gpu): chargeGPU(machine, to: time)
    case (.running, .standby): charge(.standby, machine, machine.since, time, machine.price.shared(by: standbySharedBy))
    case (.stopped, .gpu): charge(.stoppedGPU, machine, machine.since, time, pricing.stoppedGPU)
    // A stopped virtual machine costs nothing but its disk.
    case (.stopped, .standby), (.gone, _): break
    }
  }

  /// At the recorded prices where there are any, at the price of the rental until the first of them.
  private mutating func chargeGPU(_ machine: Machine, to end: Duration) {
    var (start, price) = (machine.since, machine.price)
    let next = changes(upTo: start)
    if next > 0 { price = gpuPrices[next - 1].price }
    for change in gpuPrices[next...] {
      if change.at >= end { break }
      if change.price == price { continue }
      charge(.gpu, machine, start, change.at, price)
      (start, price) = (change.at, change.price)
    }
    charge(.gpu, machine, start, end, price)
  }

  /// How many of the recorded prices had come into force by then.
  private func changes(upTo time: Duration) -> Int {
    var (low, high) = (0, gpuPrices.count)
    while low < high {
      let middle = (low + high) / 2
      if gpuPrices[middle].at <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func charge(
    _ item: CostItem, _ machine: Machine, _ start: Duration, _ end: Duration, _ price: HourlyPrice
  ) {
    charges.append(
      Charge(item: item, subject: machine.id.rawValue, start: start, end: end, price: .time(price)))
  }

  // MARK: Data

  private mutating func keep(_ item: CostItem, _ name: String, _ size: ByteCount, at time: Duration) {
    let thing = Thing(item: item, name: name)
    guard size > .zero, kept[thing] == nil else { return }
    arrivals += 1
    kept[thing] = Kept(thing: thing, size: size, since: time, number: arrivals)
  }

  private mutating func discard(_ item: CostItem, _ name: String, at time: Duration) {
    if let thing = kept.removeValue(forKey: Thing(item: item, name: name)) { close(thing, at: time) }
  }

  private mutating func close(_ kept: Kept, at time: Duration) {
    guard time > kept.since else { return }
    let price =
      switch kept.thing.item {
      case .volume: pricing.volume
      case .standbyDisk: pricing.standbyDisk.shared(by: standbySharedBy)
      default: pricing.objectStorage
      }
    charges.append(
      Charge(
        item: kept.thing.item, subject: kept.thing.name, start: kept.since, end: time,
        price: .storage(kept.size, price)))
  }

  private mutating func move(
    _ item: CostItem, _ subject: String, _ size: ByteCount, _ price: TransferPrice, at time: Duration
  ) {
    guard size > .zero else { return }
    charges.append(
      Charge(item: item, subject: subject, start: time, end: time, price: .transfer(size, price)))
  }
}
