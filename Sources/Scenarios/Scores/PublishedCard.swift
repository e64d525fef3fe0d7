import Failover

/// A scorecard of the reference documents: marks that people gave, the mark they published for the whole, and the mean
/// of the marks.
public struct PublishedCard: Sendable, Hashable {
  /// A category and its mark, in whole points. What a document calls cost-benefit is called cost here.
  public struct Mark: Sendable, Hashable {
    public let category: String
    public let score: Score
  }

  /// How the published mark stands to the mean of the categories.
  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case equal = "the mean"
    /// The mean has more decimals than were published.
    case rounded = "the mean, rounded"
    case wrong = "not the mean"
  }

  /// What is marked.
  public let name: String
  public let marks: [Mark]
  /// The mark for the whole, as published, with one decimal.
  public let stated: Score

  private init(_ name: String, stated: Int64, _ marks: [(category: String, points: Int64)]) {
    self.name = name
    self.stated = .tenths(stated)
    self.marks = marks.map { Mark(category: $0.category, score: .tenths($0.points * 10)) }
  }

  /// The mean of the marks, each counting the same.
  public var mean: Score {
    let sum = marks.reduce(Int128(0)) { $0 + Int128($1.score.billionths) }
    return Score(nearestTo: sum, over: Int128(marks.count))
  }

  public var verdict: Verdict {
    if stated == mean { return .equal }
    return stated.text(decimals: 1) == mean.text(decimals: 1) ? .rounded : .wrong
  }

  /// The mark of a category; `nil` where the card has none.
  public func score(of category: String) -> Score? { marks.first { $0.category == category }?.score }

  /// "Score final" of the simulation report of 2025-12-19.
  public static let standbyReport = PublishedCard(
    "report of 2025-12-19", stated: 85,
    [
      ("functionality", 9), ("reliability", 8), ("performance", 7), ("observability", 6), ("ease of use", 9),
      ("cost", 9),
    ])

  /// The left card of the executive summary of 2025-12-19.
  public static let warmPool = PublishedCard(
    "GPU warm pool", stated: 92,
    [("recovery time", 10), ("cost", 10), ("performance", 10), ("simplicity", 9), ("resilience", 7)])

  /// The right card of the executive summary.
  public static let cpuStandby = PublishedCard(
    "CPU standby", stated: 74,
    [("recovery time", 7), ("cost", 8), ("performance", 6), ("simplicity", 7), ("resilience", 9)])

  /// Both strategies together, below them in the executive summary.
  public static let combined = PublishedCard(
    "combined", stated: 88,
    [
      ("functionality", 10), ("reliability", 9), ("performance", 9), ("data safety", 9), ("cost", 10),
      ("observability", 6),
    ])

  public static let all = [standbyReport, warmPool, cpuStandby, combined]
}

extension Score {
  /// So many tenths of a point, held within 0 to 10 points.
  static func tenths(_ n: Int64) -> Score { Score(nearestTo: Int128(n) * 100_000_000, over: 1) }
}
