/// How a random quantity is distributed: a plain value that a scenario states and the simulation samples.
///
/// The numbers have the unit of the quantity; where a distribution stands for a time they are seconds, and
/// `sampleDuration` turns them into whole nanoseconds. Nothing is checked when a value is made: `validate()`
/// says what is wrong with it. Sampling an invalid distribution gives a meaningless number but never traps.
public enum Distribution: Sendable, Hashable {
  /// Always the same value.
  case constant(Double)
  /// Every value from `low` to `high` equally likely.
  case uniform(low: Double, high: Double)
  /// The time to the next of events that come independently of each other, on average every `mean`.
  case exponential(mean: Double)
  /// Lifetimes: failures get rarer with age for a `shape` below 1 (infant mortality), likelier above (wear);
  /// a shape of 1 is the exponential distribution of mean `scale`. 63 % of the values are below `scale`.
  case weibull(shape: Double, scale: Double)
  /// Durations with a long tail: the logarithm is normal, of standard deviation `sigma`. Half of the values
  /// are below `median` and two thirds within a factor of exp(`sigma`) of it.
  case lognormal(median: Double, sigma: Double)
  /// The sum of `shape` exponential stages of mean `scale`; the shape need not be a whole number.
  case gamma(shape: Double, scale: Double)
  /// Between `low` and `high`, likeliest at `mode`, with straight flanks.
  case triangular(low: Double, mode: Double, high: Double)
  /// Measured quantiles, with straight lines between them; see `QuantilePoint`.
  case empirical([QuantilePoint])
  /// One of several distributions, chosen by weight for each draw.
  case mixture([Component])
  /// The distribution given that its value lies from `low` to `high`. Either end may be infinite.
  indirect case truncated(Distribution, low: Double, high: Double)
  /// A script instead of chance, for drills: the n-th draw gives the n-th value, and the last one repeats.
  case sequence([Double])

  /// One row of an empirical distribution: a share of `probability` of all values is at most `value`.
  ///
  /// The rows' probabilities rise from exactly 0 to exactly 1; values may repeat, which makes that one value
  /// as likely as the step is high, but not fall.
  public struct QuantilePoint: Sendable, Hashable {
    /// From 0 to 1.
    public var probability: Double
    public var value: Double

    public init(probability: Double, value: Double) {
      self.probability = probability
      self.value = value
    }
  }

  /// One distribution of a mixture.
  public struct Component: Sendable, Hashable {
    /// Greater than zero; the weights of a mixture need not add up to 1.
    public var weight: Double
    public var distribution: Distribution

    public init(weight: Double, distribution: Distribution) {
      self.weight = weight
      self.distribution = distribution
    }
  }
}

extension Distribution {
  /// A number no value is below, the greatest such; `nil` when there is none.
  public var lowerBound: Double? {
    switch self {
    case .constant(let value): value
    case .uniform(let low, _), .triangular(let low, _, _): low
    case .exponential, .weibull, .gamma: 0
    case .lognormal(let median, let sigma): sigma == 0 ? median : 0
    case .empirical(let points): points.first?.value
    case .mixture(let components): Self.extreme(components.map(\.distribution.lowerBound), min)
    case .truncated(let inner, let low, _): Self.finite(max(low, inner.lowerBound ?? -.infinity))
    case .sequence(let values): values.min()
    }
  }

  /// A number no value is above, the least such; `nil` when there is none: the quantity has no worst case.
  public var upperBound: Double? {
    switch self {
    case .constant(let value): value
    case .uniform(_, let high), .triangular(_, _, let high): high
    case .exponential, .weibull, .gamma: nil
    case .lognormal(let median, let sigma): sigma == 0 ? median : nil
    case .empirical(let points): points.last?.value
    case .mixture(let components): Self.extreme(components.map(\.distribution.upperBound), max)
    case .truncated(let inner, _, let high): Self.finite(min(high, inner.upperBound ?? .infinity))
    case .sequence(let values): values.max()
    }
  }

  private static func finite(_ bound: Double) -> Double? {
    bound.isFinite ? bound : nil
  }

  private static func extreme(
    _ bounds: [Double?], _ choose: (Double, Double) -> Double
  ) -> Double? {
    let known = bounds.compactMap(\.self)
    guard let first = known.first, known.count == bounds.count else { return nil }
    return known.dropFirst().reduce(first, choose)
  }
}
