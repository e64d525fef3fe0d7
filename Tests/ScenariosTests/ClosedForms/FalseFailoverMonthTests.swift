import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// The chance that a GPU which works all month is called down: checks every I, k failures in a row, each with
/// probability p.
@Suite struct FalseFailoverMonthTests {
  /// A chain over the failures in a row so far, one step a check.
  private func chance(_ p: Double, threshold: Int, checks: Int) -> Double {
    var inARow = [1.0] + Array(repeating: 0, count: threshold - 1)
    var down = 0.0
    for _ in 0..<checks {
      down += inARow[threshold - 1] * p
      let well = inARow.reduce(0, +) * (1 - p)
      for failures in stride(from: threshold - 1, to: 0, by: -1) { inARow[failures] = inARow[failures - 1] * p }
      inARow[0] = well
    }
    return down
  }

  @Test(arguments: [10, 30, 300], [(1, 1), (5, 3), (1, 3), (20, 8)] as [(Int64, Int)])
  func `a month's closed form agrees with a chain of its checks`(
    interval: Int64, noise: (percent: Int64, threshold: Int)
  ) {
    let policy = HealthCheckPolicy(
      interval: .seconds(interval), timeout: .seconds(1), failureThreshold: noise.threshold)
    let checks = Int(30 * 86_400 / interval)
    let p = Double(noise.percent) / 100
    let said = policy.probabilityOfFalseFailover(
      in: .seconds(30 * 86_400), noise: CheckNoise(falseFailure: .percent(noise.percent)))
    let expected = chance(p, threshold: noise.threshold, checks: checks)
    #expect(abs(said - expected) < 1e-9, "\(said), expected \(expected)")
  }

  @Test(arguments: [(5, 3), (12, 4), (1, 2)] as [(Int64, Int)])
  func `so many of the months that are played have a false failover`(percent: Int64, threshold: Int) throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU(", noise: {falseFailure: \(percent)%}") + """
        healthCheck: {interval: 30min, timeout: 3s, failureThreshold: \(threshold), methods: [api]}
        """)
    let months = 300
    var hits = 0
    for seed in 1...months {
      let run = try Run(scenario, seed: UInt64(seed))
      if run.events.contains(where: { if case .faultDetected = $0.kind { true } else { false } }) { hits += 1 }
    }
    let expected = chance(Double(percent) / 100, threshold: threshold, checks: 30 * 48)
    #expect((0.05...0.95).contains(expected))
    let error = (expected * (1 - expected) / Double(months)).squareRoot()
    #expect(abs(Double(hits) / Double(months) - expected) < 4 * error, "\(hits) of \(months), expected \(expected)")
  }
}
