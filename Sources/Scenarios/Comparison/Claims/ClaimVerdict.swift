import Failover

/// What a simulated scenario makes of a claim.
public struct ClaimVerdict: Sendable {
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    case holds
    /// It does not hold as it stands, but what users get is sooner or cheaper.
    case better
    case doesNotHold
    /// No incident shows it.
    case notSeen

    /// For a column headed "holds".
    public var text: String {
      switch self {
      case .holds: "yes"
      case .better: "better"
      case .doesNotHold: "no"
      case .notSeen: "not seen"
      }
    }
  }

  /// How many incidents lie where.
  public struct Counts: Sendable, Hashable {
    public var sooner: Int
    public var within: Int
    /// Including those in which it never came.
    public var later: Int

    public var total: Int { sooner + within + later }
  }

  public let claim: Claim
  /// The scenario's name, how many seeds it was played with, and how many incidents there were in all.
  public let scenario: String
  public let seeds: Int
  public let incidents: Int
  /// The simulated value or values.
  public let simulated: String
  public let outcome: Outcome
  /// `nil` where not incidents are judged but a figure over all of them.
  public let counts: Counts?
  /// Where the verdict comes from, in figures.
  public let why: String

  /// Whether the claim is true as it stands.
  public var holds: Bool { outcome == .holds }

  init(
    _ claim: Claim, on evidence: ClaimEvidence, _ outcome: Outcome, simulated: String, counts: Counts? = nil,
    why: [String]
  ) {
    self.claim = claim
    scenario = evidence.scenario
    seeds = evidence.seeds
    incidents = evidence.observations.count
    self.simulated = simulated
    self.outcome = outcome
    self.counts = counts
    self.why = why.joined(separator: "; ")
  }
}

extension Claim {
  /// Holds every claim against every scenario of the strategies it speaks of.
  ///
  /// Drills are left out: a script decides how long everything takes there.
  ///
  /// - Returns: in the order of the scenarios, then of the claims.
  public static func verdicts(for replications: [Replications]) -> [ClaimVerdict] {
    replications.filter { !$0.metrics.isScripted }.map(ClaimEvidence.init).flatMap { evidence in
      all.filter { $0.subject.includes(evidence.strategy) }.map { $0.verdict(on: evidence) }
    }
  }

  /// The verdict, whatever the strategy.
  func verdict(on evidence: ClaimEvidence) -> ClaimVerdict {
    switch rule {
    case .times(let measure, let bounds): judge(measure, bounds, on: evidence)
    case .atMost(let measure, let most): judge(measure, neverMoreThan: most, on: evidence)
    case .statistic(let statistic, let measure, let bounds): judge(statistic, of: measure, bounds, on: evidence)
    case .rate(let rate, let low, _): judge(rate, atLeast: low, on: evidence)
    case .nothingLost: judgeLosses(on: evidence)
    case .snapshots(let interval): judgeSnapshots(every: interval, on: evidence)
    case .monthly(let said): judge(said, on: evidence)
    }
  }
}
