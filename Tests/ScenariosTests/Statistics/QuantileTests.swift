import Testing

@testable import Scenarios

@Suite struct QuantileTests {
  /// By counting out the binomial distribution: the best ranks between which a quantile lies.
  private func exactRanks(_ p: Double, _ n: Int) -> (low: Int?, high: Int?) {
    let binomial = Binomial(n, p)
    // Fewer than `rank` values below: the quantile is under the value of that rank.
    let low = (1...n).last { 1 - binomial.atLeast($0) <= 0.025 }
    let high = (1...n).first { binomial.atLeast($0) <= 0.025 }
    return (low, high)
  }

  @Test(arguments: [0.05, 0.5, 0.95, 0.99])
  func `the ranks of independent values are those that the binomial distribution gives`(p: Double) {
    for n in [1, 2, 5, 6, 10, 35, 36, 59, 72, 73, 100, 371, 400] {
      let ranks = OrderStatistics.ranks(p, count: n, effective: Double(n))
      let exact = exactRanks(p, n)
      #expect(ranks.low == exact.low, "\(n)")
      #expect(ranks.high == exact.high, "\(n)")
    }
  }

  @Test func `values that are worth less spread the ranks`() throws {
    let all = OrderStatistics.ranks(0.5, count: 1000, effective: 1000)
    let few = OrderStatistics.ranks(0.5, count: 1000, effective: 100)
    #expect(try #require(few.low) < #require(all.low))
    #expect(try #require(few.high) > #require(all.high))
    // Of a hundred values the ranks are 40 and 61: ten times as many places, or a little closer as ranks of hundredths
    // need not be whole.
    let low = try #require(few.low)
    #expect((400..<410).contains(low))
    #expect(few.high == 1001 - low)
  }

  @Test(arguments: [
    QuantileHistogram.Scale(steps: 1_000), .init(steps: 1e6),
    .init(steps: 1e9, isMirrored: true),
  ])
  func `quantiles are those of the sorted values, to a part in a thousand`(scale: QuantileHistogram.Scale) throws {
    var random = TestRandom(state: 8)
    let values = (0..<4_000).map { _ -> Double in
      let unit = Double.random(in: 0..<1, using: &random)
      return scale.isMirrored ? 1 - unit * unit * 0.01 : 900 * unit * unit
    }
    var parts = [QuantileHistogram(scale), QuantileHistogram(scale)]
    for (index, value) in values.enumerated() { parts[index % 2].record(value) }
    parts[0].merge(parts[1])
    let ranked = parts[0].ranked
    let sorted = values.sorted()
    #expect(ranked.count == 4_000)
    for p in [0.0, 0.001, 0.05, 0.5, 0.95, 0.99, 0.9999, 1] {
      let exact = sorted[max(1, Int((p * 4_000).rounded(.up))) - 1]
      let found = try #require(ranked.quantile(p))
      let size = scale.isMirrored ? 1 - exact : exact
      #expect((found - exact).magnitude <= size / 1_000 + 0.5 / scale.steps + 1e-12, "\(p)")
    }
  }

  @Test func `nothing has no quantile, and wild values do no harm`() {
    var histogram = QuantileHistogram(.init(steps: 1_000))
    #expect(histogram.ranked.quantile(0.5) == nil)
    for value in [-1, 0, 1e300, .infinity, .nan] { histogram.record(value) }
    #expect(histogram.count == 5)
    #expect(histogram.ranked.quantile(0) == 0)
  }
}
