import Failover

/// Student's t distribution: how far a mean of few values may lie from the truth.
///
/// All by our own arithmetic, so that an interval has the same bits everywhere.
public struct StudentDistribution: Sendable, Hashable {
  /// Degrees of freedom: the number of independent values less one; above zero.
  public let degrees: Double

  /// - Parameter degrees: what is not above zero counts as one.
  public init(degrees: Double) { self.degrees = degrees > 0 ? degrees : 1 }

  /// The probability of a value of at most `t`.
  public func cumulative(_ t: Double) -> Double {
    // NIST Digital Library of Mathematical Functions, 8.17, with x = ν / (ν + t²).
    let tail = ExactMath.incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2
    return t < 0 ? tail : 1 - tail
  }

  /// The value that is not exceeded with probability `p`, within 1e-12 of itself; `p` strictly between 0 and 1.
  public func quantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
    if p < 0.5 { return -quantile(1 - p) }
    let upper = 1 - p
    func tail(_ t: Double) -> Double {
      ExactMath.incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2
    }
    var (low, high) = (0.0, 2.0)
    while tail(high) > upper, high < 1e150 { (low, high) = (high, high * 2) }
    while high - low > high * 1e-13 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if tail(middle) > upper { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The t for a two-sided interval of 95 %, kept for the numbers of replications that come up again and again.
  static func twoSided95(_ degrees: Int) -> Double {
    small.indices.contains(degrees) ? small[degrees] : StudentDistribution(degrees: Double(degrees)).quantile(0.975)
  }

  private static let small = (0...128).map { StudentDistribution(degrees: Double(max(1, $0))).quantile(0.975) }
}

extension ExactMath {
  /// The regularised incomplete beta function Iₓ(a, b): the probability that a beta number is at most x.
  ///
  /// The continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions, on the side where it
  /// converges quickly. Not a number for shapes that are not above zero.
  static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    guard a > 0, b > 0, !x.isNaN else { return .nan }
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x))
    return x < (a + 1) / (a + b + 2)
      ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, 1 - x) / b
  }

  /// By Lentz's method (W. J. Lentz, Applied Optics 15, 1976).
  private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    func awayFromZero(_ value: Double) -> Double { value.magnitude < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
    var value = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / awayFromZero(1 + even * d)
      c = awayFromZero(1 + even / c)
      value *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / awayFromZero(1 + odd * d)
      c = awayFromZero(1 + odd / c)
      value *= d * c
      if (d * c - 1).magnitude < 0x1p-52 { break }
    }
    return value
  }
}
