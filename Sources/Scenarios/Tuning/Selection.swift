import Failover

/// Which cells need not be played any further, because the answer is surely another one.
///
/// A cell goes when one of its limits is surely broken, or when it is surely worse than others that meet the limits:
/// dearer than the tolerance of `Choice` allows, or no cheaper and with a worse objective. "Surely" is a chance of at
/// most `chance` to drop any wrong cell in one round, shared by all cells (Bonferroni). Comparisons are of
/// replications with the same luck. That the better ones themselves meet the limits must be as sure: where a single
/// one leaves a doubt, such as one that has had no false failover in few months, several must be better.
struct Selection: Sendable {
  /// Why a cell is played no further.
  enum Reason: String, Sendable, Hashable, CaseIterable {
    /// A limit is surely broken.
    case limit
    /// Others are surely better.
    case worse
    /// It looked less promising than others, though not surely, and replications were to be saved.
    case budget
  }

  /// The chance to drop a right cell, in one round of all.
  static let chance = 0.01
  /// Against how many of the most promising every cell is held: against all would take time by the square of their
  /// number.
  static let judgeCount = 64

  /// - Parameter contenders: those still in, all with the same number of replications.
  /// - Returns: the reasons of those that go, in the same order; `nil` for those that stay.
  static func reasons(_ contenders: [Contender]) -> [Reason?] {
    let share = chance / Double(max(1, contenders.count))
    let units = contenders.lazy.compactMap(\.objective?.influences.count).first ?? 0
    guard units > 1 else { return contenders.map { _ in nil } }
    let student = StudentDistribution(degrees: Double(units - 1))
    let (sure, likely) = (student.quantile(1 - share), student.quantile(0.95))
    let judges = judges(contenders)
    return contenders.map { one in
      if one.limits.contains(where: { ($0?.brokenDoubt ?? 1) < share }) { return .limit }
      guard let objective = one.objective, let cost = one.cost else { return nil }
      var doubt = 1.0
      for judge in judges where judge.index != one.index {
        guard let better = judge.objective, let cheaper = judge.cost, judge.doubt < 0.5 else { continue }
        func exceeds(_ excess: Double?, _ errors: Double) -> Bool { excess.map { $0 > errors } ?? false }
        let isDearer = exceeds(cost.excess(over: cheaper, times: Choice.tolerance), sure)
        let isBeaten = isDearer
          || exceeds(objective.excess(over: better), sure)
            && exceeds(cost.excess(over: cheaper, times: 2 - Choice.tolerance), likely)
        if isBeaten { doubt *= judge.doubt }
        if doubt < chance { return .worse }
      }
      return nil
    }
  }

  /// Those that look best: the cheapest, and those with the best objective among the ones that cost the same.
  private static func judges(_ contenders: [Contender]) -> [Contender] {
    let tied = Choice(contenders).tied.prefix(judgeCount)
    let cheapest = contenders.filter(\.qualifies).sorted { a, b in
      let (first, second) = (a.cost?.value ?? .infinity, b.cost?.value ?? .infinity)
      return first == second ? a.index < b.index : first < second
    }
    let known = Set(tied.map(\.index))
    return tied + cheapest.prefix(judgeCount).filter { !known.contains($0.index) }
  }

  /// All in the order of promise: as `Choice` would choose, then those that qualify by their cost, then the rest by
  /// how far they are beyond their limits.
  static func ranked(_ contenders: [Contender]) -> [Contender] {
    let tied = Choice(contenders).tied
    let known = Set(tied.map(\.index))
    let rest = contenders.filter { !known.contains($0.index) }.sorted { a, b in
      func key(_ one: Contender) -> (Double, Double) {
        one.qualifies ? (-1, one.cost?.value ?? .infinity) : (one.excess, one.objective?.value ?? .infinity)
      }
      let (first, second) = (key(a), key(b))
      return first == second ? a.index < b.index : first < second
    }
    return tied + rest
  }
}
