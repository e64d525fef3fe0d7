import Failover
import FailoverSim

/// Many ways in which the seeds might have come up: as many seeds drawn from them, each as often as chance has it.
///
/// The unit that is drawn is the seed, with all its incidents and in both programs at once: incidents of one seed are not
/// independent, and common random numbers make the two runs of a seed alike. Source: A. C. Davison, D. V. Hinkley,
/// "Bootstrap Methods and their Application" (1997), 3.8.
struct Bootstrap: Sendable {
  /// The confidence of every interval is 99 %, not 95: some twenty figures are judged at once, and a false alarm in any
  /// of them stops somebody's work.
  static let confidence = 0.99
  /// Ten of these are beyond either end of such an interval.
  static let resamples = 2_000

  let seeds: Int
  private let resamples: Int
  /// How often each seed came up, resample after resample.
  private let times: [UInt16]

  /// - Parameters:
  ///   - seeds: how many there are; at least 1, at most 65,535.
  ///   - seed: of the draws; their stream has a name of its own, so that the same interval comes out every time.
  init(seeds: Int, seed: UInt64, resamples: Int = Bootstrap.resamples) {
    self.seeds = max(1, min(seeds, Int(UInt16.max)))
    self.resamples = resamples
    let stream = RandomStream(seed: seed, name: "baselines/bootstrap")
    var times = Array(repeating: UInt16(0), count: self.seeds * resamples)
    for resample in 0..<resamples {
      var draw = stream.draw(UInt64(resample))
      let start = resample * self.seeds
      for _ in 0..<self.seeds { times[start + Int(draw.nextInteger(below: UInt64(self.seeds)))] += 1 }
    }
    self.times = times
  }

  /// The difference of a statistic between two programs, seed by seed the same luck, and its interval.
  ///
  /// The percentile interval, widened for few seeds as T. C. Hesterberg advises ("What Teachers Should Know About the
  /// Bootstrap", The American Statistician 69, 2015): by √(n / (n - 1)) and by the ratio of Student's quantile to the
  /// normal one.
  ///
  /// - Returns: `nil` when a side has no value, in the whole or in one resample of ten; without ends for a single seed.
  func difference(from before: SeedSeries, to after: SeedSeries) -> Estimate? {
    guard let old = before.value, let new = after.value else { return nil }
    if before == after { return Estimate(value: 0, low: 0, high: 0) }
    let difference = new - old
    guard seeds > 1 else { return Estimate(value: difference) }
    let resampled = values { times in
      before.value(times).flatMap { old in after.value(times).map { $0 - old } }
    }.sorted()
    guard resampled.count * 10 >= resamples * 9 else { return nil }
    let tail = (1 - Self.confidence) / 2
    let rank = min(resampled.count - 1, Int(tail * Double(resampled.count)))
    let stretch = Self.stretch(seeds)
    let low = difference - (difference - resampled[rank]) * stretch
    let high = difference + (resampled[resampled.count - 1 - rank] - difference) * stretch
    return Estimate(value: difference, low: min(difference, low), high: max(difference, high))
  }

  /// How much a statistic varies from one set of so many seeds to another; `nil` where that cannot be said.
  func standardError(of series: SeedSeries) -> Double? {
    guard seeds > 1 else { return nil }
    var moments = PairedMoments()
    for value in values(series.value) { moments.add(value, 1) }
    return moments.varianceX?.squareRoot()
  }

  private func values(_ statistic: (ArraySlice<UInt16>) -> Double?) -> [Double] {
    (0..<resamples).compactMap { statistic(times[($0 * seeds)..<(($0 + 1) * seeds)]) }
  }

  private static func stretch(_ seeds: Int) -> Double {
    let n = Double(seeds)
    let p = (1 + confidence) / 2
    return (n / (n - 1)).squareRoot() * StudentDistribution(degrees: n - 1).quantile(p) / ExactMath.normalQuantile(p)
  }
}
