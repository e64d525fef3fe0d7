/// What came of a tuning.
public struct TuningOutcome: Sendable {
  public let tuning: Tuning
  /// In the order of the sweep.
  public let cells: [TunedCell]
  /// How many replications were played, of `tuning.fullCount`.
  public let played: Int
  /// The recommended setting; `nil` when none meets the limits.
  public let recommended: TunedCell?
  /// The setting that comes nearest to meeting the limits, where none does.
  public let nearestMiss: TunedCell?
  /// The settings of which none is beaten in both figures, from the best objective on: of those that meet the limits,
  /// or of all where none does.
  public let front: [TunedCell]
  /// Of each parameter in the order of the sweep; `nil` when the cells are no full grid, or nothing varies.
  public let importance: [Importance]?
  /// From how many replications of every cell that is.
  public let importanceReplications: Int
  /// The cell that has the values the scenario says itself.
  public let asWritten: TunedCell?

  /// Cells that could not be played.
  public var failed: [Cell] { cells.map(\.cell).filter { $0.failure != nil } }

  init(_ tuning: Tuning, cells: [Cell], runners: [Race.Runner]) {
    self.tuning = tuning
    let judgement = tuning.judgement
    let second = LimitJudgement(objective: tuning.against, cost: judgement.cost, limits: [], weight: 1)
    let contenders = runners.enumerated().map { judgement.contender($0, $1.units) }
    let others = runners.enumerated().map { second.contender($0, $1.units) }
    let finalists = contenders.filter { runners[$0.index].reason == nil && runners[$0.index].failure == nil }
    let best = Choice(finalists).best
    let miss = best == nil ? Choice.nearestMiss(contenders) : nil
    // What dropped cells are held against, as all finalists have the same luck.
    let reference = best ?? finalists.min { Choice.isBetter($0, $1) }

    func carried(_ own: FigureSample?, _ index: Int, _ whole: FigureSample?, _ part: ([[Observation]]) -> FigureSample?)
      -> Double?
    {
      guard let own else { return nil }
      let count = runners[index].units.count
      guard let reference, let whole, count < runners[reference.index].units.count,
        let before = part(Array(runners[reference.index].units.prefix(count)))
      else { return own.value }
      return own.value + whole.value - before.value
    }
    func point(_ index: Int) -> (objective: Double?, against: Double?, cost: Double?) {
      (
        carried(contenders[index].objective, index, reference?.objective) { judgement.contender(index, $0).objective }
          .map { $0 * tuning.objective.sign },
        carried(others[index].objective, index, reference.flatMap { others[$0.index].objective }) {
          second.contender(index, $0).objective
        }.map { $0 * tuning.against.sign },
        carried(contenders[index].cost, index, reference?.cost) { judgement.contender(index, $0).cost }
      )
    }
    let values = cells.indices.map(point)
    let hasQualified = best != nil
    let front = ParetoFront(
      cells.indices.compactMap { index in
        guard !hasQualified || contenders[index].qualifies, runners[index].failure == nil,
          let x = values[index].objective, let y = values[index].against
        else { return nil }
        return ParetoFront.Point(index: index, x: x * tuning.objective.sign, y: y * tuning.against.sign)
      })
    let onFront = Set(front.points.map(\.index))
    let tuned = cells.indices.map { index in
      TunedCell(
        cell: cells[index], dropped: runners[index].reason?.rawValue,
        meetsLimits: runners[index].failure == nil && contenders[index].qualifies,
        limitStandings: contenders[index].limits.map { standing in
          guard let standing else { return .unknown }
          if standing.holds { return standing.metDoubt < 0.05 ? .met : .probablyMet }
          return standing.brokenDoubt < 0.05 ? .broken : .probablyBroken
        }, objective: values[index].objective, against: values[index].against, cost: values[index].cost,
        onFront: onFront.contains(index), isKnee: front.knee?.index == index, isRecommended: best?.index == index)
    }
    self.cells = tuned
    self.front = front.points.map { tuned[$0.index] }
    recommended = best.map { tuned[$0.index] }
    nearestMiss = miss.map { tuned[$0.index] }
    played = runners.reduce(0) { $0 + $1.units.reduce(0) { $0 + $1.count } }
    asWritten = tuned.first { tuned in
      zip(tuning.sweep.variations, tuned.cell.parameters).allSatisfy { tuning.sweep.source.says($1.value, at: $0.place) }
    }
    let shared = runners.map(\.units.count).min() ?? 0
    importanceReplications = shared * tuning.sweep.plan.unit
    importance = Self.importance(tuning, runners, shared, judgement)
  }

  /// From the replications that every cell has, so that all cells weigh the same and have the same luck.
  private static func importance(
    _ tuning: Tuning, _ runners: [Race.Runner], _ shared: Int, _ judgement: LimitJudgement
  ) -> [Importance]? {
    guard case .grid = tuning.sweep.sampling, tuning.sweep.excluded == 0, shared > 1 else { return nil }
    let samples = runners.enumerated().compactMap { index, runner in
      judgement.contender(index, Array(runner.units.prefix(shared))).objective
    }
    guard samples.count == runners.count else { return nil }
    let noise = (0..<shared).map { unit in samples.map { $0.influences[unit] } }
    return Importance.all(
      samples.map(\.value), noise: noise, sizes: tuning.sweep.variations.map { $0.values?.count ?? 0 })
  }
}
