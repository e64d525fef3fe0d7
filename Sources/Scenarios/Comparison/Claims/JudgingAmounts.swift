import Failover

extension Claim {
  func judgeLosses(on evidence: ClaimEvidence) -> ClaimVerdict {
    let losses = evidence.observations.compactMap(\.incident.unsynced)
    guard let most = losses.max() else {
      return ClaimVerdict(self, on: evidence, .notSeen, simulated: "–", why: ["no incident"])
    }
    let count = losses.count { $0 > .zero }
    guard count > 0 else {
      let whole = losses.count == 1 ? "the one incident" : "any of \(losses.count) incidents"
      return ClaimVerdict(self, on: evidence, .holds, simulated: "zero loss", why: ["nothing was lost in \(whole)"])
    }
    let sum = losses.reduce(ByteCount.zero, +)
    let oldest = evidence.observations.compactMap(\.incident.recoveryPoint).max()
    return ClaimVerdict(
      self, on: evidence, .doesNotHold, simulated: "\(sum) lost",
      why: ["\(count) of \(incidents(losses.count)) lost what was in no copy, up to \(most) at once"]
        + (oldest.map { ["the newest copy was up to \(Figures.human($0)) old"] } ?? []))
  }

  func judgeSnapshots(every interval: Duration, on evidence: ClaimEvidence) -> ClaimVerdict {
    let (saved, served) = (Int64(evidence.snapshotsSaved), evidence.timeServed)
    guard saved > 0 else {
      return ClaimVerdict(self, on: evidence, .notSeen, simulated: "–", why: ["none was saved"])
    }
    let promised = served.wholeNanoseconds / interval.wholeNanoseconds
    let isEnough = Int128(saved) * 100 >= Int128(promised) * Int128(Self.neededPercent)
    let asked = evidence.strategy.snapshots.map { "the strategy asks for one every \(TimeBounds.text($0.interval))" }
    return ClaimVerdict(
      self, on: evidence, isEnough ? .holds : .doesNotHold, simulated: "every \(Figures.human(served / Int(saved)))",
      why: ["\(saved) saved in \(Figures.human(served)) of service by a GPU, \(promised) promised"]
        + (asked.map { [$0] } ?? []))
  }

  func judge(_ said: CostClaim.Said, on evidence: ClaimEvidence) -> ClaimVerdict {
    guard case .money(let cost)? = evidence.metrics["cost.overhead.month"] else {
      return ClaimVerdict(self, on: evidence, .notSeen, simulated: "–", why: ["nothing is known of a month"])
    }
    let claim = CostClaim(document: document, what: what, said: said, formula: "", gives: .money(cost), note: note)
    let isCheaper =
      switch said {
      case .money(let least, _), .moneyRange(let least, _): cost < least
      default: false
      }
    return ClaimVerdict(
      self, on: evidence, claim.agrees ? .holds : isCheaper ? .better : .doesNotHold, simulated: claim.givenText,
      why: [lines(evidence.metrics)])
  }

  /// What the cost is made of, the largest first.
  private func lines(_ metrics: MetricTable) -> String {
    let items = CostItem.allCases.filter { $0 != .gpu }.compactMap { item -> (label: String, amount: Money)? in
      guard case .money(let amount)? = metrics["cost.\(item.rawValue).month"], amount > .zero else { return nil }
      return (item.label, amount)
    }
    let sorted = items.enumerated().sorted { a, b in
      a.element.amount == b.element.amount ? a.offset < b.offset : a.element.amount > b.element.amount
    }
    return items.isEmpty
      ? "nothing is paid for but GPUs"
      : sorted.map { "\($0.element.label) \(MetricValue.money($0.element.amount))" }.joined(separator: ", ")
  }
}
