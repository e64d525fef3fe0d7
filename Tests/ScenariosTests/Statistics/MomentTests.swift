import Testing

@testable import Scenarios

@Suite struct MomentTests {
  private static let values: [(x: Double, y: Double)] = {
    var random = TestRandom(state: 4)
    return (0..<500).map { _ in
      let y = Double.random(in: 1...9, using: &random).rounded()
      return (x: 1e6 + 3 * y + Double.random(in: 0...1, using: &random), y: y)
    }
  }()

  private func moments(_ values: some Sequence<(x: Double, y: Double)>) -> PairedMoments {
    var moments = PairedMoments()
    for value in values { moments.add(value.x, value.y) }
    return moments
  }

  @Test func `one pass gives what two passes give`() throws {
    let values = Self.values
    let n = Double(values.count)
    let (meanX, meanY) = (values.reduce(0) { $0 + $1.x } / n, values.reduce(0) { $0 + $1.y } / n)
    let xx = values.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) } / (n - 1)
    let xy = values.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / (n - 1)
    let moments = moments(values)
    #expect((moments.meanX - meanX).magnitude < 1e-8)
    #expect((try #require(moments.varianceX) / xx - 1).magnitude < 1e-10)
    #expect((try #require(moments.covariance) / xy - 1).magnitude < 1e-10)
  }

  @Test func `parts that are merged give the whole, wherever it is cut`() throws {
    let whole = moments(Self.values)
    for cut in [0, 1, 7, 250, 499, 500] {
      var merged = moments(Self.values[..<cut])
      merged.merge(moments(Self.values[cut...]))
      #expect(merged.count == whole.count)
      #expect((merged.meanX / whole.meanX - 1).magnitude < 1e-14)
      #expect((try #require(merged.varianceX) / #require(whole.varianceX) - 1).magnitude < 1e-10)
      #expect((try #require(merged.covariance) / #require(whole.covariance) - 1).magnitude < 1e-10)
    }
  }

  @Test func `with one value each, the ratio is the mean with Student's interval`() throws {
    // 2, 4, 4, 6, 9: mean 5, variance 7; t(4) = 2.776445.
    let estimate = try #require(moments([2.0, 4, 4, 6, 9].map { (x: $0, y: 1) }).ratio)
    let width = 2.776445105 * (7.0 / 5).squareRoot()
    #expect(estimate.value == 5)
    #expect((try #require(estimate.margin) - width).magnitude < 1e-8)
  }

  @Test func `the ratio's interval is the textbook's sum of squared deviations`() throws {
    let units: [(x: Double, y: Double)] = [(10, 2), (3, 1), (0, 0), (28, 4), (9, 3)]
    let ratio = 50.0 / 10
    let squares = units.reduce(0) { $0 + ($1.x - ratio * $1.y) * ($1.x - ratio * $1.y) }
    let error = (squares / 4 / 5).squareRoot() / 2
    let estimate = try #require(moments(units).ratio)
    #expect(estimate.value == ratio)
    #expect((try #require(estimate.margin) - 2.776445105 * error).magnitude < 1e-8)
  }

  @Test func `values that are all the same are known exactly`() throws {
    let units = [3.0, 5, 1, 2, 7, 4].map { (x: 25.137 * $0, y: $0) }
    #expect(try #require(moments(units).ratio?.margin) == 0)
    #expect(moments([(x: 1, y: 1)]).ratio == Estimate(value: 1))
    #expect(moments([(x: 0, y: 0)]).ratio == nil)
    #expect(PairedMoments().ratio == nil)
  }
}
