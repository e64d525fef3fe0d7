/// A cell with what a tuning says of it.
public struct TunedCell: Sendable {
  public let cell: Cell
  /// Why it was not played to the end; `nil` when it was, or could not be played at all.
  public let dropped: String?
  /// Whether it meets every limit, as far as has been seen.
  public let meetsLimits: Bool
  /// For each limit, whether that is known with 95 % confidence either way; in the order of the limits.
  public let limitStandings: [LimitStanding]
  /// The objective, in the figure's own unit, for the luck of all replications: of a dropped cell what the reference
  /// has, and how much more or less the cell had in the replications that both have. `nil` when nothing had it.
  public let objective: Double?
  /// The second figure, likewise.
  public let against: Double?
  /// The cost, likewise.
  public let cost: Double?
  public let onFront: Bool
  public let isKnee: Bool
  public let isRecommended: Bool

  public enum LimitStanding: String, Sendable, Hashable, CaseIterable {
    case met, probablyMet, probablyBroken, broken, unknown
  }
}
