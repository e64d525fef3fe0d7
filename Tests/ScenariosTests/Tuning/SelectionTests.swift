import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct SelectionTests {
  @Test func `the true best of 200 problems is hardly ever dropped`() throws {
    var lost = 0
    var played = 0
    for problem in 0..<200 {
      var stream = RandomStream(seed: UInt64(problem), name: "truths")
      var draw = stream.next()
      var truths = (0..<16).map { _ in MadeUpCells.Truth(objective: 100 + 4 * draw.nextUnit(), cost: 10) }
      for index in 12..<16 { truths[index].cost = 11 }
      let best = try #require((0..<12).min { truths[$0].objective < truths[$1].objective })
      let runners = try MadeUpCells(truths: truths, seed: UInt64(problem)).race(replications: 40).runners
      lost += runners[best].reason == nil ? 0 : 1
      played += runners.replications
    }
    // A chance of at most one in a hundred in each of two rounds: 4 of 200 at most on average, and 11 once in a
    // thousand times.
    #expect(lost <= 11)
    // And it is no use if nothing is dropped.
    #expect(played < 200 * 16 * 40 / 2)
  }

  @Test func `of equal cells nearly all stay`() throws {
    var dropped = 0
    for seed in 0..<50 as Range<UInt64> {
      let cells = MadeUpCells(truths: Array(repeating: .init(objective: 100, cost: 10), count: 12), seed: seed)
      dropped += try cells.race(replications: 40).runners.count { $0.reason != nil }
    }
    #expect(dropped <= 12)
  }

  @Test func `a cell that is fast but surely breaks a limit goes, and a safe one that looks worse stays while that is open`() throws {
    let truths = [
      MadeUpCells.Truth(objective: 50, cost: 10, falseFailovers: 5),
      MadeUpCells.Truth(objective: 80, cost: 10, falseFailovers: 0),
      MadeUpCells.Truth(objective: 100, cost: 10, falseFailovers: 0),
    ]
    let limits = [try FigureLimit("falseFailovers<0.1/month")]
    let cells = MadeUpCells(truths: truths, seed: 1)
    let early = try cells.race(replications: 20, limits: limits).runners
    // Ten months without a false failover do not show that there are fewer than 0.1 a month.
    #expect(early.map(\.reason) == [.limit, nil, nil])
    let late = try cells.race(replications: 100, limits: limits).runners
    #expect(late.map(\.reason) == [.limit, nil, .worse])
  }

  @Test func `what is surely dearer goes, whatever its objective`() throws {
    let truths = [MadeUpCells.Truth(objective: 100, cost: 10), MadeUpCells.Truth(objective: 50, cost: 10.2)]
    #expect(try MadeUpCells(truths: truths, seed: 2).race(replications: 20).runners.map(\.reason) == [nil, .worse])
    let alike = [MadeUpCells.Truth(objective: 100, cost: 10), MadeUpCells.Truth(objective: 50, cost: 10.03)]
    #expect(try MadeUpCells(truths: alike, seed: 2).race(replications: 20).runners.map(\.reason) == [.worse, nil])
  }

  @Test func `a budget is kept, and the answer is that of the full grid`() throws {
    for seed in 0..<4 as Range<UInt64> {
      var stream = RandomStream(seed: seed, name: "truths")
      var draw = stream.next()
      let truths = (0..<80).map { _ in MadeUpCells.Truth(objective: 100 + 20 * draw.nextUnit(), cost: 10) }
      let cells = MadeUpCells(truths: truths, seed: seed)
      let raced = try cells.race(replications: 100, budget: 2_000)
      #expect(raced.runners.replications <= 2_000)
      guard seed < 1 else { continue }
      let full = try cells.race(replications: 100, isSelecting: false)
      #expect(full.runners.replications == 8_000)
      let finalists = raced.contenders.filter { raced.runners[$0.index].reason == nil }
      #expect(Choice(finalists).best?.index == Choice(full.contenders).best?.index)
    }
  }

  @Test func `a cell that cannot be played leaves, and the others go on`() throws {
    let truths = (0..<3).map { MadeUpCells.Truth(objective: Double(100 + $0), cost: 10) }
    let cells = MadeUpCells(truths: truths, seed: 4)
    let judgement = try LimitJudgement(
      objective: Objective("mttrFull"), cost: Objective(against: "cost").target, limits: [], weight: 1)
    let runners = try Race(replications: 12, budget: nil, isSelecting: true, unit: 2)
      .run(cells: 3, judge: { judgement.contender($0, $1) }) { legs in
        legs.map { leg in
          leg.cell == 1
            ? .failure(ReplicationError(description: "no"))
            : .success((leg.first..<(leg.first + leg.count)).map { cells.observation(leg.cell, $0) })
        }
      }
    #expect(runners.map(\.failure) == [nil, "no", nil])
    #expect(runners[0].units.count == 6)
  }
}
