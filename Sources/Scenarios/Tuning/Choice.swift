import Failover

/// Which of several cells is recommended: the cheapest of those that meet every limit. Of those that cost the same,
/// the one with the best objective.
///
/// The same means: dearer by at most half a percent, or by so little that the 95 % interval of the difference, with
/// the same luck for both, holds zero.
struct Choice: Sendable {
  static let tolerance = 1.005

  /// Those that qualify and cost the same as the cheapest, the best objective first.
  let tied: [Contender]

  init(_ contenders: [Contender]) {
    let qualified = contenders.filter(\.qualifies)
    guard let cheapest = qualified.min(by: { Self.ordered($0.cost, $1.cost) ?? ($0.index < $1.index) }) else {
      tied = []
      return
    }
    tied = qualified.filter { Self.costsTheSame($0, as: cheapest) }.sorted(by: Self.isBetter)
  }

  /// The recommended one; `nil` when none meets the limits.
  var best: Contender? { tied.first }

  /// The one that comes nearest to meeting the limits; where that does not tell, the one with the better objective.
  static func nearestMiss(_ contenders: [Contender]) -> Contender? {
    contenders.filter { $0.objective != nil && $0.cost != nil }.min { a, b in
      a.excess == b.excess ? isBetter(a, b) : a.excess < b.excess
    }
  }

  static func isBetter(_ a: Contender, _ b: Contender) -> Bool {
    ordered(a.objective, b.objective) ?? ordered(a.cost, b.cost) ?? (a.index < b.index)
  }

  private static func ordered(_ a: FigureSample?, _ b: FigureSample?) -> Bool? {
    guard let a, let b else { return a == nil && b == nil ? nil : a != nil }
    return a.value == b.value ? nil : a.value < b.value
  }

  private static func costsTheSame(_ one: Contender, as cheapest: Contender) -> Bool {
    guard let cost = one.cost, let least = cheapest.cost else { return false }
    if cost.value <= tolerance * least.value { return true }
    guard let errors = cost.excess(over: least) else { return false }
    return errors <= StudentDistribution.twoSided95(max(1, cost.influences.count - 1))
  }
}
