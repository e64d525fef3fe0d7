import Failover

/// Something the documents say of how failover goes, which a simulation bears out or does not.
///
/// A claim is judged only where its strategy is among those simulated. What it says is computed from its rule, so the
/// two cannot differ.
public struct Claim: Sendable, Hashable {
  public let document: CostClaim.Document
  /// The strategies it speaks of.
  public let subject: Subject
  /// What it is about, in a few words, such as "recovery".
  public let what: String
  /// What a reader should know of it, such as what the same document says elsewhere; empty when there is nothing.
  public let note: String
  /// Whether the simulated figure follows from times that the scenario itself sets: then the verdict tells how the
  /// scenario's assumptions compare with the document's, and nothing of failover.
  public let isAssumed: Bool
  /// How it is judged.
  let rule: Rule

  init(
    _ document: CostClaim.Document, _ subject: Subject, _ what: String, _ rule: Rule, note: String = "",
    isAssumed: Bool = false
  ) {
    self.document = document
    self.subject = subject
    self.what = what
    self.rule = rule
    self.note = note
    self.isAssumed = isAssumed
  }

  /// What the document says, such as "30 to 60 s".
  public var says: String { rule.says }

  /// The strategies a claim may speak of, by their protections.
  public enum Subject: String, Sendable, Hashable, CaseIterable {
    case warmPool = "warm pool"
    case warmPoolAlone = "warm pool without a CPU standby"
    case standby = "CPU standby"
    case standbyAlone = "CPU standby without snapshots"
    case standbyOnDemand = "CPU standby that is off until it is needed"
    case snapshots = "snapshots alone"
    case standbyAndSnapshots = "CPU standby and snapshots"
    /// What the documents count on when a machine is lost with all its GPUs.
    case standbyAndSnapshotsBehindAnything = "CPU standby and snapshots, behind a warm pool or not"
    case anyProtection = "any protection"

    /// Whether a strategy is among them.
    public func includes(_ strategy: Strategy) -> Bool {
      let hasPool = strategy.warmPool != nil
      let hasSnapshots = strategy.snapshots != nil
      let runs = strategy.standby?.mode == .running
      return switch self {
      case .warmPool: hasPool
      case .warmPoolAlone: hasPool && strategy.standby == nil
      case .standby: runs && !hasPool
      case .standbyAlone: runs && !hasPool && !hasSnapshots
      case .standbyOnDemand: strategy.standby?.mode == .onDemand && !hasPool
      case .snapshots: hasSnapshots && !hasPool && strategy.standby == nil
      case .standbyAndSnapshots: runs && hasSnapshots && !hasPool
      case .standbyAndSnapshotsBehindAnything: strategy.standby != nil && hasSnapshots
      case .anyProtection: hasPool || hasSnapshots || strategy.standby != nil
      }
    }
  }

  /// How a claim is held against the incidents and figures of a scenario.
  enum Rule: Sendable, Hashable {
    /// At least 95 % of the incidents must lie within the bounds.
    case times(Measure, TimeBounds)
    /// No incident may take longer: what the documents call a maximum.
    case atMost(Measure, Duration)
    /// One figure of all incidents must lie within: for what the documents themselves split into best, typical and
    /// worst.
    case statistic(Statistic, Measure, TimeBounds)
    /// A share in per cent. Only its lower end is judged, as nobody counts a success too many against a promise.
    case rate(Rate, Int64, to: Int64)
    /// No incident may lose anything.
    case nothingLost
    /// At least 95 % of the snapshots that this promises for the time in which a GPU serves must have been saved.
    case snapshots(every: Duration)
    /// What protection costs in 30 days: all but GPUs that run. Rounded as the document rounds.
    case monthly(CostClaim.Said)

    var says: String {
      switch self {
      case .times(_, let bounds), .statistic(_, _, let bounds): bounds.description
      case .atMost(_, let duration): "at most \(TimeBounds.text(duration))"
      case .rate(_, let low, let high): low == high ? "\(low) %" : "\(low) to \(high) %"
      case .nothingLost: "zero loss"
      case .snapshots(let interval): "every \(TimeBounds.text(interval))"
      case .monthly(let said):
        CostClaim(
          document: .standbyGuide, what: "", said: said, formula: "", gives: .money(.zero), note: ""
        ).saidText
      }
    }
  }

  enum Statistic: String, Sendable, Hashable {
    case shortest, median, longest
  }
}

/// The times that a claim allows.
enum TimeBounds: Sendable, Hashable {
  case range(Duration, Duration)
  case lessThan(Duration)
  /// No document says how near "about" is: half as long and half as long again count as near.
  case about(Duration)
  case orMore(Duration)

  enum Position { case sooner, within, later }

  func position(of duration: Duration) -> Position {
    if duration < least { return .sooner }
    guard let most else { return .within }
    return duration > most ? .later : .within
  }

  var least: Duration {
    switch self {
    case .range(let low, _), .orMore(let low): low
    case .lessThan: .zero
    case .about(let duration): duration.scaled(by: 1, over: 2)
    }
  }

  /// The longest that is allowed; `nil` when nothing is too long.
  var most: Duration? {
    switch self {
    case .range(_, let high): high
    case .lessThan(let duration): duration - .nanoseconds(1)
    case .about(let duration): duration.scaled(by: 3, over: 2)
    case .orMore: nil
    }
  }
}

extension TimeBounds: CustomStringConvertible {
  /// As the documents write it: "30 to 60 s", "less than 1 s".
  var description: String {
    switch self {
    case .range(let low, let high):
      // Up to two minutes the documents count in seconds, unless all is whole minutes.
      let countsSeconds = high <= .seconds(120) && [low, high].contains { Self.parts($0).unit == "s" }
      let (from, to) =
        countsSeconds ? (Self.seconds(low), Self.seconds(high)) : (Self.parts(low), Self.parts(high))
      return from.unit == to.unit
        ? "\(from.number) to \(to.number) \(to.unit)" : "\(Self.text(low)) to \(Self.text(high))"
    case .lessThan(let duration): return "less than \(Self.text(duration))"
    case .about(let duration): return "about \(Self.text(duration))"
    case .orMore(let duration): return "\(Self.text(duration)) or more"
    }
  }

  /// Whole minutes from one minute up, otherwise seconds with at most one decimal.
  static func text(_ duration: Duration) -> String {
    let (number, unit) = parts(duration)
    return "\(number) \(unit)"
  }

  private static func parts(_ duration: Duration) -> (number: String, unit: String) {
    let (minutes, rest) = duration.wholeNanoseconds.quotientAndRemainder(dividingBy: 60_000_000_000)
    return minutes > 0 && rest == 0 ? ("\(minutes)", "min") : seconds(duration)
  }

  private static func seconds(_ duration: Duration) -> (number: String, unit: String) {
    (Figures.trimmed(duration.wholeNanoseconds, per: 1_000_000_000, decimals: 1), "s")
  }
}
