import Failover

/// What many replications have shown, in memory that does not grow with their number.
///
/// Replications are added as they come; two collectors of different replications can be merged. The sums are of floating
/// point, so that the last bits depend on the order of adding and merging: add in the order of the replications where
/// results are to be the same to the bit.
///
/// ```swift
/// var statistics = ReplicationStatistics()
/// for replication in 0..<1000 {
///   statistics.add([try ReplicationPlan().observe(scenario, replication: replication)])
/// }
/// let slow = statistics.summary(of: "mttrFull")?.p95
/// ```
public struct ReplicationStatistics: Sendable {
  public private(set) var replications = 0
  /// The incidents of all replications.
  public private(set) var incidents = 0
  /// In how many replications something that must always hold did not.
  public private(set) var violated = 0
  /// What that was in the first of them.
  public private(set) var firstViolation: String?
  private var figures = Figure.all.map(FigureStatistics.init)

  public init() {}

  /// Adds replications that are independent of all others, though not of each other: one, or an antithetic pair.
  public mutating func add(_ unit: [Observation]) {
    replications += unit.count
    for observation in unit {
      incidents += observation.incidents
      guard let violation = observation.violations.first else { continue }
      violated += 1
      if firstViolation == nil { firstViolation = violation }
    }
    for index in figures.indices {
      figures[index].add(unit.flatMap { index < $0.values.count ? $0.values[index] : [] })
    }
  }

  /// Adds what another has seen, of replications that this has not seen.
  public mutating func merge(_ other: ReplicationStatistics) {
    replications += other.replications
    incidents += other.incidents
    violated += other.violated
    if firstViolation == nil { firstViolation = other.firstViolation }
    for index in figures.indices { figures[index].merge(other.figures[index]) }
  }

  /// What is said of each figure, in the order of `Figure.all`.
  public var summaries: [FigureSummary] { figures.map(\.summary) }

  /// What is said of one figure; `nil` for a name that none has.
  public func summary(of name: String) -> FigureSummary? {
    statistics(of: name)?.summary
  }

  /// One statistic of one figure, without the work for the others; `nil` when nothing had it.
  public func estimate(_ statistic: Statistic, of name: String) -> Estimate? { statistics(of: name)?[statistic] }

  private func statistics(of name: String) -> FigureStatistics? {
    guard let figure = Figure.named(name) else { return nil }
    return figures.first { $0.figure.name == figure.name }
  }
}

/// What many replications have shown of one figure.
struct FigureStatistics: Sendable {
  /// Into how many groups of whole units the incidents are sorted, to see how much more they vary between units than
  /// incidents independent of each other would. More groups tell that better and take more memory.
  static let groupCount = 32

  let figure: Figure
  /// The sum of a unit's values, and how many it had.
  private var moments = PairedMoments()
  /// One for a figure of replications; for one of incidents, a group for each remainder of the unit's number.
  private var groups: [QuantileHistogram] = []

  init(_ figure: Figure) { self.figure = figure }

  mutating func add(_ values: [Double]) {
    let group = figure.sampling == .incident ? moments.count % Self.groupCount : 0
    while groups.count <= group { groups.append(QuantileHistogram(figure.scale)) }
    moments.add(values.reduce(0, +), Double(values.count))
    for value in values { groups[group].record(value) }
  }

  mutating func merge(_ other: FigureStatistics) {
    for (index, group) in other.groups.enumerated() {
      if index < groups.count { groups[index].merge(group) } else { groups.append(group) }
    }
    moments.merge(other.moments)
  }

  subscript(statistic: Statistic) -> Estimate? {
    switch statistic {
    case .mean: moments.ratio
    case .p5: quantile(0.05, in: ranked)
    case .p50: quantile(0.5, in: ranked)
    case .p95: quantile(0.95, in: ranked)
    case .p99: quantile(0.99, in: ranked)
    }
  }

  private var ranked: RankedValues {
    guard var all = groups.first else { return RankedValues([]) }
    for group in groups.dropFirst() { all.merge(group) }
    return all.ranked
  }

  var summary: FigureSummary {
    let ranked = ranked
    var summary = FigureSummary(name: figure.name, samples: ranked.count)
    summary.mean = moments.ratio
    summary.p5 = quantile(0.05, in: ranked)
    summary.p50 = quantile(0.5, in: ranked)
    summary.p95 = quantile(0.95, in: ranked)
    summary.p99 = quantile(0.99, in: ranked)
    return summary
  }

  private func quantile(_ p: Double, in ranked: RankedValues) -> Estimate? {
    guard let value = ranked.quantile(p) else { return nil }
    guard let effective = effectiveCount(at: value, of: ranked.count) else { return Estimate(value: value) }
    let ranks = OrderStatistics.ranks(p, count: ranked.count, effective: effective)
    return Estimate(
      value: value, low: ranks.low.flatMap(ranked.value(atRank:)), high: ranks.high.flatMap(ranked.value(atRank:)))
  }

  /// As many independent values would tell as much about how many there are up to `value`; `nil` when one unit is all.
  ///
  /// Of a figure of incidents it is their number over the design effect: the variance of the share of values up to
  /// `value`, as the groups show it, over what it would be for independent ones. That the groups are few is allowed for
  /// as Korn and Graubard do, by the ratio of the two t quantiles.
  private func effectiveCount(at value: Double, of total: Int) -> Double? {
    guard moments.count > 1 else { return nil }
    if figure.sampling == .replication { return Double(min(moments.count, total)) }
    guard groups.count > 1 else { return nil }
    let counted = groups.map { (all: Double($0.count), below: Double($0.count(atMost: value))) }
    let n = Double(total)
    let share = counted.reduce(0) { $0 + $1.below } / n
    guard share > 0, share < 1 else { return n }
    let squares = counted.reduce(0) { sum, group in
      let deviation = group.below - share * group.all
      return sum + deviation * deviation
    }
    let size = Double(groups.count)
    let variance = squares * size / (size - 1) / (n * n)
    let effect = variance * n / (share * (1 - share))
    let t = StudentDistribution.twoSided95(groups.count - 1) / ExactMath.normalQuantile(0.975)
    return min(n, n / max(effect * t * t, 1e-9))
  }
}
