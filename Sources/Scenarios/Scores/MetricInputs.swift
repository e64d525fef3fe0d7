import Failover

/// What has been read off a log, or off several as if they were one after the other.
protocol LogFigures {
  var metrics: Metrics { get }
  var incidents: [Incident] { get }
  var length: Duration { get }
  /// A script decided when things happened, so that nothing can be said of how often they do.
  var isScripted: Bool { get }
}

extension LogFigures {
  /// Whether anything could have been lost.
  var hasLosses: Bool { !incidents.isEmpty || !metrics.lostWork.restarts.isEmpty }

  /// The share of the first number in the sum of both; `nil` when both are zero.
  func share(_ part: Int, and rest: Int) -> Ratio? { Ratio(Int64(part), over: Int64(part + rest)) }

  /// The share of the time in which users had this service; `nil` when they never had any.
  func share(_ service: KeyPath<Availability, Duration>) -> Ratio? {
    let availability = metrics.availability
    return Ratio(
      availability[keyPath: service].wholeNanoseconds, over: availability.total.wholeNanoseconds)
  }

  /// How many there would be in 30 days at this rate; `nil` for a script and for no time at all.
  func perMonth(_ number: Int) -> Ratio? {
    guard !isScripted else { return nil }
    // Microseconds, so that the fraction of even a million events fits 64 bits.
    return Ratio(
      reducing: Int128(number) * Int128(Duration.billingMonth.wholeNanoseconds / 1_000),
      over: Int128(length.wholeNanoseconds / 1_000))
  }

  /// What 30 days cost at this rate; `nil` for a script and for no time at all.
  var monthlyCost: Cost? { isScripted || length <= .zero ? nil : metrics.bill.month }
}

/// What the figures of many replications are computed from. It is kept apart from the rest because reading the rest
/// took longer than this, for each replication.
struct FigureInputs: LogFigures, Sendable {
  let metrics: Metrics
  let incidents: [Incident]
  let length: Duration
  let isScripted: Bool

  init(events: [Event], length: Duration, isScripted: Bool, workload: Workload, charges: Charges?) {
    incidents = Incident.all(in: events)
    metrics = Metrics(of: events, incidents, until: length, workload: workload, charges: charges)
    self.length = length
    self.isScripted = isScripted
  }

  /// Of a fleet, all workspaces together.
  init(_ run: Run) {
    guard run.companions.isEmpty else {
      self.init(pooling: run.workspaces.map { FigureInputs(alone: $0) })
      return
    }
    self.init(alone: run)
  }

  private init(alone run: Run) {
    self.init(
      events: run.events, length: run.length, isScripted: run.isDrill, workload: run.scenario.workload,
      charges: Charges(of: run))
  }

  /// Several runs as if they were one after the other: the incidents of all, the time and the money of all.
  init(pooling runs: [FigureInputs]) {
    metrics = Metrics(pooling: runs)
    incidents = runs.flatMap(\.incidents)
    length = runs.reduce(.zero) { $0 + $1.length }
    isScripted = runs.contains(where: \.isScripted)
  }
}

/// All that a metric may be computed from: a log, what it counted, and how long it is.
struct MetricInputs: LogFigures, Sendable {
  private let figures: FigureInputs
  let tally: FailoverTally
  let routine: RoutineCounts
  /// How many of what must always hold did not; `nil` where nobody looked.
  let violations: Int?
  /// What people would have been called for.
  let alerts: [Alert]
  private let counts: [String: Int]

  var metrics: Metrics { figures.metrics }
  var incidents: [Incident] { figures.incidents }
  var length: Duration { figures.length }
  var isScripted: Bool { figures.isScripted }

  init(
    events: [Event], counts routine: RoutineCounts, length: Duration, isScripted: Bool, violations: Int?,
    workload: Workload, rules: [AlertRule], charges: Charges?
  ) {
    figures = FigureInputs(
      events: events, length: length, isScripted: isScripted, workload: workload, charges: charges)
    tally = FailoverTally(events)
    self.routine = routine
    self.violations = violations
    alerts = AlertWatch.alerts(in: events, by: rules)
    var counts: [String: Int] = [:]
    for event in events { counts[event.kind.name, default: 0] += 1 }
    self.counts = counts
  }

  /// Of a fleet, all workspaces together.
  init(_ run: Run) {
    guard run.companions.isEmpty else {
      self.init(pooling: run.workspaces.map { MetricInputs(alone: $0) }, violations: run.violations.count)
      return
    }
    self.init(alone: run)
  }

  private init(alone run: Run) {
    self.init(
      events: run.events, counts: run.counts, length: run.length, isScripted: run.isDrill,
      violations: run.violations.count, workload: run.scenario.workload,
      rules: run.scenario.monitoring.rules, charges: Charges(of: run))
  }

  /// Several runs as if they were one after the other.
  ///
  /// - Parameter violations: how many of what must always hold did not; the sum of the runs, when `nil`.
  init(pooling runs: [MetricInputs], violations: Int? = nil) {
    figures = FigureInputs(pooling: runs.map(\.figures))
    tally = runs.reduce(FailoverTally([])) { $0 + $1.tally }
    routine = runs.reduce(RoutineCounts()) { $0 + $1.routine }
    self.violations = violations ?? runs.reduce(0) { $0 + ($1.violations ?? 0) }
    alerts = runs.flatMap(\.alerts)
    var counts: [String: Int] = [:]
    for run in runs { counts.merge(run.counts, uniquingKeysWith: +) }
    self.counts = counts
  }

  /// How many events of a kind the log holds.
  func count(_ kind: String) -> Int { counts[kind] ?? 0 }
}
