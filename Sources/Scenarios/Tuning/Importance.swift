import Failover

/// How much of the variation of a figure over a grid is a parameter's, alone and together with others.
public struct Importance: Sendable, Hashable {
  /// The part of the variance that is left of it when all other parameters are averaged out: 1 when nothing else
  /// matters.
  public let first: Double
  /// The part that would vanish if it were held, whatever the others are: more than `first` by what it does together
  /// with others.
  public let total: Double

  /// The indices of every parameter, exact for the cells of a full grid that all weigh the same (I. M. Sobol,
  /// Mathematics and
  /// Computers in Simulation 55, 2001; on a grid they are the shares of a balanced analysis of variance).
  ///
  /// What the values owe to luck is taken off: each of the variances is a quadratic form of the values, so that what it
  /// gains by luck is, on average, the same form of one unit's influences over the number of units. That holds
  /// whether the cells were played with the same luck or not.
  ///
  /// - Parameters:
  ///   - values: of every cell, the last parameter varying fastest.
  ///   - noise: of each independent unit of replications, what it moves each of the values by; none for exact values.
  ///   - sizes: how many values each parameter has.
  /// - Returns: `nil` when the sizes do not fit, or nothing varies that is not luck.
  public static func all(_ values: [Double], noise: [[Double]] = [], sizes: [Int]) -> [Importance]? {
    let count = sizes.reduce(1, *)
    guard count == values.count, count > 1, noise.allSatisfy({ $0.count == count }), noise.count != 1 else { return nil }
    func corrected(_ form: ([Double]) -> Double) -> Double {
      guard noise.count > 1 else { return form(values) }
      let n = Double(noise.count)
      return form(values) - noise.reduce(0) { $0 + form($1) } / (n * (n - 1))
    }
    let variance = corrected { Self.variance($0) }
    let scale = values.reduce(0) { max($0, $1.magnitude) }
    guard variance > 1e-20 * scale * scale else { return nil }
    func part(_ amount: Double) -> Double { min(1, max(0, amount / variance)) }
    return sizes.indices.map { axis in
      let inner = sizes[(axis + 1)...].reduce(1, *)
      let size = sizes[axis]
      let first = corrected { values in
        var means = Array(repeating: 0.0, count: size)
        for (index, value) in values.enumerated() { means[index / inner % size] += value }
        return Self.variance(means.map { $0 * Double(size) / Double(count) })
      }
      let rest = corrected { values in
        var means = Array(repeating: 0.0, count: count / size)
        for (index, value) in values.enumerated() { means[index / (inner * size) * inner + index % inner] += value }
        return Self.variance(means.map { $0 / Double(size) })
      }
      // Of exact values never less than alone; what is left of luck must not turn that round.
      return Importance(first: part(first), total: max(part(first), part(variance - rest)))
    }
  }

  /// Of a whole population, not of a sample.
  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }
}
