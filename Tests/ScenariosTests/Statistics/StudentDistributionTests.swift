import Failover
import Testing

@testable import Scenarios

@Suite struct StudentDistributionTests {
  /// From published tables, to the digits they print.
  @Test(arguments: [
    (1, 0.975, 12.7062), (2, 0.975, 4.3027), (3, 0.975, 3.1824), (4, 0.975, 2.7764), (5, 0.975, 2.5706),
    (10, 0.975, 2.2281), (20, 0.975, 2.0860), (30, 0.975, 2.0423), (60, 0.975, 2.0003), (120, 0.975, 1.9799),
    (1, 0.95, 6.3138), (7, 0.95, 1.8946), (7, 0.99, 2.9980), (9, 0.995, 3.2498), (40, 0.9995, 3.5510),
    (15, 0.9, 1.3406),
  ])
  func `quantiles are those of the tables`(degrees: Int, p: Double, expected: Double) {
    #expect((StudentDistribution(degrees: Double(degrees)).quantile(p) - expected).magnitude < 5.1e-5)
  }

  @Test(arguments: [0.51, 0.6, 0.75, 0.9, 0.975, 0.999, 0.999999])
  func `two degrees of freedom have a closed form`(p: Double) {
    let expected = (2 * p - 1) * (2 / (4 * p * (1 - p))).squareRoot()
    let quantile = StudentDistribution(degrees: 2).quantile(p)
    #expect((quantile / expected - 1).magnitude < 1e-9)
    #expect((StudentDistribution(degrees: 2).quantile(1 - p) / -expected - 1).magnitude < 1e-6)
  }

  @Test func `many degrees of freedom are the normal distribution`() {
    let quantile = StudentDistribution(degrees: 1e7).quantile(0.975)
    #expect((quantile - ExactMath.normalQuantile(0.975)).magnitude < 1e-6)
  }

  @Test(arguments: [1.0, 2, 3, 5.5, 17, 100, 999])
  func `the cumulative probability undoes the quantile`(degrees: Double) {
    let distribution = StudentDistribution(degrees: degrees)
    for p in [0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999] {
      #expect((distribution.cumulative(distribution.quantile(p)) - p).magnitude < 1e-10)
    }
  }

  @Test func `the incomplete beta function is the binomial sum, counted out`() {
    for n in [1, 5, 20, 60] {
      for k in stride(from: 1, through: n, by: max(1, n / 7)) {
        for p in [0.05, 0.3, 0.5, 0.95] {
          let beta = ExactMath.incompleteBeta(Double(k), Double(n - k + 1), p)
          #expect((beta - Binomial(n, p).atLeast(k)).magnitude < 1e-11)
        }
      }
    }
    #expect((ExactMath.incompleteBeta(3, 1, 0.4) - 0.064).magnitude < 1e-14)
    #expect((ExactMath.incompleteBeta(1, 4, 0.4) - (1 - 0.1296)).magnitude < 1e-14)
  }
}

/// The binomial distribution, term by term.
struct Binomial {
  let terms: [Double]

  init(_ n: Int, _ p: Double) {
    var coefficients = [1.0]
    for _ in 0..<n {
      coefficients = zip([0] + coefficients, coefficients + [0]).map { $0 * p + $1 * (1 - p) }
    }
    terms = coefficients
  }

  func atLeast(_ k: Int) -> Double { terms[k...].reduce(0, +) }
}
