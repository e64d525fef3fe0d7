/// Independent trials, each of which fails with the same probability, and the runs of so many failures in a row among
/// them. After a run is complete, counting starts afresh.
///
/// It answers how often a threshold of consecutive failures is reached by bad luck. Source: W. Feller, "An Introduction
/// to Probability Theory and Its Applications", volume 1, 3rd edition (1968), XIII.7, "success runs".
///
/// The figures are for reports. They are made of + - × / alone, so that they are the same everywhere.
public struct FailureRuns: Sendable, Hashable {
  /// Of one trial's failing, from 0 to 1.
  public let probability: Double
  /// Failures in a row that make a run, within `lengths`.
  public let length: Int

  /// The longest run bounds the work, which grows with its square.
  public static let lengths = 1...1000

  /// Values outside their ranges count as the nearest end.
  public init(probability: Double, length: Int) {
    self.probability = min(max(0, probability), 1)
    self.length = min(max(Self.lengths.lowerBound, length), Self.lengths.upperBound)
  }

  /// The mean number of trials until a run is complete, which is also the mean from one run to the next; infinite when
  /// trials do not fail.
  ///
  /// (1 - pᵏ) / ((1 - p) pᵏ), written as 1/p + 1/p² + ... + 1/pᵏ, in which nothing cancels.
  public var meanTrials: Double { meanTrials(after: 0) }

  /// The same, when `started` failures in a row have been counted already: 1/pʲ⁺¹ + ... + 1/pᵏ, what is left of the
  /// mean after the part that leads to j failures, since every run passes through j.
  public func meanTrials(after started: Int) -> Double {
    guard probability > 0 else { return started >= length ? 0 : .infinity }
    let inverse = 1 / probability
    var term = 1.0
    var sum = 0.0
    for failures in 0..<length {
      term *= inverse
      if failures >= started { sum += term }
    }
    return sum
  }

  /// How likely 0, 1, ... k - 1 failures in a row stand counted at a moment long after the start, with counting
  /// restarted at each run: in proportion to pʲ, since each state is reached from the one before by one more failure.
  public var steadyState: [Double] {
    var weights: [Double] = []
    var weight = 1.0
    for _ in 0..<length {
      weights.append(weight)
      weight *= probability
    }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// The probability of at least one run within so many trials.
  ///
  /// - Parameters:
  ///   - trials: not negative; less counts as none.
  ///   - start: how likely 0, 1, ... k - 1 failures in a row stand counted before the first trial; none if not given.
  public func probability(within trials: Int64, from start: [Double]? = nil) -> Double {
    var state = [Double](repeating: 0, count: length)
    if let start {
      for (index, weight) in start.prefix(length).enumerated() { state[index] = weight }
    } else {
      state[0] = 1
    }
    return absorbed(within: trials, &state)
  }

  /// Trial by trial: a failure moves from j to j + 1, a success from anywhere to 0, and what moves on from k - 1 is a
  /// run. Only additions of positive numbers, so that small probabilities keep their digits.
  ///
  /// The share h of those without a run that meets one in the next trial settles. The state is made of the last k of
  /// these shares, so once k in a row are equal the rest is geometric: 1 - (1 - h)ⁿ for the n trials that are left.
  /// Where settling is slow the shares look equal a little early, at a cost of less than 10⁻⁹ of the result.
  private func absorbed(within trials: Int64, _ state: inout [Double]) -> Double {
    var absorbed = 0.0
    var done: Int64 = 0
    var settled = 0
    var share = -1.0
    while done < trials {
      let alive = state.reduce(0, +)
      guard alive > 0 else { return absorbed }
      let runs = state[length - 1] * probability
      for index in stride(from: length - 1, to: 0, by: -1) { state[index] = state[index - 1] * probability }
      state[0] = alive * (1 - probability)
      absorbed += runs
      done += 1
      let newShare = runs / alive
      settled = (newShare - share).magnitude <= newShare * 0x1p-51 ? settled + 1 : 0
      share = newShare
      if settled > length && done > length {
        let left = state.reduce(0, +)
        return absorbed + left * Self.atLeastOnce(share, in: trials - done)
      }
    }
    return absorbed
  }

  /// 1 - (1 - h)ⁿ by doubling: from n to 2n trials it grows from x to x (2 - x), with nothing that cancels.
  private static func atLeastOnce(_ h: Double, in trials: Int64) -> Double {
    var result = 0.0
    var power = h
    var left = trials
    while left > 0 {
      if left & 1 == 1 { result += power * (1 - result) }
      power *= 2 - power
      left >>= 1
    }
    return result
  }

  /// The expected number of runs within so many trials.
  ///
  /// With uₙ the probability that a run is complete with trial n, uₙ = pᵏ (1 - p) + pᵏ uₙ₋ₖ after uₖ = pᵏ: a failure
  /// run that starts after a success, or one that starts after another run. Summed in closed form with r = pᵏ (1 - p) /
  /// (1 - pᵏ), the inverse of the mean number of trials: uₙ is r (1 - pᵏⁱ) for n = ik + j with 0 < j < k, and
  /// r (1 - pᵏⁱ⁻ᵏ) + pᵏⁱ for n = ik.
  public func expectedCount(within trials: Int64) -> Double {
    guard trials >= Int64(length), probability > 0 else { return 0 }
    let rate = 1 / meanTrials
    let (blocks, rest) = trials.quotientAndRemainder(dividingBy: Int64(length))
    let run = GeometricSum(ratio: probability, terms: Int64(length)).power
    // The sum of pᵏⁱ for i from 1 to blocks - 1, and the power for i = blocks.
    let inner = GeometricSum(ratio: run, terms: blocks - 1)
    let (earlier, power) = (run * inner.sum, run * inner.power)
    let whole = Double(blocks)
    let multiples = rate * (whole - 1 - earlier) + earlier + power
    let between = Double(length - 1) * rate * (whole - 1 - earlier)
    return multiples + between + Double(rest) * rate * (1 - power)
  }
}
