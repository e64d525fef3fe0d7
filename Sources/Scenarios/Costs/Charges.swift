import Failover
import FailoverSim

/// Everything that is paid for in a run, read off its log.
public struct Charges: Sendable, Hashable {
  /// By the instant at which each is known in full.
  public let all: [Charge]
  /// The end of the run.
  public let end: Duration
  private let downloads: DownloadAllowance

  public init(_ charges: [Charge], until end: Duration, pricing: Pricing = .documented) {
    all = charges
    self.end = end
    downloads = DownloadAllowance(charges, pricing: pricing)
  }

  /// Reads a log. Whatever is still there at `end` is charged to `end`.
  ///
  /// - Parameters:
  ///   - counts: the routine's, whose syncs and snapshots leave the GPU host, and whose snapshots are kept; they are
  ///     spread
  ///     evenly over the run.
  ///   - standbyDisk: the size of a standby's disk.
  ///   - gpuPrices: the recorded price of a GPU, in order of time; from the first on it takes the place of the price at
  ///     which a GPU was rented.
  ///   - standbySharedBy: how many workspaces pay for a standby, each an equal share.
  public init(
    of events: [Event], until end: Duration, counts: RoutineCounts = RoutineCounts(),
    pricing: Pricing = .documented, standbyDisk: ByteCount = .zero,
    gpuPrices: [InterruptionTrace.PriceChange] = [], standbySharedBy: Int = 1
  ) {
    var reader = ChargeReader(
      pricing: pricing, standbyDisk: standbyDisk, gpuPrices: gpuPrices, standbySharedBy: standbySharedBy)
    let countsSnapshots = counts.snapshots.saved > 0
    for event in events where !(countsSnapshots && event.kind.isSnapshotRoutine) {
      for change in event.kind.chargeChanges { reader.apply(change, at: event.time) }
    }
    for (subject, size) in [("syncs", counts.bytesSynced), ("snapshots", counts.snapshots.stored)]
    where size > .zero {
      reader.charges.append(
        Charge(
          item: .egress, subject: subject, start: .zero, end: end, price: .transfer(size, pricing.gpuEgress)))
    }
    let kept = counts.snapshots.meanKept(until: end)
    if kept > .zero {
      reader.charges.append(
        Charge(
          item: .objectStorage, subject: "snapshots", start: .zero, end: end,
          price: .storage(kept, pricing.objectStorage)))
    }
    self.init(reader.finish(at: end), until: end, pricing: pricing)
  }

  /// The charges of a run at its scenario's prices, and at those of its trace where that recorded some.
  public init(of run: Run) {
    let scenario = run.scenario
    self.init(
      of: run.events, until: run.length, counts: run.counts, pricing: scenario.pricing,
      standbyDisk: scenario.strategy.standby?.machine.disk ?? .zero, gpuPrices: scenario.world.interruptions.recordedPrices, standbySharedBy: scenario.standbySharedBy)
  }

  /// What was paid in all.
  public var cost: Cost { cost(from: .zero, to: end + .nanoseconds(1)) }

  /// What was paid between two instants, each item rounded down to a nanodollar. Free downloads are shared by all
  /// downloads of a month of 30 days alike.
  public func cost(from: Duration, to: Duration) -> Cost {
    var sums = Array(repeating: ExactMoney.zero, count: CostItem.allCases.count)
    for charge in all where charge.item != .download && charge.start < to && charge.end >= from {
      sums[charge.item.place] += charge.amount(from: from, to: to)
    }
    sums[CostItem.download.place] = downloads.cost(from: from, to: to)
    var cost = Cost()
    for item in CostItem.allCases { cost[item] = sums[item.place].rounded }
    return cost
  }

  /// What an hour of a GPU cost at an instant; `nil` when it was not paid for then.
  public func gpuPrice(of id: InstanceID, at time: Duration) -> HourlyPrice? {
    let charge = all.first {
      $0.item == .gpu && $0.subject == id.rawValue && $0.start <= time && time <= $0.end
    }
    if case .time(let price)? = charge?.price { return price }
    return nil
  }
}

extension InterruptionModel {
  /// The prices that were recorded with a trace; empty without one.
  var recordedPrices: [InterruptionTrace.PriceChange] {
    if case .trace(let trace) = self { trace.prices } else { [] }
  }
}
