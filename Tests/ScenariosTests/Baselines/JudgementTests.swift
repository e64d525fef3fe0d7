import Failover
import Testing

@testable import Scenarios

@Suite struct JudgementTests {
  @Test(arguments: [
    // low, value, high, tolerance: of a figure of which less is better
    (11.0, 12.0, 13.0, 10.0, Verdict.regressed),
    (10.0, 12.0, 13.0, 10.0, .inconclusive(moreSeeds: 0)),
    (-9.0, 0.0, 9.0, 10.0, .noChange),
    (-10.0, 0.0, 10.0, 10.0, .noChange),
    (-13.0, -12.0, -11.0, 10.0, .improved),
    (0.0, 0.0, 0.0, 0.0, .noChange),
    (1.0, 1.0, 1.0, 0.0, .regressed),
    (-1.0, -1.0, -1.0, 0.0, .improved),
  ])
  func `only an interval beyond the tolerance is a regression`(
    low: Double, value: Double, high: Double, tolerance: Double, expected: Verdict
  ) {
    let estimate = Estimate(value: value, low: low, high: high)
    let found = Judgement.verdict(estimate, isHigherBetter: false, tolerance: tolerance, seeds: 10)
    if case .inconclusive = expected {
      #expect(found.name == "inconclusive")
    } else {
      #expect(found == expected)
    }
    // Of a figure of which more is better, the mirror image is judged the same.
    let mirrored = Estimate(value: -value, low: -high, high: -low)
    #expect(Judgement.verdict(mirrored, isHigherBetter: true, tolerance: tolerance, seeds: 10) == found)
  }

  @Test func `half the width takes four times the seeds`() {
    // Within: both ends are 20 off and must be 10. Beyond: the near end is 10 off the tolerance and must be 5.
    let within = Estimate(value: 0, low: -20, high: 20)
    #expect(Judgement.verdict(within, isHigherBetter: false, tolerance: 10, seeds: 50) == .inconclusive(moreSeeds: 150))
    let beyond = Estimate(value: 15, low: 5, high: 25)
    #expect(Judgement.verdict(beyond, isHigherBetter: false, tolerance: 10, seeds: 50) == .inconclusive(moreSeeds: 150))
    let better = Estimate(value: -15, low: -25, high: -5)
    #expect(Judgement.verdict(better, isHigherBetter: false, tolerance: 10, seeds: 50) == .inconclusive(moreSeeds: 150))
    let edge = Estimate(value: 10, low: 0, high: 20)
    #expect(Judgement.verdict(edge, isHigherBetter: false, tolerance: 10, seeds: 50) == .inconclusive(moreSeeds: nil))
    #expect(Verdict.inconclusive(moreSeeds: 150).sentence == "inconclusive, needs about 150 more seeds")
  }

  @Test func `a figure that is gone is a regression, one that appears is an improvement`() throws {
    let measure = try Measure.test("mttrFull.mean")
    let series = SeedSeries([[5], [6]], .mean)
    let bootstrap = Bootstrap(seeds: 2, seed: 1)
    let gone = Judgement(measure, from: series, to: nil, tolerance: nil, stored: 100, bootstrap)
    #expect(gone?.verdict == .regressed)
    let new = Judgement(measure, from: nil, to: series, tolerance: nil, stored: nil, bootstrap)
    #expect(new?.verdict == .improved)
    #expect(Judgement(measure, from: nil, to: nil, tolerance: nil, stored: nil, bootstrap) == nil)
  }

  @Test func `one seed is compared exactly: a millisecond more than the tolerance is a regression`() throws {
    let measure = try Measure.test("mttrFull.mean")
    func verdict(_ after: Int64, _ tolerance: String?) throws -> Verdict? {
      Judgement(
        measure, from: SeedSeries([[10_000]], .mean), to: SeedSeries([[after]], .mean),
        tolerance: try tolerance.map { try Tolerance($0) }, stored: 0, Bootstrap(seeds: 1, seed: 1))?.verdict
    }
    #expect(try verdict(10_000, nil) == .noChange)
    #expect(try verdict(10_001, nil) == .regressed)
    #expect(try verdict(9_999, nil) == .improved)
    #expect(try verdict(10_500, "mttrFull=5%") == .noChange)
    #expect(try verdict(10_501, "mttrFull=5%") == .regressed)
    #expect(try verdict(10_700, "mttrFull=5%|700ms") == .noChange)
    #expect(try verdict(10_701, "mttrFull=700ms|5%") == .regressed)
  }

  @Test func `a derived tolerance is the standard error, at most a twentieth of the figure`() throws {
    // 0 and 200 in turn, 100 seeds: the deviation is 100, the standard error 10, a twentieth of the mean 5.
    let wide = SeedSeries((0..<100).map { [$0 % 2 == 0 ? 0 : 200] }, .mean)
    #expect(Tolerance.derived(from: wide, Bootstrap(seeds: 100, seed: 1)) == 5)
    // The same around 10,000: the standard error counts.
    let narrow = SeedSeries((0..<100).map { [$0 % 2 == 0 ? 9_900 : 10_100] }, .mean)
    #expect((9...11).contains(Tolerance.derived(from: narrow, Bootstrap(seeds: 100, seed: 1))))
    #expect(Tolerance.derived(from: SeedSeries([[7]], .mean), Bootstrap(seeds: 1, seed: 1)) == 0)
  }
}

@Suite struct CheckOptionTests {
  @Test(arguments: [
    ("mttrFull.p95=5%", 0.05, nil), ("mttrFull.p95=2s", nil, 2_000), ("mttd = 5% | 2s", 0.05, 2_000),
    ("availability=0.001", nil, 1_000), ("cost=$0.5", nil, 500_000), ("falseFailovers=0.25", nil, 250_000),
    ("cost.overhead.month=0%", 0, nil),
  ] as [(String, Double?, Int64?)])
  func `a tolerance is a part, an amount or both`(text: String, part: Double?, amount: Int64?) throws {
    let tolerance = try Tolerance(text)
    #expect(tolerance.part == part)
    #expect(tolerance.amount == amount)
  }

  @Test func `the largest of everything overflows nothing`() throws {
    let most = Steps.largest
    let tolerance = try Tolerance("mttd=9223372036854775807%")
    #expect(tolerance.steps(of: most) == most)
    let old = SeedSamples.made([Array(repeating: most, count: 20_000), [-most]], of: "cost")
    let new = SeedSamples.made([[-most], [most]], of: "cost")
    let measure = try Measure.test("cost")
    let judgement = try #require(
      Judgement(
        measure, from: old.series(measure), to: new.series(measure), tolerance: nil, stored: most,
        Bootstrap(seeds: 2, seed: 1)))
    #expect(judgement.cells.count == 7)
    for unit in MetricUnit.allCases {
      #expect(!Steps.change(.min, unit).isEmpty && !Steps.change(.max, unit).isEmpty)
    }
  }

  @Test(arguments: [
    "", "=", "mttrFull.p95", "mttrFull.p95=", "mttrFull.p95=5", "mttrFull.p95=-5%", "mttrFull.p95=5%|5%", "mttd=2s|3s",
    "mttd=5%|", "mttd=$1", "mttrFul=5%", "mttd.p42=5%", "cost=1s", "mttd=99999999999999d", "mttd=5%|2s|1%",
  ])
  func `what is no tolerance is refused with a message that says what would be`(text: String) throws {
    let error = try #require(throws: InvalidFile.self) { _ = try Tolerance(text) }
    #expect(error.description.contains("error: "))
  }

  @Test(arguments: [
    ("mttrFull.p95<15min", "mttrFull.p95 < 15min", 899_999, 900_000), ("mttd<=30s", "mttd.mean <= 30s", 30_000, 30_001),
    ("availability > 99.5%", "availability.mean > 99.5%", 995_001, 995_000),
    ("availability>=0.995", "availability.mean >= 99.5%", 995_000, 994_999),
    ("cost<$100", "cost.mean < $100.00", 99_999_999, 100_000_000),
  ] as [(String, String, Int64, Int64)])
  func `a limit holds up to its bound`(text: String, shown: String, good: Int64, bad: Int64) throws {
    let limit = try Limit(text)
    #expect(limit.text == shown)
    #expect(limit.holds(good))
    #expect(!limit.holds(bad))
    #expect(!limit.holds(nil))
  }

  @Test(arguments: [
    "", "<", "mttd", "mttd=5s", "mttd<", "<5s", "mttd<5", "mttd<5%", "mttd<5s<6s", "mttx<5s", "mttd=<5s", "mttd<-5s",
  ])
  func `what is no limit is refused`(text: String) throws {
    let error = try #require(throws: InvalidFile.self) { _ = try Limit(text) }
    #expect(error.description.contains("--limit"))
  }

  @Test func `10,000 mutilated tolerances and limits give a value or a message`() {
    let names = ["mttrFull.p95", "availability", "cost"]
    let texts = ["=5%|2s", ">=99.5%", "<$100"].map { Array($0.utf8) }
    var random = TestRandom(state: 4)
    var (good, bad) = (0, 0)
    for index in 0..<10_000 {
      // Nine in ten keep the name: a wrong one is soon refused, and looking for the nearest right one takes long.
      let (name, rest) = (Array(names[index % 3].utf8), texts[index % 3])
      let bytes =
        index % 10 == 0
        ? mutated(name + rest, with: texts, using: &random) : name + mutated(rest, with: texts, using: &random)
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        if index % 3 == 0 { _ = try Tolerance(text) } else { _ = try Limit(text) }
        good += 1
      } catch {
        bad += 1
      }
    }
    #expect(good > 0 && bad > 0)
  }
}
