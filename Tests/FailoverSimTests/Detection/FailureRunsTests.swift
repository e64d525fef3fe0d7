import Failover
import FailoverSim
import Testing

/// Counts runs in every one of the 2ⁿ outcomes of n trials.
private func enumerated(_ runs: FailureRuns, trials: Int, standing: Int = 0) -> (any: Double, count: Double) {
  var (anyRun, count) = (0.0, 0.0)
  for outcome in 0..<(1 << trials) {
    var (probability, inARow, found) = (1.0, standing, 0)
    for trial in 0..<trials {
      let failed = outcome >> trial & 1 == 1
      probability *= failed ? runs.probability : 1 - runs.probability
      inARow = failed ? inARow + 1 : 0
      if inARow == runs.length { (inARow, found) = (0, found + 1) }
    }
    if found > 0 { anyRun += probability }
    count += probability * Double(found)
  }
  return (anyRun, count)
}

private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  a == b || abs(a - b) <= tolerance * max(abs(a), abs(b))
}

@Suite struct FailureRunsTests {
  @Test(arguments: [0, 0.001, 0.3, 0.5, 0.9, 1], [1, 2, 3, 4])
  func `probability and count agree with counting every outcome`(p: Double, length: Int) {
    let runs = FailureRuns(probability: p, length: length)
    for trials in 0...8 {
      let expected = enumerated(runs, trials: trials)
      #expect(isClose(runs.probability(within: Int64(trials)), expected.any), "\(trials) trials")
      #expect(isClose(runs.expectedCount(within: Int64(trials)), expected.count), "\(trials) trials")
      for standing in 0..<length {
        var start = [Double](repeating: 0, count: length)
        start[standing] = 1
        let expected = enumerated(runs, trials: trials, standing: standing).any
        #expect(isClose(runs.probability(within: Int64(trials), from: start), expected))
      }
    }
  }

  /// P(n) = P(n - 1) + (1 - p) pᵏ (1 - P(n - k - 1)): the first run ends with trial n after a success and no run
  /// before.
  @Test(arguments: [(0.01, 3), (0.2, 2), (0.5, 8), (0.9, 40), (0.99, 100), (1e-4, 5)])
  func `the shortcut for many trials agrees with the recursion over all of them`(p: Double, length: Int) {
    var power = 1.0
    for _ in 0..<length { power *= p }
    var expected = [Double](repeating: 0, count: 10_001)
    var count = [Double](repeating: 0, count: 10_001)
    for n in length..<expected.count {
      expected[n] = n == length ? power : expected[n - 1] + (1 - p) * power * (1 - expected[n - length - 1])
      count[n] = n == length ? power : power * (1 - p) + power * count[n - length]
    }
    let runs = FailureRuns(probability: p, length: length)
    var total = 0.0
    for n in 0..<expected.count {
      total += count[n]
      guard n < 300 && n.isMultiple(of: 7) || n.isMultiple(of: 997) || n == 10_000 else { continue }
      #expect(isClose(runs.probability(within: Int64(n)), expected[n], 1e-9), "\(n) trials")
      #expect(isClose(runs.expectedCount(within: Int64(n)), total, 1e-10), "\(n) trials")
    }
  }

  @Test func `the mean number of trials is Feller's`() {
    // Chapter XIII.7: a run of five heads takes 62 tosses of a fair coin in the mean, one of three sixes 258 throws.
    #expect(FailureRuns(probability: 0.5, length: 5).meanTrials == 62)
    #expect(isClose(FailureRuns(probability: 1.0 / 6, length: 3).meanTrials, 258))
    for (p, length) in [(0.01, 3), (0.3, 4), (0.9, 2)] {
      let power = (0..<length).reduce(1.0) { power, _ in power * p }
      #expect(isClose(FailureRuns(probability: p, length: length).meanTrials, (1 - power) / ((1 - p) * power)))
    }
    #expect(FailureRuns(probability: 1, length: 7).meanTrials == 7)
    #expect(FailureRuns(probability: 0, length: 1).meanTrials == .infinity)
    #expect(FailureRuns(probability: 1, length: 7).meanTrials(after: 4) == 3)
  }

  @Test func `the steady state repeats itself from one trial to the next`() {
    for (p, length) in [(0.2, 1), (0.2, 3), (0.9, 6), (1, 4), (0, 3)] as [(Double, Int)] {
      let state = FailureRuns(probability: p, length: length).steadyState
      var next = [Double](repeating: 0, count: length)
      for (failures, weight) in state.enumerated() {
        next[failures + 1 == length ? 0 : failures + 1] += weight * p
        next[0] += weight * (1 - p)
      }
      #expect(isClose(state.reduce(0, +), 1))
      for (a, b) in zip(state, next) { #expect(isClose(a, b)) }
    }
  }

  @Test func `a century of checks takes no time, and rare runs keep their digits`() {
    // pᵏ is 10⁻¹⁸: so many trials make about n (1 - p) pᵏ runs.
    let runs = FailureRuns(probability: 1e-6, length: 3)
    let trials: Int64 = 3_155_760_000
    #expect(isClose(runs.probability(within: trials), 3.155_756_844e-9, 1e-8))
    #expect(isClose(runs.expectedCount(within: trials), 3.155_756_844e-9, 1e-8))
    #expect(FailureRuns(probability: 0.5, length: 3).probability(within: .max) == 1)
    #expect(FailureRuns(probability: 0, length: 3).probability(within: .max) == 0)
    #expect(FailureRuns(probability: 0.5, length: 3).probability(within: -1) == 0)
    #expect(isClose(FailureRuns(probability: 0.5, length: 3).expectedCount(within: 1 << 40), 0x1p40 / 14, 1e-9))
  }

  @Test func `values out of range count as the nearest that is in range`() {
    #expect(FailureRuns(probability: -1, length: 0) == FailureRuns(probability: 0, length: 1))
    #expect(FailureRuns(probability: 2, length: .max) == FailureRuns(probability: 1, length: 1000))
    #expect(FailureRuns(probability: .nan, length: 2).probability == 0)
  }
}
