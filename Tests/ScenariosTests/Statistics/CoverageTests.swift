import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// Made-up replications whose truth is known: incidents are exponential around a level that all of one replication share.
struct ClusteredIncidents {
  let stream: RandomStream

  init(_ experiment: Int) { stream = RandomStream(seed: UInt64(experiment), name: "clustered incidents") }

  /// Levels are 0.5 or 1.5 with equal chance: the mean of all incidents is 1.
  static let mean = 1.0

  func replication(_ number: Int) -> [Double] {
    var draw = stream.draw(UInt64(number))
    let level = draw.nextUnit() < 0.5 ? 0.5 : 1.5
    let count = 1 + draw.nextInteger(below: 8)
    return (0..<count).map { _ in -level * ExactMath.log(draw.nextUnit()) }
  }
}

@Suite struct CoverageTests {
  @Test func `the interval of a mean over incidents contains the truth in 93 to 97 of 100 experiments`() {
    var (covered, naive) = (0, 0)
    for experiment in 0..<1_000 {
      let incidents = ClusteredIncidents(experiment)
      var (grouped, single) = (PairedMoments(), PairedMoments())
      for number in 0..<30 {
        let values = incidents.replication(number)
        grouped.add(values.reduce(0, +), Double(values.count))
        for value in values { single.add(value, 1) }
      }
      if grouped.ratio.map({ $0.contains(ClusteredIncidents.mean) }) ?? false { covered += 1 }
      if single.ratio.map({ $0.contains(ClusteredIncidents.mean) }) ?? false { naive += 1 }
    }
    #expect((930...970).contains(covered), "\(covered)")
    // Taking the incidents of one replication for independent promises too much.
    #expect(naive < 900, "\(naive)")
  }

  @Test func `the interval of a quantile contains the truth, incidents of one replication being alike`() throws {
    // Half the incidents have the level 0.5, half 1.5: the share above q is their mean.
    func above(_ q: Double) -> Double { (ExactMath.exp(-q / 0.5) + ExactMath.exp(-q / 1.5)) / 2 }
    let truths = [0.5, 0.95].map { p -> Double in
      var (low, high) = (0.0, 50.0)
      for _ in 0..<100 { if above((low + high) / 2) > 1 - p { low = (low + high) / 2 } else { high = (low + high) / 2 } }
      return low
    }
    let figure = try #require(Figure.named("mttd"))
    var covered = [0, 0]
    for experiment in 0..<60 {
      let incidents = ClusteredIncidents(experiment + 5_000)
      var statistics = FigureStatistics(figure)
      for number in 0..<60 { statistics.add(incidents.replication(number)) }
      let summary = statistics.summary
      for (index, estimate) in [summary.p50, summary.p95].enumerated() where estimate?.contains(truths[index]) ?? false {
        covered[index] += 1
      }
    }
    // 60 experiments: 95 % less three standard deviations is 52.
    #expect(covered.allSatisfy { $0 >= 52 }, "\(covered)")
  }

  @Test func `on a scenario with a known mean the interval contains it in 93 to 97 of 100 experiments`() throws {
    let scenario = try KnownScenario.load()
    let times = try Workers().map(1_000) { index in
      try ReplicationPlan().observe(scenario, replication: index).values[KnownScenario.figure]
    }
    // Each experiment has ten of a thousand replications, so that two experiments hardly ever share one.
    var random = TestRandom(state: 12)
    var covered = 0
    for _ in 0..<1_000 {
      var moments = PairedMoments()
      for values in times.shuffledPrefix(10, using: &random) { moments.add(values.reduce(0, +), Double(values.count)) }
      if moments.ratio.map({ $0.contains(KnownScenario.mean) }) ?? false { covered += 1 }
    }
    #expect((930...970).contains(covered), "\(covered)")
  }
}

extension Array {
  /// So many elements, each at most once, in any order.
  fileprivate func shuffledPrefix(_ count: Int, using random: inout TestRandom) -> [Element] {
    var chosen: [Int] = []
    while chosen.count < count {
      let index = Int.random(in: indices, using: &random)
      if !chosen.contains(index) { chosen.append(index) }
    }
    return chosen.map { self[$0] }
  }
}

extension Estimate {
  /// Whether a value lies between its ends; an unknown end is no bound.
  func contains(_ truth: Double) -> Bool { (low ?? -.infinity) <= truth && truth <= (high ?? .infinity) }
}
