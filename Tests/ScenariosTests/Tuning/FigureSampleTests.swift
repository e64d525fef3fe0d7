import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct FigureSampleTests {
  @Test func `the error of a mean is Student's, and that of incidents the ratio estimator's`() throws {
    for units in [[[1.0], [4], [2], [9]], [[1.0, 2], [], [7], [3, 3, 8]]] {
      let sample = try #require(FigureSample(units, .mean))
      var moments = PairedMoments()
      for unit in units { moments.add(unit.reduce(0, +), Double(unit.count)) }
      let expected = try #require(moments.ratio)
      #expect((sample.value - expected.value).magnitude < 1e-12)
      let error = try #require(sample.standardError)
      let margin = try #require(expected.margin)
      #expect((error * StudentDistribution.twoSided95(3) - margin).magnitude < 1e-9)
    }
  }

  @Test func `the error of a quantile is what many samples of uniform numbers show`() throws {
    // The 95th percentile of n uniform numbers has the variance p (1 - p) / n.
    var values: [Double] = []
    var errors: [Double] = []
    for seed in 0..<300 as Range<UInt64> {
      var stream = RandomStream(seed: seed, name: "uniform")
      let units = (0..<100).map { _ in
        var draw = stream.next()
        return (0..<4).map { _ in draw.nextUnit() }
      }
      let sample = try #require(FigureSample(units, .p95))
      values.append(sample.value)
      errors.append(try #require(sample.standardError))
    }
    let truth = (0.95 * 0.05 / 400).squareRoot()
    #expect((errors.reduce(0, +) / 300 / truth - 1).magnitude < 0.1)
    #expect((values.reduce(0, +) / 300 - 0.95).magnitude < 0.003)
  }

  @Test func `what two cells share cancels in their difference, for means and for quantiles`() throws {
    var stream = RandomStream(seed: 1, name: "shared")
    let units = (0..<50).map { _ in
      var draw = stream.next()
      return (0..<4).map { _ in draw.nextUnit() * 100 }
    }
    let later = units.map { $0.map { $0 + 0.25 } }
    for statistic in Statistic.allCases where statistic != .p99 {
      let (a, b) = (try #require(FigureSample(units, statistic)), try #require(FigureSample(later, statistic)))
      #expect(try #require(b.standardError) > 0.5)
      #expect(try #require(b.excess(over: a)) > 1e6)
      #expect(try #require(a.excess(over: b)) < -1e6)
    }
  }

  @Test func `a quantile of too few values is not relied on`() throws {
    let units = (0..<10).map { [Double($0)] }
    let sample = try #require(FigureSample(units, .p95))
    #expect(sample.value == 9)
    #expect(sample.standardError == nil)
    #expect(sample.excess(over: sample) == nil)
    #expect(FigureSample([[], []], .mean) == nil)
  }

  @Test func `values that never vary leave no error, and are not told apart from themselves`() throws {
    let sample = try #require(FigureSample(Array(repeating: [0.1, 0.1, 0.1], count: 40), .p95))
    #expect(sample.standardError == 0)
    #expect(sample.excess(over: sample) == 0)
  }
}
