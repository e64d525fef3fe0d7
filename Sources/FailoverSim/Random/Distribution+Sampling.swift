import Failover

extension Distribution {
  /// The value that belongs to the draw `index` of `stream`, whatever was drawn before.
  public func sample(_ stream: RandomStream, at index: UInt64) -> Double {
    var draw = stream.draw(index)
    return sample(&draw)
  }

  /// The value that belongs to the stream's next draw.
  public func sample(_ stream: inout RandomStream) -> Double {
    var draw = stream.next()
    return sample(&draw)
  }

  /// A value from the words of one draw; what it leaves of them may serve for something else.
  ///
  /// Where there is a closed quantile function, a value is the quantile of just one unit and rises with it:
  /// the same luck means the same rank under different parameters, and antithetic streams mirror ranks.
  public func sample(_ draw: inout Draw) -> Double {
    switch self {
    case .constant(let value):
      return value
    case .sequence(let values):
      guard let last = values.last else { return .nan }
      return draw.index < UInt64(values.count) ? values[Int(draw.index)] : last
    case .gamma(let shape, let scale):
      return scale * Self.standardGamma(shape, &draw)
    case .mixture(let components):
      return Self.choose(components, draw.nextUnit())?.sample(&draw) ?? .nan
    case .truncated(let inner, let low, let high):
      let unit = draw.nextUnit()
      return quantile(unit) ?? inner.truncatedSample(low, high, unit, &draw)
    case .uniform, .exponential, .weibull, .lognormal, .triangular, .empirical:
      return quantile(draw.nextUnit()) ?? .nan
    }
  }

  /// The value that is not exceeded with probability `p`, where a closed form exists: `nil` for a gamma
  /// distribution, a mixture, a truncation of one, a sequence, and for a `p` that is not from 0 to 1.
  public func quantile(_ p: Double) -> Double? {
    guard p >= 0, p <= 1 else { return nil }
    switch self {
    case .constant(let value):
      return value
    case .uniform(let low, let high):
      return min(high, low + (high - low) * p)
    case .exponential(let mean):
      return mean * -ExactMath.log(1 - p)
    case .weibull(let shape, let scale):
      return scale * ExactMath.pow(-ExactMath.log(1 - p), 1 / shape)
    case .lognormal(let median, let sigma):
      return sigma == 0 ? median : median * ExactMath.exp(sigma * ExactMath.normalQuantile(p))
    case .triangular(let low, let mode, let high):
      let width = high - low
      if width == 0 { return low }
      let rise = (mode - low) / width
      return p < rise
        ? low + width * (p * rise).squareRoot()
        : high - width * ((1 - p) * ((high - mode) / width)).squareRoot()
    case .empirical(let points):
      return Self.tableQuantile(points, p)
    case .truncated(let inner, let low, let high):
      // Asked first: the probabilities below are worth their time only if there is a quantile to use them.
      guard inner.hasQuantile, let below = inner.probability(below: low),
        let upTo = inner.probability(upTo: high),
        let value = inner.quantile(min(1, below + (upTo - below) * p))
      else { return nil }
      return min(high, max(low, value))
    case .gamma, .mixture, .sequence:
      return nil
    }
  }

  private var hasQuantile: Bool {
    switch self {
    case .gamma, .mixture, .sequence: false
    case .truncated(let inner, _, _): inner.hasQuantile
    case .constant, .uniform, .exponential, .weibull, .lognormal, .triangular, .empirical: true
    }
  }

  private static func tableQuantile(_ points: [QuantilePoint], _ p: Double) -> Double? {
    guard let first = points.first else { return nil }
    // The first row at or above p, by halving: tables made from measurements may be long.
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].probability < p { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return first.value }
    if low == points.count { return points[low - 1].value }
    let (start, end) = (points[low - 1], points[low])
    let fraction = (p - start.probability) / (end.probability - start.probability)
    return min(end.value, start.value + (end.value - start.value) * fraction)
  }

  private static func choose(_ components: [Component], _ unit: Double) -> Distribution? {
    var remaining = unit * totalWeight(components)
    for component in components {
      remaining -= component.weight
      if remaining < 0 { return component.distribution }
    }
    return components.last?.distribution
  }
}

extension Distribution {
  /// A gamma number of scale 1.
  ///
  /// Source: G. Marsaglia, W. W. Tsang, "A Simple Method for Generating Gamma Variables", ACM Transactions on
  /// Mathematical Software 26 (2000): the cube of a normal number, accepted more than 95 times in 100; for a
  /// shape below 1 one more, times a power of a unit (its section 6).
  private static func standardGamma(_ shape: Double, _ draw: inout Draw) -> Double {
    guard shape > 0 else { return .nan }
    if shape < 1 {
      let boost = ExactMath.pow(draw.nextUnit(), 1 / shape)
      return boost * standardGamma(shape + 1, &draw)
    }
    let d = shape - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    // 60 refusals in a row have a probability below 1e-78; the mean then stands in for a number.
    for _ in 0..<60 {
      let z = ExactMath.normalQuantile(draw.nextUnit())
      let root = 1 + c * z
      let unit = draw.nextUnit()
      guard root > 0 else { continue }
      let v = root * root * root
      let square = z * z
      // The first test is a bound of the second that needs no logarithm and nearly always decides.
      if unit < 1 - 0x1.0f27bb2fec56dp-5 * square * square  // 0.0331
        || ExactMath.log(unit) < 0.5 * square + d * (1 - v + ExactMath.log(v))
      {
        return d * v
      }
    }
    return shape
  }

  /// A value of this distribution from `low` to `high` where there is no closed quantile function: up to 60
  /// values are tried; if none fits, `unit` is inverted numerically. Both ways are exact, so is their mix.
  private func truncatedSample(
    _ low: Double, _ high: Double, _ unit: Double, _ draw: inout Draw
  ) -> Double {
    for _ in 0..<60 {
      let value = sample(&draw)
      if value >= low, value <= high { return value }
    }
    let below = probability(below: low) ?? 0
    let target = below + probability(from: low, through: high) * unit
    return invert(target, from: max(low, lowerBound ?? low), through: high)
  }

  /// The least value between the bounds, but for rounding, that is not exceeded with probability `target`.
  private func invert(_ target: Double, from low: Double, through high: Double) -> Double {
    var start = low
    var step = 1.0
    var end = min(high, start + step)
    while end < high, (probability(upTo: end) ?? 1) < target {
      start = end
      step *= 2
      end = min(high, start + step)
    }
    // Each turn halves the range, down to neighbouring numbers; 200 do for values as small as 1e-40.
    for _ in 0..<200 {
      let middle = start + (end - start) / 2
      if middle <= start || middle >= end { break }
      if (probability(upTo: middle) ?? 1) < target { start = middle } else { end = middle }
    }
    return end
  }
}
