import Failover

/// A figure seed by seed, from which a statistic can be reckoned as if each seed had come up any number of times.
struct SeedSeries: Sendable, Hashable {
  private let statistic: Statistic
  /// For the mean: the sum and the number of each seed's values.
  private let sums: [Double]
  private let counts: [Double]
  /// For a quantile: all values in ascending order, each with its seed.
  private let sorted: [Int64]
  private let owners: [Int]

  init(_ values: [[Int64]], _ statistic: Statistic) {
    self.statistic = statistic
    sums = values.map { $0.reduce(0.0) { $0 + Double($1) } }
    counts = values.map { Double($0.count) }
    guard statistic != .mean else {
      sorted = []
      owners = []
      return
    }
    let all = values.enumerated().flatMap { seed, values in values.map { (value: $0, seed: seed) } }
      .sorted { ($0.value, $0.seed) < ($1.value, $1.seed) }
    sorted = all.map(\.value)
    owners = all.map(\.seed)
  }

  init(sums: [Int64], counts: [Int]) {
    statistic = .mean
    self.sums = sums.map(Double.init)
    self.counts = counts.map(Double.init)
    sorted = []
    owners = []
  }

  var seeds: Int { counts.count }

  /// The statistic of what was seen; `nil` without a value.
  var value: Double? { value(Array(repeating: UInt16(1), count: seeds)[...]) }

  /// The statistic, had each seed come up so many times; `nil` without a value.
  ///
  /// Quantiles are by the nearest rank.
  ///
  /// - Parameter times: one number for each seed.
  func value(_ times: ArraySlice<UInt16>) -> Double? {
    var (sum, count) = (0.0, 0.0)
    var seed = 0
    for repetition in times {
      if repetition != 0 {
        count += Double(repetition) * counts[seed]
        sum += Double(repetition) * sums[seed]
      }
      seed += 1
    }
    guard count > 0 else { return nil }
    guard let p = statistic.probability else { return sum / count }
    var rank = max(1, Int((p * count - 1e-9).rounded(.up)))
    let start = times.startIndex
    var index = 0
    while index < sorted.count {
      rank -= Int(times[start + owners[index]])
      if rank <= 0 { return Double(sorted[index]) }
      index += 1
    }
    return sorted.last.map(Double.init)
  }
}

extension Statistic {
  /// Of a quantile; `nil` for the mean.
  fileprivate var probability: Double? {
    switch self {
    case .mean: nil
    case .p5: 0.05
    case .p50: 0.5
    case .p95: 0.95
    case .p99: 0.99
    }
  }
}
