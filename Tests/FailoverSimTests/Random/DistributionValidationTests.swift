import FailoverSim
import Testing

private let table: [Distribution.QuantilePoint] = [
  .init(probability: 0, value: 1), .init(probability: 0.5, value: 2),
  .init(probability: 1, value: 4),
]

private func changed(_ row: Int, _ change: (inout Distribution.QuantilePoint) -> Void) -> Distribution {
  var rows = table
  change(&rows[row])
  return .empirical(rows)
}

private func mixture(_ weight: Double, _ distribution: Distribution) -> Distribution {
  .mixture([
    .init(weight: 1, distribution: .constant(1)), .init(weight: weight, distribution: distribution),
  ])
}

private func nested(_ depth: Int) -> Distribution {
  var distribution = Distribution.uniform(low: 0, high: 1)
  for _ in 1..<depth {
    distribution = .mixture([.init(weight: 1, distribution: distribution)])
  }
  return distribution
}

private let invalid: [(distribution: Distribution, error: DistributionError)] = [
  (.constant(.nan), .notANumber(parameter: "value")),
  (.constant(.infinity), .infinite(parameter: "value")),
  (.uniform(low: .nan, high: 1), .notANumber(parameter: "low")),
  (.uniform(low: 0, high: .infinity), .infinite(parameter: "high")),
  (.uniform(low: 2, high: 1), .lowAboveHigh(low: 2, high: 1)),
  (.uniform(low: -1e308, high: 1e308), .rangeTooWide(low: -1e308, high: 1e308)),
  (.exponential(mean: 0), .notPositive(parameter: "mean", value: 0)),
  (.exponential(mean: -3), .notPositive(parameter: "mean", value: -3)),
  (.weibull(shape: 0, scale: 1), .notPositive(parameter: "shape", value: 0)),
  (.weibull(shape: 1, scale: -1), .notPositive(parameter: "scale", value: -1)),
  (.lognormal(median: 0, sigma: 1), .notPositive(parameter: "median", value: 0)),
  (.lognormal(median: 1, sigma: -0.1), .negative(parameter: "sigma", value: -0.1)),
  (.lognormal(median: 1, sigma: .nan), .notANumber(parameter: "sigma")),
  (.gamma(shape: -1, scale: 1), .notPositive(parameter: "shape", value: -1)),
  (.gamma(shape: 1, scale: .infinity), .infinite(parameter: "scale")),
  (.gamma(shape: 2e6, scale: 1), .tooLarge(parameter: "shape", value: 2e6, limit: 1e6)),
  (.triangular(low: 3, mode: 2, high: 1), .lowAboveHigh(low: 3, high: 1)),
  (.triangular(low: 1, mode: 5, high: 3), .modeOutside(low: 1, mode: 5, high: 3)),
  (.triangular(low: 1, mode: .nan, high: 3), .notANumber(parameter: "mode")),
  (.empirical([]), .empty("table")),
  (.empirical([table[0]]), .tableEnd(probability: 0)),
  (changed(0) { $0.probability = 0.1 }, .tableStart(probability: 0.1)),
  (changed(2) { $0.probability = 0.9 }, .tableEnd(probability: 0.9)),
  (
    changed(1) { $0.probability = 0 },
    .probabilityNotRising(row: 2, probability: 0, previous: 0)
  ),
  (
    changed(1) { $0.probability = 1.5 },
    .probabilityNotRising(row: 3, probability: 1, previous: 1.5)
  ),
  (changed(2) { $0.value = 1.5 }, .valueFalling(row: 3, value: 1.5, previous: 2)),
  (changed(1) { $0.value = .nan }, .notANumber(parameter: "the value of row 2")),
  (changed(1) { $0.probability = .nan }, .notANumber(parameter: "the probability of row 2")),
  (.mixture([]), .empty("mixture")),
  (mixture(0, .constant(1)), .inComponent(2, .notPositive(parameter: "weight", value: 0))),
  (mixture(.nan, .constant(1)), .inComponent(2, .notANumber(parameter: "weight"))),
  (
    mixture(1, .exponential(mean: 0)),
    .inComponent(2, .notPositive(parameter: "mean", value: 0))
  ),
  (mixture(1, .sequence([1])), .inComponent(2, .misplaced("sequence", inside: "mixture"))),
  (
    mixture(1, mixture(1, .constant(.nan))),
    .inComponent(2, .inComponent(2, .notANumber(parameter: "value")))
  ),
  (
    .mixture([
      .init(weight: 1e308, distribution: .constant(1)),
      .init(weight: 1e308, distribution: .constant(2)),
    ]),
    .infinite(parameter: "the sum of the weights")
  ),
  (.truncated(.constant(1), low: .nan, high: 1), .notANumber(parameter: "low")),
  (.truncated(.constant(1), low: 0, high: .nan), .notANumber(parameter: "high")),
  (.truncated(.constant(1), low: 2, high: 1), .lowAboveHigh(low: 2, high: 1)),
  (.truncated(.constant(1), low: 2, high: 3), .nothingKept(low: 2, high: 3, probability: 0)),
  (
    .truncated(.exponential(mean: -1), low: 0, high: 1),
    .inTruncated(.notPositive(parameter: "mean", value: -1))
  ),
  (.truncated(.sequence([1, 2]), low: 0, high: 1), .misplaced("sequence", inside: "truncation")),
  (
    .truncated(.truncated(.constant(1), low: 0, high: 2), low: 0, high: 2),
    .misplaced("truncation", inside: "truncation")
  ),
  (.sequence([]), .empty("sequence")),
  (.sequence([1, .nan]), .notANumber(parameter: "value 2")),
  (.sequence([1, 2, -.infinity]), .infinite(parameter: "value 3")),
]

@Suite struct DistributionValidationTests {
  @Test(arguments: invalid.indices)
  func `an invalid distribution is refused with its reason`(row: Int) {
    let (distribution, error) = invalid[row]
    #expect(throws: error) { try distribution.validate() }
    #expect(!error.description.isEmpty)
  }

  @Test(arguments: invalid.indices)
  func `an invalid distribution never traps`(row: Int) {
    let distribution = invalid[row].distribution
    var stream = RandomStream(seed: 1, name: "invalid")
    for _ in 0..<3 { _ = distribution.sampleDuration(&stream) }
    for p in [0, 0.3, 1] { _ = distribution.quantile(p) }
    for x in [-1, 0, 1, .infinity, .nan] {
      _ = distribution.probability(upTo: x)
      _ = distribution.probability(below: x)
    }
    _ = (distribution.mean, distribution.variance)
    _ = (distribution.lowerBound, distribution.upperBound)
  }

  @Test func `messages say where and what`() {
    let wrong = mixture(1, .truncated(.exponential(mean: -3), low: 0, high: 1))
    #expect {
      try wrong.validate()
    } throws: { error in
      String(describing: error)
        == "component 2: truncated distribution: mean is -3.0; it must be greater than zero"
    }
    let reason = DistributionError.nothingKept(low: 500, high: 900, probability: 0.25e-6)
    #expect(
      reason.description == "only 2.5e-07 of the distribution lies between 500.0 and 900.0; "
        + "truncation must keep at least 1e-06")
  }

  @Test func `a truncation far out in the tail is refused`() {
    let boot = Distribution.lognormal(median: 25, sigma: 0.1)
    #expect(throws: Never.self) {
      try Distribution.truncated(boot, low: 20, high: 40).validate()
    }
    #expect(throws: DistributionError.self) {
      try Distribution.truncated(boot, low: 20_000, high: 40_000).validate()
    }
    #expect(throws: DistributionError.self) {
      try Distribution.truncated(.gamma(shape: 2, scale: 1), low: 100, high: .infinity).validate()
    }
  }

  @Test func `nesting is limited`() throws {
    try nested(Distribution.nestingLimit).validate()
    #expect(throws: DistributionError.self) {
      try nested(Distribution.nestingLimit + 1).validate()
    }
  }

  /// Parameters drawn from the bit patterns of all numbers, special ones among them: whatever passes
  /// validation gives values within its bounds, and nothing traps or hangs.
  @Test func `10,000 random distributions are refused or give values within their bounds`() {
    let stream = RandomStream(seed: 13, name: "fuzz")
    let samples = RandomStream(seed: 13, name: "samples")
    var accepted = 0
    for index in 0..<10_000 as Range<UInt64> {
      var draw = stream.draw(index)
      let distribution = randomDistribution(&draw, depth: 0)
      let durations = (0..<2 as Range<UInt64>).map { distribution.sampleDuration(samples, at: $0) }
      #expect(durations.allSatisfy { $0 >= .zero && $0 <= Distribution.longestDuration })
      guard (try? distribution.validate()) != nil else { continue }
      accepted += 1
      let value = distribution.sample(samples, at: index)
      let low = distribution.lowerBound ?? -.infinity
      let high = distribution.upperBound ?? .infinity
      #expect(low <= value && value <= high, "\(value) from \(distribution)")
    }
    #expect(accepted > 2000 && accepted < 9000)
  }

  private func randomNumber(_ draw: inout Draw) -> Double {
    let special = [0, -0.0, 1, -1, .nan, .infinity, -.infinity, 1e-300, 1e300, 0.5]
    return switch draw.nextInteger(below: 20) {
    case 0: Double(bitPattern: draw.nextWord())
    case 1: special[Int(draw.nextInteger(below: UInt64(special.count)))]
    case 2: -10 * draw.nextUnit()
    default: 100 * draw.nextUnit()
    }
  }

  private func randomDistribution(_ draw: inout Draw, depth: Int) -> Distribution {
    let kinds: UInt64 = depth < 3 ? 11 : 8
    let (a, b, c) = (randomNumber(&draw), randomNumber(&draw), randomNumber(&draw))
    let isOrdered = draw.nextChance(numerator: 9, over: 10)
    let (low, high) = isOrdered && a > b ? (b, a) : (a, b)
    switch draw.nextInteger(below: kinds) {
    case 0: return .constant(a)
    case 1: return .uniform(low: low, high: high)
    case 2: return .exponential(mean: a)
    case 3: return .weibull(shape: a / 20, scale: b)
    case 4: return .lognormal(median: a, sigma: b / 50)
    case 5: return .gamma(shape: a / 20, scale: b)
    case 6: return .triangular(low: low, mode: isOrdered ? (low + high) / 2 : c, high: high)
    case 7: return .sequence([a, b, c].dropLast(Int(draw.nextInteger(below: 4))))
    case 8:
      let middle = low + (high - low) / 3
      return .empirical([
        .init(probability: 0, value: low), .init(probability: draw.nextUnit(), value: middle),
        .init(probability: isOrdered ? 1 : c, value: high),
      ])
    case 9:
      return .mixture([
        .init(weight: a, distribution: randomDistribution(&draw, depth: depth + 1)),
        .init(weight: b, distribution: randomDistribution(&draw, depth: depth + 1)),
      ])
    default:
      return .truncated(randomDistribution(&draw, depth: depth + 1), low: low, high: high)
    }
  }
}
