extension Distribution {
  /// The smallest share of a distribution that a truncation may keep. A scenario that keeps less most likely
  /// has a bound in the wrong unit, and so far out in a tail, probabilities no longer tell values apart well.
  public static let leastKept = 1e-6

  /// The greatest shape of a gamma distribution, whose values then spread by 0.1 % of their mean.
  public static let greatestGammaShape = 1e6

  /// How deep mixtures and truncations may be nested: deep enough for a truncated mixture of truncated
  /// distributions. Each level may multiply the work of a sample.
  public static let nestingLimit = 4

  /// Throws the first thing that is wrong with the distribution; a distribution that passes gives numbers
  /// within its bounds, though they may be infinite where its parameters are beyond all measure.
  public func validate() throws(DistributionError) {
    try validate(depth: 1)
  }

  private func validate(depth: Int) throws(DistributionError) {
    guard depth <= Self.nestingLimit else { throw .nestedTooDeeply(limit: Self.nestingLimit) }
    switch self {
    case .constant(let value):
      try requireFinite(value, "value")
    case .uniform(let low, let high):
      try requireRange(low, high)
    case .exponential(let mean):
      try requirePositive(mean, "mean")
    case .weibull(let shape, let scale):
      try requirePositive(shape, "shape")
      try requirePositive(scale, "scale")
    case .lognormal(let median, let sigma):
      try requirePositive(median, "median")
      try requireFinite(sigma, "sigma")
      if sigma < 0 { throw .negative(parameter: "sigma", value: sigma) }
    case .gamma(let shape, let scale):
      try requirePositive(shape, "shape")
      try requirePositive(scale, "scale")
      let limit = Self.greatestGammaShape
      if shape > limit { throw .tooLarge(parameter: "shape", value: shape, limit: limit) }
    case .triangular(let low, let mode, let high):
      try requireRange(low, high)
      try requireFinite(mode, "mode")
      guard low <= mode, mode <= high else {
        throw .modeOutside(low: low, mode: mode, high: high)
      }
    case .empirical(let points):
      try requireTable(points)
    case .mixture(let components):
      try requireComponents(components, depth: depth)
    case .truncated(let inner, let low, let high):
      try requireTruncation(of: inner, low, high, depth: depth)
    case .sequence(let values):
      if values.isEmpty { throw .empty("sequence") }
      for (index, value) in values.enumerated() {
        try requireFinite(value, "value \(index + 1)")
      }
    }
  }
}

private func requireFinite(_ value: Double, _ parameter: String) throws(DistributionError) {
  if value.isNaN { throw .notANumber(parameter: parameter) }
  if value.isInfinite { throw .infinite(parameter: parameter) }
}

private func requirePositive(_ value: Double, _ parameter: String) throws(DistributionError) {
  try requireFinite(value, parameter)
  if value <= 0 { throw .notPositive(parameter: parameter, value: value) }
}

private func requireRange(_ low: Double, _ high: Double) throws(DistributionError) {
  try requireFinite(low, "low")
  try requireFinite(high, "high")
  if low > high { throw .lowAboveHigh(low: low, high: high) }
  if (high - low).isInfinite { throw .rangeTooWide(low: low, high: high) }
}

private func requireTable(_ points: [Distribution.QuantilePoint]) throws(DistributionError) {
  guard let first = points.first, let last = points.last else { throw .empty("table") }
  for (index, point) in points.enumerated() {
    try requireFinite(point.probability, "the probability of row \(index + 1)")
    try requireFinite(point.value, "the value of row \(index + 1)")
  }
  if first.probability != 0 { throw .tableStart(probability: first.probability) }
  if last.probability != 1 { throw .tableEnd(probability: last.probability) }
  for (index, (previous, point)) in zip(points, points.dropFirst()).enumerated() {
    if point.probability <= previous.probability {
      throw .probabilityNotRising(
        row: index + 2, probability: point.probability, previous: previous.probability)
    }
    if point.value < previous.value {
      throw .valueFalling(row: index + 2, value: point.value, previous: previous.value)
    }
  }
  try requireRange(first.value, last.value)
}

extension Distribution {
  private func requireComponents(
    _ components: [Component], depth: Int
  ) throws(DistributionError) {
    if components.isEmpty { throw .empty("mixture") }
    var total = 0.0
    for (index, component) in components.enumerated() {
      do throws(DistributionError) {
        try requirePositive(component.weight, "weight")
        if case .sequence = component.distribution {
          throw .misplaced("sequence", inside: "mixture")
        }
        try component.distribution.validate(depth: depth + 1)
      } catch {
        throw .inComponent(index + 1, error)
      }
      total += component.weight
    }
    try requireFinite(total, "the sum of the weights")
  }

  private func requireTruncation(
    of inner: Distribution, _ low: Double, _ high: Double, depth: Int
  ) throws(DistributionError) {
    if low.isNaN { throw .notANumber(parameter: "low") }
    if high.isNaN { throw .notANumber(parameter: "high") }
    if low > high { throw .lowAboveHigh(low: low, high: high) }
    if case .sequence = inner { throw .misplaced("sequence", inside: "truncation") }
    if case .truncated = inner { throw .misplaced("truncation", inside: "truncation") }
    do throws(DistributionError) {
      try inner.validate(depth: depth + 1)
    } catch {
      throw .inTruncated(error)
    }
    let kept = inner.probability(from: low, through: high)
    guard kept >= Self.leastKept else {
      throw .nothingKept(low: low, high: high, probability: kept)
    }
  }
}
