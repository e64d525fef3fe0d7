import Failover
import Synchronization

/// What came of a sweep.
public struct SweepOutcome: Sendable {
  public let sweep: Sweep
  /// Those that are finished, played or failed, in the order of the sweep.
  public let cells: [Cell]

  /// Whether nothing was left out.
  public var isComplete: Bool { cells.count == sweep.cells.count }
  public var failed: [Cell] { cells.filter { $0.failure != nil } }
}

/// What a sweep tells while it goes on.
public enum SweepEvent: Sendable {
  /// One more replication has been played.
  case replication
  /// A cell is finished; `isRecorded` when it was taken from an earlier run's record.
  case finished(Cell, isRecorded: Bool)
}

extension Sweep {
  /// Plays the cells.
  ///
  /// The outcome is the same to the bit for any number of workers, and for cells taken from a record.
  ///
  /// - Parameters:
  ///   - workers: cells are played beside each other; where there are more workers than cells, so are replications.
  ///   - record: where finished cells are kept, and those of an earlier run taken from.
  ///   - isStopped: asked before each replication; once it says so, unfinished cells are given up.
  ///   - tell: called on whatever thread.
  /// - Throws: `RecordError` when the record cannot be written. A cell that cannot be played is no error.
  public func run(
    workers: Workers = Workers(), record: SweepRecord? = nil, isStopped: @escaping @Sendable () -> Bool = { false },
    tell: (@Sendable (SweepEvent) -> Void)? = nil
  ) throws -> SweepOutcome {
    let recorded = record?.results ?? [:]
    let open = cells.indices.filter { recorded[$0 + 1] == nil }
    let beside = Workers(min(workers.count, max(1, open.count)))
    let within = Workers(workers.count / beside.count)
    for index in cells.indices {
      guard let result = recorded[index + 1] else { continue }
      tell?(.finished(Cell(number: index + 1, parameters: cells[index], outcome: .played(result)), isRecorded: true))
    }
    let played = try beside.map(open.count) { place -> Cell? in
      if isStopped() { return nil }
      guard let cell = play(open[place], within, isStopped, tell) else { return nil }
      if let result = cell.result { try record?.append(result, of: cell.number) }
      tell?(.finished(cell, isRecorded: false))
      return cell
    }
    var finished: [Int: Cell] = [:]
    for cell in played.compactMap(\.self) { finished[cell.number] = cell }
    let all = cells.indices.compactMap { index -> Cell? in
      recorded[index + 1].map { Cell(number: index + 1, parameters: cells[index], outcome: .played($0)) }
        ?? finished[index + 1]
    }
    return SweepOutcome(sweep: self, cells: all)
  }

  /// - Returns: `nil` when it was stopped.
  private func play(
    _ index: Int, _ workers: Workers, _ isStopped: @Sendable () -> Bool, _ tell: (@Sendable (SweepEvent) -> Void)?
  ) -> Cell? {
    var cell = Cell(number: index + 1, parameters: cells[index], outcome: .failed(""))
    do {
      let statistics = try ReplicationStatistics(
        of: source.load(cells[index]).scenario, plan: plan, rule: rule, until: until, workers: workers,
        isStopped: isStopped) { tell?(.replication) }
      cell.outcome = .played(CellResult(statistics))
    } catch is Stopped {
      return nil
    } catch {
      cell.outcome = .failed("\(error)")
    }
    return cell
  }

  /// How long one replication takes here, from one of the first, the middle and the last cell.
  ///
  /// - Returns: `nil` when none of the three can be played.
  public func timeOfReplication() -> Duration? {
    let clock = ContinuousClock()
    let times = Set([0, cells.count / 2, cells.count - 1]).sorted().compactMap { index -> Duration? in
      guard let scenario = try? source.load(cells[index]).scenario else { return nil }
      let start = clock.now
      guard (try? plan.observe(scenario, replication: 0, until: until)) != nil else { return nil }
      return clock.now - start
    }
    return times.isEmpty ? nil : times.reduce(.zero, +) / times.count
  }
}
