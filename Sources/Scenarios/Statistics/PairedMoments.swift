/// Means, variances and the covariance of two numbers that belong together, in one pass and in constant memory.
///
/// Adding follows B. P. Welford, Technometrics 4 (1962); merging T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating
/// Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979). Neither subtracts large sums.
public struct PairedMoments: Sendable, Hashable {
  public private(set) var count = 0
  public private(set) var meanX = 0.0
  public private(set) var meanY = 0.0
  /// Sums of squared deviations and of their products.
  private var xx = 0.0
  private var yy = 0.0
  private var xy = 0.0

  public init() {}

  public mutating func add(_ x: Double, _ y: Double) {
    count += 1
    let n = Double(count)
    let (dx, dy) = (x - meanX, y - meanY)
    meanX += dx / n
    meanY += dy / n
    xx += dx * (x - meanX)
    yy += dy * (y - meanY)
    xy += dx * (y - meanY)
  }

  /// Adds what another has seen.
  public mutating func merge(_ other: PairedMoments) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let (m, n) = (Double(count), Double(other.count))
    let (dx, dy) = (other.meanX - meanX, other.meanY - meanY)
    let weight = m * n / (m + n)
    xx += other.xx + dx * dx * weight
    yy += other.yy + dy * dy * weight
    xy += other.xy + dx * dy * weight
    meanX += dx * n / (m + n)
    meanY += dy * n / (m + n)
    count += other.count
  }

  /// Of the first numbers; `nil` with fewer than two.
  public var varianceX: Double? { count > 1 ? xx / Double(count - 1) : nil }
  public var varianceY: Double? { count > 1 ? yy / Double(count - 1) : nil }
  public var covariance: Double? { count > 1 ? xy / Double(count - 1) : nil }

  /// The sum of the first numbers over the sum of the second, with the interval of the ratio estimator (delta method):
  /// the deviations x - R·y are what varies, one of each unit, and units are independent.
  ///
  /// With x the sum of the values in one replication and y how many there were, this is the mean over all values, and the
  /// interval does not take the values of one replication for independent. With y = 1 it is Student's interval of the
  /// mean. Source: W. G. Cochran, "Sampling Techniques", third edition, 6.3.
  ///
  /// - Returns: `nil` when the second numbers are all zero; no interval with fewer than two units.
  public var ratio: Estimate? {
    guard count > 0, meanY > 0 else { return nil }
    let ratio = meanX / meanY
    guard count > 1 else { return Estimate(value: ratio) }
    let squares = xx - 2 * ratio * xy + ratio * ratio * yy
    // What is left of rounding when every value is the same is no variation.
    let variance = squares > 1e-13 * (xx + ratio * ratio * yy) ? squares / Double(count - 1) : 0
    let error = (variance / Double(count)).squareRoot() / meanY
    let width = StudentDistribution.twoSided95(count - 1) * error
    return Estimate(value: ratio, low: ratio - width, high: ratio + width)
  }
}
