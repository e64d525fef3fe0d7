import Failover

extension Distribution {
  /// The expected value in closed form; `nil` where there is none here: for a sequence, and for a truncation
  /// of anything but a constant or uniform distribution.
  public var mean: Double? {
    switch self {
    case .constant(let value):
      return value
    case .uniform(let low, let high):
      return low + (high - low) / 2
    case .exponential(let mean):
      return mean
    case .weibull(let shape, let scale):
      return scale * Self.gammaFunction(1 + 1 / shape)
    case .lognormal(let median, let sigma):
      return median * ExactMath.exp(sigma * sigma / 2)
    case .gamma(let shape, let scale):
      return shape * scale
    case .triangular(let low, let mode, let high):
      return low + ((mode - low) + (high - low)) / 3
    case .empirical(let points):
      var sum = 0.0
      for (start, end) in zip(points, points.dropFirst()) {
        sum += (end.probability - start.probability) * (start.value + end.value) / 2
      }
      return sum
    case .mixture(let components):
      return Self.weightedMean(components) { $0.mean }
    case .truncated:
      return flattened?.mean
    case .sequence:
      return nil
    }
  }

  /// The square of the standard deviation, in the square of the quantity's unit; `nil` where `mean` is.
  public var variance: Double? {
    switch self {
    case .constant:
      return 0
    case .uniform(let low, let high):
      return (high - low) * (high - low) / 12
    case .exponential(let mean):
      return mean * mean
    case .weibull(let shape, let scale):
      let first = Self.gammaFunction(1 + 1 / shape)
      return scale * scale * (Self.gammaFunction(1 + 2 / shape) - first * first)
    case .lognormal(let median, let sigma):
      let growth = ExactMath.exp(sigma * sigma)
      return median * median * growth * (growth - 1)
    case .gamma(let shape, let scale):
      return shape * scale * scale
    case .triangular(let low, let mode, let high):
      let (left, right) = (mode - low, high - mode)
      return (left * left + left * right + right * right) / 18
    case .empirical(let points):
      guard let mean else { return nil }
      var sum = 0.0
      for (start, end) in zip(points, points.dropFirst()) {
        let (left, right) = (start.value - mean, end.value - mean)
        let square = left * left + left * right + right * right
        sum += (end.probability - start.probability) * square / 3
      }
      return sum
    case .mixture(let components):
      guard let mean else { return nil }
      return Self.weightedMean(components) { part in
        guard let centre = part.mean, let spread = part.variance else { return nil }
        return spread + (centre - mean) * (centre - mean)
      }
    case .truncated:
      return flattened?.variance
    case .sequence:
      return nil
    }
  }

  /// A truncation written without one, where that is the same thing.
  private var flattened: Distribution? {
    guard case .truncated(let inner, let low, let high) = self else { return nil }
    switch inner {
    case .constant:
      return inner
    case .uniform(let innerLow, let innerHigh):
      return .uniform(low: max(low, innerLow), high: min(high, innerHigh))
    default:
      return nil
    }
  }

  private static func weightedMean(
    _ components: [Component], _ value: (Distribution) -> Double?
  ) -> Double? {
    var sum = 0.0
    for component in components {
      guard let part = value(component.distribution) else { return nil }
      sum += component.weight * part
    }
    return sum / totalWeight(components)
  }

  private static func gammaFunction(_ x: Double) -> Double {
    ExactMath.exp(ExactMath.logGamma(x))
  }
}
