/// Cells played in rounds, each with twice the replications of the one before, from which those leave that need not be
/// played any further.
///
/// It knows nothing of scenarios, so that it can be held against problems whose answer is known.
struct Race: Sendable {
  /// Replications of every cell in the first round.
  static let firstRound = 10
  /// So many at least are never dropped for want of budget, so that a small grid ends in a comparison, too.
  static let fewestKept = 4

  /// Replications of a cell that stays to the end.
  let replications: Int
  /// So many replications in all at most, though the first round and the fewest that are kept may take more; `nil`
  /// for no bound.
  let budget: Int?
  /// Whether cells may leave at all.
  let isSelecting: Bool
  /// Replications that belong together.
  let unit: Int

  /// One cell's part in the race.
  struct Runner: Sendable {
    var units: [[Observation]] = []
    var failure: String?
    var reason: Selection.Reason?
  }

  /// What is to be played: replications `first` ..< `first + count` of a cell.
  struct Leg: Sendable, Hashable {
    let cell: Int
    let first: Int
    let count: Int
  }

  /// - Parameters:
  ///   - play: the observations of each leg in the order of the legs, or why it could not be played.
  ///   - judge: what is known of a cell.
  func run(
    cells: Int, judge: (Int, [[Observation]]) throws -> Contender,
    play: ([Leg]) throws -> [Result<[Observation], ReplicationError>]
  ) throws -> [Runner] {
    var runners = Array(repeating: Runner(), count: cells)
    var open = Array(0..<cells)
    var (done, spent) = (0, 0)
    var target = isSelecting ? min(replications, (Self.firstRound + unit - 1) / unit * unit) : replications
    while done < target, !open.isEmpty {
      let legs = open.map { Leg(cell: $0, first: done, count: target - done) }
      for (leg, result) in zip(legs, try play(legs)) {
        switch result {
        case .success(let observations):
          spent += observations.count
          runners[leg.cell].units += stride(from: 0, to: observations.count, by: unit).map {
            Array(observations[$0..<min(observations.count, $0 + unit)])
          }
        case .failure(let error): runners[leg.cell].failure = error.description
        }
      }
      open.removeAll { runners[$0].failure != nil }
      done = target
      guard isSelecting, done < replications else { break }
      let contenders = try open.map { try judge($0, runners[$0].units) }
      for (contender, reason) in zip(contenders, Selection.reasons(contenders)) { runners[contender.index].reason = reason }
      target = min(replications, 2 * done)
      // Half of what is left at most, so that the later rounds have something; all of it in the last.
      if let budget {
        let left = max(0, budget - spent)
        let share = target == replications ? left : left / 2
        let staying = Selection.ranked(contenders.filter { runners[$0.index].reason == nil })
        for contender in staying.dropFirst(max(Self.fewestKept, share / (target - done))) { runners[contender.index].reason = .budget }
      }
      open.removeAll { runners[$0].reason != nil }
    }
    return runners
  }
}
