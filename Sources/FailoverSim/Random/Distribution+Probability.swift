import Failover

extension Distribution {
  /// The probability of a value of at most `x` (the cumulative distribution function); `nil` for a sequence,
  /// which is not random.
  public func probability(upTo x: Double) -> Double? {
    probability(x, inclusive: true)
  }

  /// The probability of a value strictly below `x`. It differs from that of at most `x` only where a single
  /// value has a probability of its own: a constant, or an empirical table with repeated values.
  public func probability(below x: Double) -> Double? {
    probability(x, inclusive: false)
  }

  /// The probability of a value from `low` to `high`, both included; 0 for a sequence.
  func probability(from low: Double, through high: Double) -> Double {
    guard let upTo = probability(upTo: high), let below = probability(below: low) else { return 0 }
    return upTo - below
  }

  private func probability(_ x: Double, inclusive: Bool) -> Double? {
    switch self {
    case .constant(let value):
      return Self.step(at: value, x, inclusive)
    case .uniform(let low, let high):
      if low == high { return Self.step(at: low, x, inclusive) }
      return min(1, max(0, (x - low) / (high - low)))
    case .exponential(let mean):
      return x <= 0 ? 0 : 1 - ExactMath.exp(-x / mean)
    case .weibull(let shape, let scale):
      return x <= 0 ? 0 : 1 - ExactMath.exp(-ExactMath.pow(x / scale, shape))
    case .lognormal(let median, let sigma):
      if sigma == 0 { return Self.step(at: median, x, inclusive) }
      return x <= 0 ? 0 : ExactMath.normalCumulative(ExactMath.log(x / median) / sigma)
    case .gamma(let shape, let scale):
      return ExactMath.incompleteGamma(shape, x / scale)
    case .triangular(let low, let mode, let high):
      if low == high { return Self.step(at: low, x, inclusive) }
      if x <= low { return 0 }
      if x >= high { return 1 }
      return x < mode
        ? (x - low) / (high - low) * ((x - low) / (mode - low))
        : 1 - (high - x) / (high - low) * ((high - x) / (high - mode))
    case .empirical(let points):
      return Self.tableProbability(points, x, inclusive)
    case .mixture(let components):
      var sum = 0.0
      for component in components {
        guard let part = component.distribution.probability(x, inclusive: inclusive) else {
          return nil
        }
        sum += component.weight * part
      }
      return sum / Self.totalWeight(components)
    case .truncated(let inner, let low, let high):
      if inclusive ? x >= high : x > high { return 1 }
      if inclusive ? x < low : x <= low { return 0 }
      guard let reached = inner.probability(x, inclusive: inclusive),
        let below = inner.probability(below: low)
      else { return nil }
      return (reached - below) / inner.probability(from: low, through: high)
    case .sequence:
      return nil
    }
  }

  private static func step(at value: Double, _ x: Double, _ inclusive: Bool) -> Double {
    x > value || inclusive && x == value ? 1 : 0
  }

  private static func tableProbability(
    _ points: [QuantilePoint], _ x: Double, _ inclusive: Bool
  ) -> Double {
    // The last row at or before x; an excluded x that a row has exactly counts as after that row's start.
    let after = points.firstIndex { inclusive ? $0.value > x : $0.value >= x } ?? points.count
    if after == 0 { return 0 }
    if after == points.count { return 1 }
    let (start, end) = (points[after - 1], points[after])
    let fraction = (x - start.value) / (end.value - start.value)
    return start.probability + (end.probability - start.probability) * fraction
  }

  static func totalWeight(_ components: [Component]) -> Double {
    components.reduce(0) { $0 + $1.weight }
  }
}
