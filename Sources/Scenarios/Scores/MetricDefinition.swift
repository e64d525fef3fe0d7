import Failover

/// A metric: what it is called, what it means, and how it is found in a log.
public struct MetricDefinition: Sendable {
  /// Whether one would rather have more of it.
  public enum Better: String, Sendable, Hashable, CaseIterable {
    case lower, higher
    /// It says something about the world, not about how well anything works.
    case neither
  }

  /// Such as `mttd.p95`: the name in rubrics, limits and comparisons.
  public let name: String
  public let unit: MetricUnit
  public let better: Better
  /// What it is, in a few words.
  public let help: String
  /// The figure; `nil` where a run has none.
  let read: @Sendable (MetricInputs) -> MetricValue?
}

extension MetricDefinition {
  static func duration(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Duration?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .duration, better: better, help: help) { read($0).map(MetricValue.duration) }
  }

  static func money(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Money?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .money, better: better, help: help) { read($0).map(MetricValue.money) }
  }

  static func share(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Ratio?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .share, better: better, help: help) { read($0).map(MetricValue.share) }
  }

  static func count(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Int?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .count, better: better, help: help) { read($0).map(MetricValue.count) }
  }

  /// How many in a month of 30 days.
  static func monthly(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Int
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .count, better: better, help: help) { inputs in
      inputs.perMonth(read(inputs)).map(MetricValue.count)
    }
  }

  static func bytes(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> ByteCount?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .bytes, better: better, help: help) { read($0).map(MetricValue.bytes) }
  }
}

/// All that a metric may be computed from: a log, what it counted, and how long it is.
struct MetricInputs: Sendable {
  let metrics: Metrics
  let incidents: [Incident]
  let tally: FailoverTally
  let routine: RoutineCounts
  let length: Duration
  /// A script decided when things happened, so that nothing can be said of how often they do.
  let isScripted: Bool
  /// How many of what must always hold did not; `nil` where nobody looked.
  let violations: Int?
  /// What people would have been called for.
  let alerts: [Alert]
  private let counts: [String: Int]

  init(
    events: [Event], counts routine: RoutineCounts, length: Duration, isScripted: Bool, violations: Int?,
    workload: Workload, rules: [AlertRule], charges: Charges?
  ) {
    metrics = Metrics(of: events, until: length, workload: workload, charges: charges)
    incidents = Incident.all(in: events)
    tally = FailoverTally(events)
    self.routine = routine
    self.length = length
    self.isScripted = isScripted
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

  /// Several runs as if they were one after the other: the incidents of all, the time and the money of all.
  ///
  /// - Parameter violations: how many of what must always hold did not; the sum of the runs, when `nil`.
  init(pooling runs: [MetricInputs], violations: Int? = nil) {
    metrics = Metrics(pooling: runs)
    incidents = runs.flatMap(\.incidents)
    tally = runs.reduce(FailoverTally([])) { $0 + $1.tally }
    routine = runs.reduce(RoutineCounts()) { $0 + $1.routine }
    length = runs.reduce(.zero) { $0 + $1.length }
    isScripted = runs.contains(where: \.isScripted)
    self.violations = violations ?? runs.reduce(0) { $0 + ($1.violations ?? 0) }
    alerts = runs.flatMap(\.alerts)
    var counts: [String: Int] = [:]
    for run in runs { counts.merge(run.counts, uniquingKeysWith: +) }
    self.counts = counts
  }

  /// Whether anything could have been lost.
  var hasLosses: Bool { !incidents.isEmpty || !metrics.lostWork.restarts.isEmpty }

  /// How many events of a kind the log holds.
  func count(_ kind: String) -> Int { counts[kind] ?? 0 }

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
