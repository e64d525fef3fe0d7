import FailoverSim
import Foundation
import Testing

/// A distribution with what is known of it from elsewhere: moments computed with mpmath 1.3.0 (numerical
/// integration of the density, or closed forms, in 40 digits), and the cumulative distribution function
/// written with the C library's functions.
struct KnownDistribution: Sendable, CustomTestStringConvertible {
  let name: String
  let distribution: Distribution
  let mean: Double
  let variance: Double
  /// The fourth central moment over the square of the variance.
  let kurtosis: Double
  let cumulative: @Sendable (Double) -> Double

  var testDescription: String { name }
}

let measuredTable: [Distribution.QuantilePoint] = [
  .init(probability: 0, value: 1), .init(probability: 0.5, value: 2),
  .init(probability: 0.9, value: 5), .init(probability: 1, value: 20),
]
let twoModes = Distribution.mixture([
  .init(weight: 3, distribution: .uniform(low: 0, high: 1)),
  .init(weight: 1, distribution: .exponential(mean: 5)),
])

private func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
private func exponential(_ x: Double) -> Double { x <= 0 ? 0 : -expm1(-x) }
private func lognormal(_ x: Double) -> Double { normal(log(x / 25) / 0.4) }
private func erlang2(_ x: Double) -> Double { 1 - (1 + x) * exp(-x) }
private func mixed(_ x: Double) -> Double { 0.75 * min(1, x) + 0.25 * exponential(x / 5) }

let knownDistributions: [KnownDistribution] = [
  .init(
    name: "uniform", distribution: .uniform(low: 2, high: 5),
    mean: 3.5, variance: 0.75, kurtosis: 1.8,
    cumulative: { ($0 - 2) / 3 }),
  .init(
    name: "exponential", distribution: .exponential(mean: 30),
    mean: 30, variance: 900, kurtosis: 9,
    cumulative: { exponential($0 / 30) }),
  .init(
    name: "weibull, wear", distribution: .weibull(shape: 1.5, scale: 40),
    mean: 36.109811718037344, variance: 601.1044557022912, kurtosis: 4.3904036,
    cumulative: { exponential(pow($0 / 40, 1.5)) }),
  .init(
    name: "weibull, infant mortality", distribution: .weibull(shape: 0.7, scale: 10),
    mean: 12.658235060572833, variance: 342.68355536531531, kurtosis: 23.542015,
    cumulative: { exponential(pow($0 / 10, 0.7)) }),
  .init(
    name: "lognormal", distribution: .lognormal(median: 25, sigma: 0.4),
    mean: 27.082176691873963, variance: 127.26055834009153, kurtosis: 6.260013,
    cumulative: lognormal),
  .init(
    name: "gamma", distribution: .gamma(shape: 2.5, scale: 4),
    mean: 10, variance: 40, kurtosis: 5.4,
    cumulative: { value in
      // From P(½, x) = erf(√x) by P(a + 1, x) = P(a, x) - xᵃe⁻ˣ / Γ(a + 1), twice.
      let x = value / 4
      let root = x.squareRoot()
      return erf(root) - exp(-x) * root * (2 + 4 * x / 3) / Double.pi.squareRoot()
    }),
  .init(
    name: "gamma below shape 1", distribution: .gamma(shape: 0.5, scale: 2),
    mean: 1, variance: 2, kurtosis: 15,
    cumulative: { erf(($0 / 2).squareRoot()) }),
  .init(
    name: "triangular", distribution: .triangular(low: 1, mode: 2, high: 6),
    mean: 3, variance: 1.1666666666666667, kurtosis: 2.4,
    cumulative: { $0 < 2 ? ($0 - 1) * ($0 - 1) / 5 : 1 - (6 - $0) * (6 - $0) / 20 }),
  .init(
    name: "empirical", distribution: .empirical(measuredTable),
    mean: 3.4, variance: 12.306666666666667, kurtosis: 11.148538,
    cumulative: { $0 < 2 ? ($0 - 1) / 2 : $0 < 5 ? 0.5 + ($0 - 2) * 0.4 / 3 : 0.9 + ($0 - 5) / 150 }),
  .init(
    name: "mixture", distribution: twoModes,
    mean: 1.625, variance: 10.109375, kurtosis: 26.529204,
    cumulative: mixed),
  .init(
    name: "truncated lognormal",
    distribution: .truncated(.lognormal(median: 25, sigma: 0.4), low: 10, high: 60),
    mean: 26.662656966836838, variance: 98.445515412482599, kurtosis: 3.2999786,
    cumulative: { (lognormal($0) - lognormal(10)) / (lognormal(60) - lognormal(10)) }),
  .init(
    name: "truncated exponential",
    distribution: .truncated(.exponential(mean: 10), low: 5, high: .infinity),
    mean: 15, variance: 100, kurtosis: 9,
    cumulative: { exponential(($0 - 5) / 10) }),
  .init(
    name: "truncated gamma",
    distribution: .truncated(.gamma(shape: 2, scale: 3), low: 1, high: 8),
    mean: 4.2251419503425446, variance: 3.5892046968150851, kurtosis: 1.9621916,
    cumulative: {
      (erlang2($0 / 3) - erlang2(1.0 / 3)) / (erlang2(8.0 / 3) - erlang2(1.0 / 3))
    }),
  .init(
    name: "truncated mixture", distribution: .truncated(twoModes, low: 0.5, high: 10),
    mean: 1.7940395332602615, variance: 4.2867892008547215, kurtosis: 6.5885975,
    cumulative: { (mixed($0) - mixed(0.5)) / (mixed(10) - mixed(0.5)) }),
]
