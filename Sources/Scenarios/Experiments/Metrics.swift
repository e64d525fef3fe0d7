import Failover

/// The figures of one run, all computed from its log.
public struct Metrics: Sendable, Hashable {
  /// Failovers that had a fault, and those that had none.
  public var interruptions = 0
  public var falseFailovers = 0
  public var timeToDetect: Summary
  public var timeToDegradedService: Summary
  public var timeToFullService: Summary
  public var recoveryPoint: Summary
  /// The sum over all incidents of what had been written and not been copied.
  public var unsynced = ByteCount.zero
  public var availability: Availability
  /// How often those who were being served were cut off: a machine was lost, or they were moved.
  public var connectionsCut = 0
  /// The work that must be done again.
  public var lostWork: LostWork
  /// The same, summarised over the incidents.
  public var lostWorkTime: Summary
  public var bill: Bill

  /// What the whole run cost.
  public var cost: Cost { bill.whole }

  public init(_ run: Run) {
    self.init(of: run.events, until: run.length, workload: run.scenario.workload, charges: Charges(of: run))
  }

  /// Reads a log that ends at `end`.
  ///
  /// - Parameters:
  ///   - workload: what ran on the GPUs.
  ///   - charges: what is paid for; at the documents' prices, when `nil`.
  public init(
    of events: [Event], until end: Duration, workload: Workload = .interactive, charges: Charges? = nil
  ) {
    self.init(of: events, Incident.all(in: events), until: end, workload: workload, charges: charges)
  }

  /// - Parameter incidents: of the same log.
  init(of events: [Event], _ incidents: [Incident], until end: Duration, workload: Workload, charges: Charges?) {
    let charges = charges ?? Charges(of: events, until: end)
    let spans = ServiceSpan.all(in: events, until: end)
    interruptions = incidents.count { !$0.isFalse }
    falseFailovers = incidents.count { $0.isFalse && $0.detected != nil }
    timeToDetect = Summary(incidents.compactMap(\.timeToDetect))
    timeToDegradedService = Summary(incidents.compactMap(\.timeToDegradedService))
    timeToFullService = Summary(incidents.compactMap(\.timeToFullService))
    recoveryPoint = Summary(incidents.compactMap(\.recoveryPoint))
    unsynced = incidents.compactMap(\.unsynced).reduce(.zero, +)
    availability = Availability(of: spans)
    connectionsCut = spans.count { $0.machine != nil && $0.end < end }
    lostWork = LostWork(of: events, incidents, until: end, workload: workload, charges: charges)
    lostWorkTime = lostWork.summary
    bill = Bill(charges, incidents, lostWork)
  }

  /// Several runs as if they were one after the other.
  init(pooling runs: [FigureInputs]) {
    let incidents = runs.flatMap(\.incidents)
    interruptions = runs.reduce(0) { $0 + $1.metrics.interruptions }
    falseFailovers = runs.reduce(0) { $0 + $1.metrics.falseFailovers }
    timeToDetect = Summary(incidents.compactMap(\.timeToDetect))
    timeToDegradedService = Summary(incidents.compactMap(\.timeToDegradedService))
    timeToFullService = Summary(incidents.compactMap(\.timeToFullService))
    recoveryPoint = Summary(incidents.compactMap(\.recoveryPoint))
    unsynced = runs.reduce(.zero) { $0 + $1.metrics.unsynced }
    availability = runs.reduce(Availability()) { $0 + $1.metrics.availability }
    connectionsCut = runs.reduce(0) { $0 + $1.metrics.connectionsCut }
    lostWork = LostWork(pooling: runs.map(\.metrics.lostWork))
    lostWorkTime = lostWork.summary
    bill = Bill(pooling: runs.map(\.metrics.bill), length: runs.reduce(.zero) { $0 + $1.length })
  }
}

/// Mean, median, 95th percentile and maximum of the incidents of one run.
public struct Summary: Sendable, Hashable {
  public var count: Int
  /// All `nil` when there is nothing to summarise.
  public var mean: Duration?
  public var median: Duration?
  /// By the nearest-rank method, as the median.
  public var percentile95: Duration?
  public var minimum: Duration?
  public var maximum: Duration?

  public init(_ values: [Duration]) {
    count = values.count
    guard !values.isEmpty else { return }
    let sorted = values.sorted()
    let sum = values.reduce(Int128(0)) { $0 + Int128($1.wholeNanoseconds) }
    mean = .nanoseconds(Int64(sum / Int128(values.count)))
    func rank(_ percent: Int) -> Duration { sorted[max(0, (percent * values.count + 99) / 100 - 1)] }
    median = rank(50)
    percentile95 = rank(95)
    minimum = sorted.first
    maximum = sorted.last
  }
}
