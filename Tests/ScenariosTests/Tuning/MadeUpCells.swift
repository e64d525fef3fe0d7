import Failover
import FailoverSim

@testable import Scenarios

/// Cells whose truth is known: the objective and the cost have normal noise of which a part is shared by all cells,
/// and false failovers come by chance.
struct MadeUpCells {
  struct Truth {
    var objective: Double
    var cost: Double
    var falseFailovers = 0.0
  }

  let truths: [Truth]
  let seed: UInt64
  var sharedNoise = 3.0
  var ownNoise = 1.0

  private static let objective = Figure.names.firstIndex(of: "mttrFull") ?? 0
  private static let cost = Figure.names.firstIndex(of: "cost") ?? 0
  private static let falseFailovers = Figure.names.firstIndex(of: "falseFailovers") ?? 0

  func observation(_ cell: Int, _ replication: Int) -> Observation {
    var shared = RandomStream(seed: seed, name: "shared").draw(UInt64(replication))
    var own = RandomStream(seed: seed &* 1_000_003 &+ UInt64(cell), name: "own").draw(UInt64(replication))
    func normal(_ draw: inout Draw) -> Double { ExactMath.normalQuantile(max(1e-12, draw.nextUnit())) }
    let truth = truths[cell]
    let common = normal(&shared) * sharedNoise
    var values = Array(repeating: [Double](), count: Figure.names.count)
    values[Self.objective] = [truth.objective + common + normal(&own) * ownNoise]
    values[Self.cost] = [truth.cost * (1 + 0.01 * normal(&shared)) + 0.001 * normal(&own)]
    // Poisson by inversion.
    var (count, part, rest) = (0.0, ExactMath.exp(-truth.falseFailovers), own.nextUnit())
    while truth.falseFailovers > 0, rest > part, count < 100 {
      rest -= part
      count += 1
      part *= truth.falseFailovers / count
    }
    values[Self.falseFailovers] = [count]
    return Observation(values: values)
  }

  func race(
    replications: Int, budget: Int? = nil, isSelecting: Bool = true, limits: [FigureLimit] = []
  ) throws -> (runners: [Race.Runner], contenders: [Contender]) {
    let judgement = try LimitJudgement(
      objective: Objective("mttrFull"), cost: Objective(against: "cost").target, limits: limits, weight: 1)
    let runners = try Race(replications: replications, budget: budget, isSelecting: isSelecting, unit: 1)
      .run(cells: truths.count, judge: { judgement.contender($0, $1) }) { legs in
        legs.map { leg in .success((leg.first..<(leg.first + leg.count)).map { observation(leg.cell, $0) }) }
      }
    return (runners, runners.enumerated().map { judgement.contender($0, $1.units) })
  }
}

extension [Race.Runner] {
  var replications: Int { reduce(0) { $0 + $1.units.count } }
}
