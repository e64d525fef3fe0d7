import Failover

/// The search for the best setting of a scenario: as good an objective as can be had for the least money within limits.
///
/// ```swift
/// let sweep = try Sweep(
///   ScenarioSource(path: "scenarios/cpu-standby.yaml"),
///   vary: [Variation("healthCheck.interval=5s,10s"), Variation("healthCheck.failureThreshold=2,3")],
///   replications: StoppingRule(limit: 100))
/// let tuning = try Tuning(sweep, objective: Objective("mttrFull.p95"), limits: [FigureLimit("falseFailovers<0.1/month")])
/// let recommended = try tuning.run().recommended
/// ```
public struct Tuning: Sendable {
  /// Of the full grid's replications, no more than this by default.
  public static let defaultBudget = 0.25

  /// Its rule's limit is how often a cell is played that stays to the end.
  public let sweep: Sweep
  public let objective: Objective
  /// The second axis of the front; `cost` unless told otherwise.
  public let against: Objective
  public let limits: [FigureLimit]
  /// Whether cells may leave before the end.
  public let isSelecting: Bool
  /// At most this part of the full grid's replications is played, though never less than the first round and four
  /// cells to the end; `nil` for as many as it takes to be sure.
  public let budget: Double?

  /// - Throws: `InvalidFile` when the objective is also what it is held against, or a limit is by the month in a drill.
  public init(
    _ sweep: Sweep, objective: Objective, limits: [FigureLimit] = [], against: Objective? = nil, isSelecting: Bool = true,
    budget: Double? = Tuning.defaultBudget
  ) throws(InvalidFile) {
    self.sweep = sweep
    self.objective = objective
    self.limits = limits
    self.isSelecting = isSelecting
    self.budget = budget
    if let against { self.against = against } else { self.against = try Objective(against: "cost") }
    if self.against.name == objective.name {
      throw InvalidFile(
        Problem(
          "\(objective.name) is the objective already; hold it against another figure",
          at: .option("--against \(objective.name)", number: 1)))
    }
    if case .drill = sweep.base.scenario.life, let limit = limits.first(where: \.isByMonth) {
      throw InvalidFile(Problem("a drill has no months; leave out /month", at: limit.location))
    }
  }

  /// Replications of the whole grid.
  public var fullCount: Int { sweep.cells.count * replications }

  /// Of a cell that stays to the end; antithetic pairs are never torn.
  var replications: Int { (sweep.rule.limit + sweep.plan.unit - 1) / sweep.plan.unit * sweep.plan.unit }

  var judgement: LimitJudgement {
    let weight: Double = switch sweep.base.scenario.life {
    case .drill: 1
    case .operation(let length): Duration.billingMonth / (sweep.until ?? length)
    }
    return LimitJudgement(objective: objective, cost: Self.cost, limits: limits, weight: weight)
  }

  private static let cost = FigureStatistic(figure: Figure.all.first { $0.name == "cost" } ?? Figure.all[0], statistic: .mean)
}
