import Failover

/// Which of many sorted values bound a quantile of what they were drawn from, whatever its distribution.
///
/// The number of values below the true quantile is binomial; turned round, that gives two ranks between whose values the
/// quantile lies (H. A. David, H. N. Nagaraja, "Order Statistics", third edition, 7.1).
enum OrderStatistics {
  /// - Parameters:
  ///   - p: of the quantile, between 0 and 1.
  ///   - count: how many values there are; at least 1.
  ///   - effective: as how many independent values they count; more than zero, at most `count`. Where values come in
  ///     clusters, this is the count over the design effect (E. L. Korn, B. I. Graubard, Survey Methodology 24, 1998).
  /// - Returns: ranks from 1 to `count` with a confidence of at least 95 % for independent values; `nil` on a side on
  ///   which even the extreme value is no bound.
  static func ranks(_ p: Double, count: Int, effective: Double) -> (low: Int?, high: Int?) {
    let n = max(1, min(effective, Double(count)))
    let tail = 0.025
    let scale = Double(count) / n
    return (
      low: lowRank(p, n, tail).map { min(count, max(1, Int(($0 * scale + 1e-9).rounded(.down)))) },
      high: lowRank(1 - p, n, tail).map { count + 1 - min(count, max(1, Int(($0 * scale + 1e-9).rounded(.down)))) }
    )
  }

  /// The greatest rank below which so many of n values lie by chance with a probability of at most `tail`; between two
  /// whole ranks the binomial distribution is continued by the beta distribution.
  private static func lowRank(_ p: Double, _ n: Double, _ tail: Double) -> Double? {
    // Fewer than `rank` of n values are below the quantile.
    func chance(_ rank: Double) -> Double { 1 - ExactMath.incompleteBeta(rank, n - rank + 1, p) }
    guard chance(1) <= tail else { return nil }
    var (low, high) = (1.0, n)
    if chance(high) <= tail { return high }
    while high - low > 1e-10 * high {
      let middle = (low + high) / 2
      if chance(middle) <= tail { low = middle } else { high = middle }
    }
    return high
  }
}
