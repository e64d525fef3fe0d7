import Failover

/// One scenario played with several seeds, and the figures of all of it together.
public struct Replications: Sendable {
  public let scenario: Scenario
  /// The seeds were 1 to this.
  public let seeds: Int
  /// The figures over the incidents of all runs, and over their time together.
  public let metrics: MetricTable
  /// The incidents of all runs, in the order of the seeds.
  public let incidents: [Incident]
  /// What held up incidents, and how many of them each; the most frequent first.
  public let hindrances: [(cause: String, incidents: Int)]
  /// The same figures before they have names.
  let pooled: Metrics
  /// What held up each of the incidents, in their order; a cause stands once for an incident.
  let causes: [[String]]
  /// The figures of each run, in the order of the seeds.
  let runs: [MetricInputs]
  /// What must always hold and did not, with the seed.
  public let violations: [(seed: UInt64, sentence: String)]

  /// Plays `scenario` with the seeds from 1 to `seeds`.
  ///
  /// - Parameter progress: called after each run with how many are done.
  /// - Throws: what a run throws.
  public init(
    _ scenario: Scenario, seeds: Int, until: Duration? = nil, workers: Workers = Workers(),
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws {
    let outcomes = try workers.map(seeds, finished: progress) { index -> Outcome in
      Outcome(try Run(scenario, seed: UInt64(index) + 1, until: until))
    }
    self.scenario = scenario
    self.seeds = seeds
    runs = outcomes.map(\.inputs)
    let pooled = MetricInputs(pooling: runs)
    metrics = MetricTable(pooled)
    self.pooled = pooled.metrics
    incidents = pooled.incidents
    causes = outcomes.flatMap(\.causes)
    violations = outcomes.enumerated().flatMap { index, outcome in
      outcome.violations.map { (UInt64(index) + 1, $0) }
    }
    hindrances = Hindrance.tally(causes.joined())
  }

  /// What is kept of a run: not its log.
  private struct Outcome: Sendable {
    var inputs: MetricInputs
    /// What held up each incident, each cause once.
    var causes: [[String]]
    var violations: [String]

    init(_ run: Run) {
      inputs = MetricInputs(run)
      causes = run.causes
      violations = run.violations
    }
  }
}

/// The mean over replications, and how far it may be from the truth.
public struct MeanEstimate: Sendable, Hashable {
  /// How many replications had the figure.
  public var count: Int
  public var mean: Double
  /// Half the width of the 95 % confidence interval; `nil` with fewer than two replications.
  public var halfWidth: Double?

  /// - Parameter values: one a replication, independent of each other.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else { return }
    let center = mean
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let deviation = (squares / Double(values.count - 1)).squareRoot()
    halfWidth = StudentDistribution.twoSided95(values.count - 1) * deviation / Double(values.count).squareRoot()
  }

  /// Whether zero is outside the interval: the mean is different from nothing.
  public var isClear: Bool { halfWidth.map { abs(mean) > $0 } ?? false }
}
