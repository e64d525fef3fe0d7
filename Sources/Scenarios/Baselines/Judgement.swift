import Failover

/// What is said of a measure after a change.
public enum Verdict: Sendable, Hashable {
  /// Worse, and the near end of the interval is beyond the tolerance.
  case regressed
  /// Better, and the near end is beyond the tolerance.
  case improved
  /// The whole interval is within the tolerance.
  case noChange
  /// The interval holds both; about so many more seeds would tell, or `nil` where no reasonable number would.
  case inconclusive(moreSeeds: Int?)

  /// In one or two words.
  public var name: String {
    switch self {
    case .regressed: "regressed"
    case .improved: "improved"
    case .noChange: "no change"
    case .inconclusive: "inconclusive"
    }
  }
}

/// A measure before and after a change, in whole steps.
public struct Judgement: Sendable, Hashable {
  /// `mttrFull.p95`
  public let name: String
  public let unit: MetricUnit
  /// `nil` when nothing had a value.
  public let before: Int64?
  public let after: Int64?
  /// By how much it changed, and between which values that lies with a confidence of 99 %; `nil` when a side has no value.
  public let difference: Estimate?
  public let tolerance: Int64
  public let verdict: Verdict

  /// - Returns: `nil` when neither side has a value.
  init?(
    _ measure: Measure, from old: SeedSeries?, to new: SeedSeries?, tolerance: Tolerance?, stored: Int64?,
    _ bootstrap: Bootstrap
  ) {
    name = measure.name
    unit = measure.figure.unit
    before = old?.value.map { Int64($0.rounded()) }
    after = new?.value.map { Int64($0.rounded()) }
    guard before != nil || after != nil else { return nil }
    let figure = before ?? 0
    self.tolerance = tolerance?.steps(of: figure) ?? stored ?? 0
    guard let old, let new, before != nil, after != nil else {
      difference = nil
      // Times, ages and shares are missing where nobody ever got that far.
      verdict = after == nil ? .regressed : .improved
      return
    }
    difference = bootstrap.difference(from: old, to: new)
    verdict = Self.verdict(
      difference, isHigherBetter: measure.figure.better == .higher, tolerance: Double(self.tolerance),
      seeds: bootstrap.seeds)
  }

  /// - Parameter difference: without ends it is exact.
  static func verdict(_ difference: Estimate?, isHigherBetter: Bool, tolerance: Double, seeds: Int) -> Verdict {
    // Hardly any seed has a value: with as many again more will.
    guard let difference else { return .inconclusive(moreSeeds: seeds) }
    let low = difference.low ?? difference.value
    let high = difference.high ?? difference.value
    // From here on more is worse.
    let (near, center, far) =
      isHigherBetter ? (-high, -difference.value, -low) : (low, difference.value, high)
    if near > tolerance { return .regressed }
    if far < -tolerance { return .improved }
    if near >= -tolerance, far <= tolerance { return .noChange }
    return .inconclusive(moreSeeds: moreSeeds(seeds, near: near, center: center, far: far, tolerance: tolerance))
  }

  /// The width of an interval goes with the root of the number of seeds: how many more until it holds only one answer,
  /// should the difference stay what it is.
  private static func moreSeeds(_ seeds: Int, near: Double, center: Double, far: Double, tolerance: Double) -> Int? {
    let isWithin = center.magnitude <= tolerance
    let room = isWithin ? tolerance - center.magnitude : center.magnitude - tolerance
    // Within the tolerance both ends must come in; beyond it, the one that is near zero.
    let width = isWithin ? max(center - near, far - center) : center > 0 ? center - near : far - center
    guard room > 0 else { return nil }
    let more = (Double(seeds) * (width / room) * (width / room)).rounded(.up) - Double(seeds)
    return more <= Double(Baseline.largestSeedCount) ? max(1, Int(more)) : nil
  }
}

/// How a phase of the incidents changed, on average over those that were noticed.
public struct PhaseChange: Sendable, Hashable {
  public let name: String
  /// In milliseconds.
  public let before: Int64
  public let after: Int64
  /// Between which values the difference lies with a confidence of 99 %; `nil` where that cannot be said.
  public let low: Int64?
  public let high: Int64?
  /// Whether the interval leaves zero out and the change is more than the phase's own standard error.
  public let isChanged: Bool

  public var difference: Int64 { after - before }
}
