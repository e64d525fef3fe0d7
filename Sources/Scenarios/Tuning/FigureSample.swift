import Failover

/// A statistic of a figure with what each independent unit of replications has moved it by.
///
/// The influences make two cells that were played with the same luck comparable: what both owe to a lucky month
/// cancels in the differences, unit by unit, for a quantile as for a mean. The influence on a mean is that of the
/// ratio estimator (x - R·y) / ȳ; that on a quantile is Bahadur's: the share of the unit's values beyond it, over the
/// density there (R. R. Bahadur, "A Note on Quantiles in Large Samples", Annals of Mathematical Statistics 37, 1966).
struct FigureSample: Sendable, Hashable {
  let value: Double
  /// One for each unit; their sum is zero.
  let influences: [Double]
  /// Whether there were values enough for the influences to be trusted.
  let isReliable: Bool

  /// Of a quantile, this many values must lie beyond it.
  static let fewestBeyond = 5.0

  init(value: Double, influences: [Double], isReliable: Bool = true) {
    self.value = value
    self.influences = influences
    self.isReliable = isReliable
  }

  /// - Parameter units: the values of each unit of replications; may be empty ones.
  /// - Returns: `nil` when there is no value at all.
  init?(_ units: [[Double]], _ statistic: Statistic) {
    switch statistic {
    case .mean: self.init(mean: units)
    case .p5: self.init(quantile: 0.05, of: units)
    case .p50: self.init(quantile: 0.5, of: units)
    case .p95: self.init(quantile: 0.95, of: units)
    case .p99: self.init(quantile: 0.99, of: units)
    }
  }

  private init?(mean units: [[Double]]) {
    let sums = units.map { $0.reduce(0, +) }
    let count = units.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    let mean = sums.reduce(0, +) / Double(count)
    let perUnit = Double(count) / Double(units.count)
    self.init(value: mean, influences: zip(sums, units).map { ($0 - mean * Double($1.count)) / perUnit })
  }

  private init?(quantile p: Double, of units: [[Double]]) {
    let sorted = units.flatMap(\.self).sorted()
    guard !sorted.isEmpty else { return nil }
    let n = Double(sorted.count)
    func at(_ part: Double) -> Double {
      sorted[min(sorted.count, max(1, Int((part * n - 1e-9).rounded(.up)))) - 1]
    }
    let value = at(p)
    // The density is that between two quantiles around it; farther apart where many values are the same.
    var half = min(p, 1 - p) / 2
    while at(p + half) == at(p - half), half < 0.5 { half *= 2 }
    let (low, high) = (max(0, p - half), min(1, p + half))
    let spread = (at(high) - at(low)) / (high - low)
    let perUnit = n / Double(units.count)
    let shares = units.map { unit in
      (p * Double(unit.count) - Double(unit.count { $0 <= value })) * spread / perUnit
    }
    let mean = shares.reduce(0, +) / Double(shares.count)
    self.init(
      value: value, influences: shares.map { $0 - mean }, isReliable: n * min(p, 1 - p) >= Self.fewestBeyond)
  }

  /// `nil` with fewer than two units, or too few values.
  var standardError: Double? { error(of: influences) }

  private func error(of influences: [Double]) -> Double? {
    guard isReliable, influences.count > 1 else { return nil }
    let n = Double(influences.count)
    let squares = influences.reduce(0) { $0 + $1 * $1 }
    // What rounding leaves of values that are all the same is no variation.
    let error = (squares / (n * (n - 1))).squareRoot()
    return error > 1e-12 * value.magnitude ? error : 0
  }

  /// How much this is above `factor` times another of the same units, in standard errors of that difference; infinite
  /// when nothing varies. `nil` when it cannot be told.
  func excess(over other: FigureSample, times factor: Double = 1) -> Double? {
    guard isReliable, other.isReliable, influences.count == other.influences.count else { return nil }
    let difference = value - factor * other.value
    guard let error = error(of: zip(influences, other.influences).map { $0 - factor * $1 }) else { return nil }
    if error > 0 { return difference / error }
    return difference.magnitude <= 1e-12 * value.magnitude ? 0 : difference < 0 ? -.infinity : .infinity
  }

  /// The same with more being less.
  func times(_ sign: Double) -> FigureSample {
    FigureSample(value: value * sign, influences: influences.map { $0 * sign }, isReliable: isReliable)
  }
}
