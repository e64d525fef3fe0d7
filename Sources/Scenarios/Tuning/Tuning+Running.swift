import Failover

/// What a tuning tells while it goes on.
public enum TuningEvent: Sendable {
  /// A round begins: how many cells are still in, and how many replications each will have after it.
  case round(cells: Int, replications: Int)
  /// One more replication has been played.
  case replication
  /// A cell cannot be played: why.
  case failed(cell: Int, message: String)
}

extension Tuning {
  /// Replications of one cell that are played in one go.
  private static let block = 10

  /// Plays the cells in rounds.
  ///
  /// The outcome is the same to the bit for any number of workers. The n-th replication of a cell has the same luck
  /// as in a sweep.
  ///
  /// - Parameters:
  ///   - record: where finished replications are kept, and those of an earlier run taken from. It changes no figure.
  ///   - isStopped: asked before each replication.
  ///   - tell: called on whatever thread.
  /// - Throws: `Stopped` when told to stop; `RecordError` when the record cannot be written. A cell that cannot be played is no error.
  public func run(
    workers: Workers = Workers(), record: TuningRecord? = nil, isStopped: @escaping @Sendable () -> Bool = { false },
    tell: (@Sendable (TuningEvent) -> Void)? = nil
  ) throws -> TuningOutcome {
    let race = Race(
      replications: replications, budget: budget.map { Int($0 * Double(fullCount)) }, isSelecting: isSelecting,
      unit: sweep.plan.unit)
    let judgement = judgement
    let runners = try race.run(cells: sweep.cells.count, judge: { judgement.contender($0, $1) }) { legs in
      if let leg = legs.first { tell?(.round(cells: legs.count, replications: leg.first + leg.count)) }
      return try play(legs, workers, record, isStopped, tell)
    }
    let cells = try workers.map(runners.count) { index -> Cell in
      let runner = runners[index]
      var cell = Cell(number: index + 1, parameters: sweep.cells[index], outcome: .failed(runner.failure ?? ""))
      if runner.failure == nil {
        var statistics = ReplicationStatistics()
        for unit in runner.units { statistics.add(unit) }
        cell.outcome = .played(CellResult(statistics))
      }
      return cell
    }
    return TuningOutcome(self, cells: cells, runners: runners)
  }

  private func play(
    _ legs: [Race.Leg], _ workers: Workers, _ record: TuningRecord?, _ isStopped: @escaping @Sendable () -> Bool,
    _ tell: (@Sendable (TuningEvent) -> Void)?
  ) throws -> [Result<[Observation], ReplicationError>] {
    // Blocks, so that the last few cells keep all workers busy, and no scenario is read for every replication.
    let blocks = legs.enumerated().flatMap { place, leg in
      stride(from: 0, to: leg.count, by: Self.block).map { start in
        (place: place, cell: leg.cell, first: leg.first + start, count: min(Self.block, leg.count - start))
      }
    }
    let played = try workers.map(blocks.count) { index -> Result<[Observation], ReplicationError> in
      let block = blocks[index]
      let replications = block.first..<(block.first + block.count)
      let known = replications.compactMap { record?.observation(cell: block.cell, replication: $0) }
      if known.count == block.count { return .success(known) }
      var observations: [Observation] = []
      var (fresh, isStopping) = (0, false)
      do {
        let scenario = try sweep.source.load(sweep.cells[block.cell]).scenario
        for replication in replications {
          if let known = record?.observation(cell: block.cell, replication: replication) {
            observations.append(known)
            continue
          }
          isStopping = isStopped()
          if isStopping { break }
          observations.append(try observe(scenario, replication))
          fresh += 1
          tell?(.replication)
        }
      } catch {
        return .failure(ReplicationError(description: "\(error)"))
      }
      if fresh > 0 { try record?.append(observations, cell: block.cell, first: block.first) }
      if isStopping { throw Stopped() }
      return .success(observations)
    }
    var results: [Result<[Observation], ReplicationError>] = legs.map { _ in .success([]) }
    for (block, part) in zip(blocks, played) {
      guard case .success(let before) = results[block.place] else { continue }
      results[block.place] = part.map { before + $0 }
      if case .failure(let error) = part { tell?(.failed(cell: block.cell + 1, message: error.description)) }
    }
    return results
  }

  private func observe(_ scenario: Scenario, _ replication: Int) throws -> Observation {
    do {
      return try sweep.plan.observe(scenario, replication: replication, until: sweep.until)
    } catch {
      let (seed, isMirrored) = sweep.plan.luck(of: replication)
      throw ReplicationError(description: "seed \(seed)\(isMirrored ? ", mirrored" : ""): \(error)")
    }
  }
}
