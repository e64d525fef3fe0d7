import FailoverSim
import Foundation
import Testing

private let count = 20_000

@Suite struct DistributionSamplingTests {
  /// Six standard errors: √(variance / n) for the mean and variance·√((kurtosis - 1) / n) for the variance.
  @Test(arguments: knownDistributions)
  func `a sample has the mean and variance of its distribution`(known: KnownDistribution) {
    let stream = RandomStream(seed: 20_260, name: known.name)
    let sample = SampleStatistics(known.distribution.sample(stream, count: count))
    let meanError = (known.variance / sample.count).squareRoot()
    #expect(abs(sample.mean - known.mean) < 6 * meanError)
    let varianceError = known.variance * ((known.kurtosis - 1) / sample.count).squareRoot()
    #expect(abs(sample.variance - known.variance) < 6 * varianceError)
  }

  @Test(arguments: knownDistributions)
  func `a sample passes the Kolmogorov-Smirnov test at 0.001`(known: KnownDistribution) {
    let stream = RandomStream(seed: 20_260, name: known.name)
    let sample = known.distribution.sample(stream, count: count)
    #expect(kolmogorovSmirnov(sample, known.cumulative) < kolmogorovSmirnovLimit(count))
  }

  /// The test above is worth something only if it tells a distribution from one that is nearly the same.
  @Test func `the Kolmogorov-Smirnov test finds a median that is 5 % off`() {
    let stream = RandomStream(seed: 20_260, name: "lognormal")
    let sample = Distribution.lognormal(median: 26.25, sigma: 0.4).sample(stream, count: count)
    let lognormal = knownDistributions.first { $0.name == "lognormal" }?.cumulative
    #expect(kolmogorovSmirnov(sample, lognormal ?? { _ in .nan }) > kolmogorovSmirnovLimit(count))
  }

  @Test(arguments: knownDistributions)
  func `the stated mean and variance are the known ones`(known: KnownDistribution) throws {
    try known.distribution.validate()
    if let mean = known.distribution.mean { #expect(abs(mean / known.mean - 1) < 1e-14) }
    if let variance = known.distribution.variance {
      #expect(abs(variance / known.variance - 1) < 1e-13)
    }
    let isTruncated = known.name.hasPrefix("truncated")
    #expect((known.distribution.mean == nil) == isTruncated)
    #expect((known.distribution.variance == nil) == isTruncated)
  }

  @Test(arguments: knownDistributions)
  func `the stated probabilities are the known ones`(known: KnownDistribution) {
    let stream = RandomStream(seed: 1, name: "points")
    for value in known.distribution.sample(stream, count: 300) {
      let probability = known.distribution.probability(upTo: value) ?? .nan
      #expect(abs(probability - known.cumulative(value)) < 1e-14)
      #expect(known.distribution.probability(below: value) == probability)
    }
    #expect(known.distribution.probability(upTo: -1) == 0)
    #expect(known.distribution.probability(upTo: .infinity) == 1)
  }

  @Test(arguments: knownDistributions)
  func `a quantile, where there is one, inverts the probability`(known: KnownDistribution) {
    let hasNone = ["gamma", "mixture"].contains { known.name.contains($0) }
    #expect((known.distribution.quantile(0.5) == nil) == hasNone)
    for p in RandomStream(seed: 1, name: "points").units(300) {
      guard let value = known.distribution.quantile(p) else { continue }
      #expect(abs(known.cumulative(value) - p) < 1e-14)
    }
    for p in [-0.1, 1.1, .nan] { #expect(known.distribution.quantile(p) == nil) }
  }

  @Test(arguments: knownDistributions)
  func `every value lies within the bounds`(known: KnownDistribution) {
    let low = known.distribution.lowerBound ?? -.infinity
    let high = known.distribution.upperBound ?? .infinity
    for value in known.distribution.sample(RandomStream(seed: 6, name: "bounds"), count: 3000) {
      #expect(low <= value && value <= high)
    }
    if let least = known.distribution.quantile(0) { #expect(abs(least - low) <= 1e-14 * low) }
    if let most = known.distribution.quantile(1) { #expect(most == high) }
  }

  /// Mirrored exactly, the correlation is -1 for a uniform distribution and nearer to zero the more skewed a
  /// distribution is. Rejection, in the truncations that have no quantile, gives no such promise.
  @Test(arguments: knownDistributions.filter { !["truncated gamma", "truncated mixture"].contains($0.name) })
  func `antithetic streams give negatively correlated values`(known: KnownDistribution) {
    let plain = RandomStream(seed: 4, name: "pair")
    let mirrored = RandomStream(seed: 4, name: "pair", antithetic: true)
    let pairs = correlation(
      known.distribution.sample(plain, count: 3000),
      known.distribution.sample(mirrored, count: 3000))
    // Five standard errors of a correlation of nothing.
    #expect(pairs < -5 / 3000.0.squareRoot())
    if known.name == "uniform" { #expect(pairs < -0.999_999_999) }
  }

  @Test(arguments: knownDistributions)
  func `values by number are the values in sequence`(known: KnownDistribution) {
    let direct = RandomStream(seed: 11, name: "walk")
    var walking = direct
    for index in 0..<200 as Range<UInt64> {
      #expect(known.distribution.sample(&walking) == known.distribution.sample(direct, at: index))
    }
    #expect(walking.position == 200)
  }
}
