import FailoverSim
import Testing

@testable import Scenarios

@Suite struct ImportanceTests {
  /// The values of a function over a grid, the last parameter varying fastest.
  private static func grid(_ axes: [[Double]], _ function: ([Double]) -> Double) -> [Double] {
    axes.reduce([[]]) { points, axis in points.flatMap { point in axis.map { point + [$0] } } }.map(function)
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  private static let axes: [[Double]] = [[1, 2, 4], [0, 5], [3, 1, 4, 1.5]]

  @Test func `in a sum each parameter has its share of the variance, alone and in all`() throws {
    let found = try #require(Importance.all(Self.grid(Self.axes) { $0[0] + 2 * $0[1] - $0[2] }, sizes: [3, 2, 4]))
    let variances = [Self.variance(Self.axes[0]), 4 * Self.variance(Self.axes[1]), Self.variance(Self.axes[2])]
    let whole = variances.reduce(0, +)
    for (one, variance) in zip(found, variances) {
      #expect((one.first - variance / whole).magnitude < 1e-12)
      #expect((one.total - variance / whole).magnitude < 1e-12)
    }
  }

  @Test func `in a product the indices are those of the closed form`() throws {
    let axes: [[Double]] = [[1, 2, 3], [1, 5, 6, 8]]
    let found = try #require(Importance.all(Self.grid(axes) { $0[0] * $0[1] }, sizes: [3, 4]))
    // Var(XY) = vx·vy + vx·my² + vy·mx²: the last two are alone, the first is together.
    let (vx, vy, mx, my) = (Self.variance(axes[0]), Self.variance(axes[1]), 2.0, 5.0)
    let whole = vx * vy + vx * my * my + vy * mx * mx
    #expect((found[0].first - vx * my * my / whole).magnitude < 1e-12)
    #expect((found[1].first - vy * mx * mx / whole).magnitude < 1e-12)
    #expect((found[0].total - (vx * vy + vx * my * my) / whole).magnitude < 1e-12)
    #expect((found[1].total - (vx * vy + vy * mx * mx) / whole).magnitude < 1e-12)
  }

  @Test func `of the exclusive or of two no parameter matters alone and both matter wholly`() throws {
    let found = try #require(Importance.all([0, 1, 1, 0], sizes: [2, 2]))
    #expect(found == [Importance(first: 0, total: 1), Importance(first: 0, total: 1)])
  }

  @Test func `what is luck is taken off, of each cell's own as of what all share`() throws {
    // Of a 6 x 5 grid only the first parameter matters; without the correction the second would seem to, too.
    let truth = Self.grid([(0..<6).map(Double.init), [0, 0, 0, 0, 0]]) { $0[0] }
    var random = RandomStream(seed: 3, name: "importance")
    func normal() -> Double {
      var draw = random.next()
      return (0..<12).reduce(-6) { sum, _ in sum + draw.nextUnit() }
    }
    var sums = (first: 0.0, second: 0.0)
    for _ in 0..<50 {
      let units = (0..<10).map { _ in
        let shared = normal() * 20
        return truth.map { $0 + shared + normal() * 3 }
      }
      let values = truth.indices.map { cell in units.reduce(0) { $0 + $1[cell] } / 10 }
      let noise = units.map { unit in zip(unit, values).map { $0 - $1 } }
      let found = try #require(Importance.all(values, noise: noise, sizes: [6, 5]))
      sums.first += found[0].first / 50
      sums.second += found[1].total / 50
    }
    // With luck left in they would be 0.81 and 0.19.
    #expect(sums.first > 0.93)
    #expect(sums.second < 0.08)
  }

  @Test func `a grid that has holes or never varies has none`() {
    #expect(Importance.all([1, 2, 3], sizes: [2, 2]) == nil)
    #expect(Importance.all([7, 7, 7, 7], sizes: [2, 2]) == nil)
    #expect(Importance.all([], sizes: []) == nil)
  }
}
