/// A figure of many replications, and between which values the truth lies with a confidence of 95 %.
public struct Estimate: Sendable, Hashable, Codable {
  public var value: Double
  /// The lower end of the interval; `nil` while there is too little to say.
  public var low: Double?
  /// The upper end; `nil` while there is too little to say, as for a 99th percentile of twenty values.
  public var high: Double?

  public init(value: Double, low: Double? = nil, high: Double? = nil) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// How far the truth may be from the figure, to the farther side; `nil` while an end is unknown.
  public var margin: Double? {
    guard let low, let high else { return nil }
    return max(value - low, high - value)
  }
}

/// What is said of one figure after many replications. Seconds, dollars, shares of 1 or numbers, as its unit is.
public struct FigureSummary: Sendable, Hashable, Codable {
  /// The figure's name, such as `mttrFull`.
  public var name: String
  /// How many incidents, or how many replications, had it.
  public var samples: Int
  /// `nil` when nothing had it; so are the quantiles.
  public var mean: Estimate?
  public var p5: Estimate?
  public var p50: Estimate?
  public var p95: Estimate?
  public var p99: Estimate?

  public init(name: String, samples: Int) {
    self.name = name
    self.samples = samples
  }

  /// One of its statistics.
  public subscript(statistic: Statistic) -> Estimate? {
    switch statistic {
    case .mean: mean
    case .p5: p5
    case .p50: p50
    case .p95: p95
    case .p99: p99
    }
  }
}

/// What is reckoned of a figure's values.
public enum Statistic: String, Sendable, Hashable, CaseIterable {
  case mean, p5, p50, p95, p99
}
