import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct StoppingRuleTests {
  /// One value a replication, uniform from 0.5 to 1.5: mean 1, variance 1/12.
  private func statistics(_ experiment: Int, _ rule: StoppingRule) -> (ReplicationStatistics, looks: [Int]) {
    let stream = RandomStream(seed: UInt64(experiment), name: "stopping")
    var statistics = ReplicationStatistics()
    var looks: [Int] = []
    repeat {
      let target = rule.nextLook(after: statistics.replications)
      while statistics.replications < target {
        var draw = stream.draw(UInt64(statistics.replications))
        statistics.add([Observation(values: [[0.5 + draw.nextUnit()]])])
      }
      looks.append(target)
    } while !rule.isSatisfied(by: statistics)
    return (statistics, looks)
  }

  @Test func `it stops when the precision is there, and at most a twentieth later`() throws {
    let precision = try Precision("mttd=5%")
    let rule = StoppingRule(limit: 10_000, precision: precision)
    // (1.96 · √(1/12) / 0.05)² = 128.05 replications.
    var counts: [Int] = []
    for experiment in 0..<60 {
      let (statistics, looks) = statistics(experiment, rule)
      counts.append(statistics.replications)
      #expect(precision.isReached(in: statistics))
      let before = looks.count > 1 ? looks[looks.count - 2] : 0
      let (earlier, _) = self.statistics(experiment, StoppingRule(limit: max(1, before)))
      #expect(before == 0 || !precision.isReached(in: earlier))
      #expect(statistics.replications - before <= max(30, before / 20 + 3))
    }
    let mean = Double(counts.reduce(0, +)) / Double(counts.count)
    #expect((120...142).contains(mean), "\(mean)")
    #expect(counts.allSatisfy { (90...180).contains($0) }, "\(counts.sorted())")
  }

  @Test func `what was stopped by its precision still contains the truth as often as it should`() throws {
    let rule = StoppingRule(limit: 10_000, precision: try Precision("mttd=7%"))
    let covered = (0..<200).count { experiment in
      statistics(experiment + 900, rule).0.estimate(.mean, of: "mttd")?.contains(1) ?? false
    }
    // 95 % of 200 is 190; three standard deviations less are 181.
    #expect(covered >= 181, "\(covered)")
  }

  @Test func `values that never vary stop it at the first look, values that are missing at the limit`() throws {
    let rule = StoppingRule(limit: 100, precision: try Precision("mttd.p50=1%"))
    var same = ReplicationStatistics()
    for _ in 0..<30 { same.add([Observation(values: [[2]])]) }
    #expect(rule.isSatisfied(by: same))
    var none = ReplicationStatistics()
    for _ in 0..<99 { none.add([Observation(values: [[]])]) }
    #expect(!rule.isSatisfied(by: none))
    none.add([Observation(values: [[]])])
    #expect(rule.isSatisfied(by: none))
  }

  @Test func `without a precision exactly as many are played as asked for`() {
    #expect(StoppingRule(limit: 7).nextLook(after: 0) == 7)
    #expect(StoppingRule(limit: 20, precision: nil).limit == 20)
    #expect(StoppingRule(limit: 0).limit == 1)
  }

  @Test func `a precision is read with its figure, its statistic and its margin`() throws {
    #expect(
      try Precision("mttrFull.p95=5%") == Precision(figure: "mttrFull", statistic: .p95, margin: .relative(0.05)))
    #expect(try Precision("mttd = 500ms") == Precision(figure: "mttd", statistic: .mean, margin: .absolute(0.5)))
    #expect(
      try Precision("availability.full=0.001")
        == Precision(figure: "availability", statistic: .mean, margin: .absolute(0.001)))
    #expect(try Precision("cost.month.p50=$2") == Precision(figure: "cost", statistic: .p50, margin: .absolute(2)))
  }

  @Test(arguments: [
    ("mttrFul.p95=5%", "did you mean 'mttrFull.p95'?"), ("mttd", "expected a figure and a margin"),
    ("mttd=0%", "is no margin"), ("mttd=5", "is no margin"), ("cost=5s", "is no margin"), ("=", "expected a figure"),
    ("mttd.p42=5%", "no figure is called"),
  ])
  func `what makes no precision is refused with the reason`(text: String, message: String) {
    let error = #expect(throws: InvalidFile.self) { try Precision(text) }
    #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
  }
}
