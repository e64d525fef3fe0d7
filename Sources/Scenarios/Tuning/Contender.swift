/// What is known of a cell while the best one is sought: its objective, its cost and its limits.
struct Contender: Sendable {
  /// Its place among the cells, from 0.
  let index: Int
  /// Each is better when it is less; `nil` when no replication had the figure.
  let objective: FigureSample?
  let cost: FigureSample?
  /// In the order of the limits: the value, how surely it is met and how surely broken; `nil` when nothing had it.
  let limits: [Standing?]

  struct Standing: Sendable, Hashable {
    let value: Double
    let holds: Bool
    let excess: Double
    /// The chance that a sample looks this good though the limit is broken.
    let metDoubt: Double
    /// The chance that a sample looks this bad though the limit is met.
    let brokenDoubt: Double
  }

  /// Whether, as far as has been seen, it meets every limit, and has what it is judged by.
  var qualifies: Bool { objective != nil && cost != nil && limits.allSatisfy { $0?.holds == true } }

  /// The chance that it breaks a limit although it looks as if it did not; at most the sum over the limits.
  var doubt: Double { min(1, limits.reduce(0) { $0 + ($1?.metDoubt ?? 1) }) }

  /// How far it is beyond its limits in all, each as a part of the limit; infinite where a figure is missing.
  var excess: Double { limits.reduce(0) { $0 + ($1?.excess ?? .infinity) } }
}

/// By what cells are judged.
struct LimitJudgement: Sendable {
  let objective: Objective
  /// What is spent; the recommended setting is the cheapest.
  let cost: FigureStatistic
  let limits: [FigureLimit]
  /// What one event adds to the monthly count of a replication.
  let weight: Double

  /// - Parameter units: of each unit of replications, the values of every figure in the order of `Figure.all`.
  func contender(_ index: Int, _ units: [[Observation]]) -> Contender {
    func sample(_ target: FigureStatistic) -> FigureSample? {
      guard let place = Figure.names.firstIndex(of: target.figure.name) else { return nil }
      return FigureSample(
        units.map { unit in unit.flatMap { place < $0.values.count ? $0.values[place] : [] } }, target.statistic)
    }
    let width = Double(units.first?.count ?? 1)
    return Contender(
      index: index, objective: sample(objective.target)?.times(objective.sign), cost: sample(cost),
      limits: limits.map { limit in
        sample(limit.target).map { sample in
          let (met, broken) = limit.doubt(sample, weight: weight / width)
          return Contender.Standing(
            value: sample.value, holds: limit.holds(sample.value), excess: limit.excess(of: sample.value),
            metDoubt: met, brokenDoubt: broken)
        }
      })
  }
}
