import Failover
import Testing

@testable import Scenarios

struct ClaimShareTests {
  private func share(_ name: String, _ percent: Int64) -> MetricTable.Row {
    MetricTable.Row(name: name, value: .share(.percent(percent)))
  }

  @Test func `incidents that needed a second attempt lower the success`() {
    let first = Claimed.incident(attempts: [30], served: 600)
    let second = Claimed.incident(attempts: [30, 400], served: 900)
    let open = Claimed.incident(attempts: [30])
    let rule = Claim.Rule.rate(.firstAttempt, 98, to: 99)
    let good = Claimed.verdict(rule, Claimed.evidence(Array(repeating: first, count: 49) + [second, open]))
    #expect(good.outcome == .holds)
    #expect(good.simulated == "98 %")
    #expect(good.why == "49 of 50 incidents; 1 needed more attempts, up to 2")
    let bad = Claimed.verdict(rule, Claimed.evidence([second, first], causes: [["no acceptable offer"]]))
    #expect(bad.outcome == .doesNotHold)
    #expect(bad.why.hasSuffix("up to 2; what held up most, 1 incident: no acceptable offer"))
    #expect(Claimed.verdict(rule, Claimed.evidence([open])).outcome == .notSeen)
  }

  @Test func `more success than claimed holds`() {
    let rule = Claim.Rule.rate(.firstAttempt, 98, to: 99)
    #expect(Claimed.verdict(rule, Claimed.evidence([Claimed.incident(attempts: [30], served: 60)])).holds)
  }

  @Test func `failovers without a fault lower the precision`() {
    let (right, wrong) = (Claimed.incident(), Claimed.incident(isFalse: true))
    let rule = Claim.Rule.rate(.precise, 95, to: 100)
    let good = Claimed.verdict(rule, Claimed.evidence(Array(repeating: right, count: 19) + [wrong]))
    #expect(good.outcome == .holds)
    #expect(good.why == "19 of 20 incidents; 1 false failover")
    let bad = Claimed.verdict(rule, Claimed.evidence(Array(repeating: right, count: 18) + [wrong]))
    #expect(bad.outcome == .doesNotHold)
  }

  @Test func `a fault that nobody noticed counts once others would have been`() {
    let rule = Claim.Rule.rate(.detected, 95, to: 95)
    let (seen, missed) = (Claimed.incident(detected: 20), Claimed.incident(detected: nil))
    #expect(Claimed.verdict(rule, Claimed.evidence([seen, missed], end: .seconds(1021))).outcome == .doesNotHold)
    let undecided = Claimed.verdict(rule, Claimed.evidence([seen, missed], end: .seconds(1020)))
    #expect(undecided.outcome == .holds)
    #expect(undecided.why == "1 of 1 incident; the slowest took 20.0 s")
  }

  @Test func `shares of the table of metrics are judged at their lower end`() {
    let rule = Claim.Rule.rate(.metric("availability.serving"), 95, to: 99)
    func verdict(_ percent: Int64) -> ClaimVerdict {
      Claimed.verdict(rule, Claimed.evidence(metrics: [share("availability.serving", percent)]))
    }
    #expect(verdict(95).outcome == .holds)
    #expect(verdict(100).outcome == .holds)
    #expect(verdict(94).outcome == .doesNotHold)
    // A tenth of 30 days.
    #expect(verdict(90).why == "nobody served for 3 d 0 h in 30 days")
    #expect(Claimed.verdict(rule, Claimed.evidence()).outcome == .notSeen)
  }

  @Test func `all syncs means all`() {
    let rule = Claim.Rule.rate(.metric("sync.successRate"), 100, to: 100)
    func verdict(_ percent: Int64, failed: Int) -> ClaimVerdict {
      Claimed.verdict(
        rule,
        Claimed.evidence(
          metrics: [share("sync.successRate", percent), .init(name: "sync.failed", value: .count(failed))]))
    }
    #expect(verdict(100, failed: 0).outcome == .holds)
    #expect(verdict(99, failed: 7).outcome == .doesNotHold)
    #expect(verdict(99, failed: 7).why == "7 failed")
  }

  @Test func `what held up recoveries is named where they failed`() {
    let evidence = Claimed.evidence(
      [Claimed.incident(), Claimed.incident()], causes: [["b", "a"], ["a"]],
      metrics: [share("recovery.successRate", 90)])
    let verdict = Claimed.verdict(.rate(.metric("recovery.successRate"), 100, to: 100), evidence)
    #expect(verdict.outcome == .doesNotHold)
    #expect(
      verdict.why == "attempts to get a GPU back that succeeded; what held up most, 2 incidents: a")
  }
}

struct ClaimAmountTests {
  @Test func `zero loss holds only where no incident lost anything`() {
    let whole = Claimed.verdict(.nothingLost, Claimed.evidence([Claimed.incident(), Claimed.incident()]))
    #expect(whole.outcome == .holds)
    #expect(whole.why == "nothing was lost in any of 2 incidents")
    let lost = Claimed.verdict(
      .nothingLost,
      Claimed.evidence([
        Claimed.incident(copy: 10, lost: 20), Claimed.incident(copy: 25, lost: 30), Claimed.incident(),
      ]))
    #expect(lost.outcome == .doesNotHold)
    #expect(lost.simulated == "50 MB lost")
    #expect(
      lost.why
        == "2 of 3 incidents lost what was in no copy, up to 30 MB at once; the newest copy was up to 25.0 s old")
    #expect(Claimed.verdict(.nothingLost, Claimed.evidence([])).outcome == .notSeen)
  }

  @Test func `snapshots come as often as claimed when 95 of 100 are there`() {
    let strategy = Claimed.strategy(hasSnapshots: true)
    func verdict(_ saved: Int) -> ClaimVerdict {
      Claimed.verdict(
        .snapshots(every: .seconds(30)),
        Claimed.evidence(strategy: strategy, saved: saved, served: .seconds(3000)))
    }
    #expect(verdict(95).outcome == .holds)
    #expect(verdict(94).outcome == .doesNotHold)
    #expect(verdict(60).simulated == "every 50.0 s")
    #expect(
      verdict(60).why
        == "60 saved in 50 min 0 s of service by a GPU, 100 promised; the strategy asks for one every 30 s")
    #expect(verdict(0).outcome == .notSeen)
  }

  @Test func `a month's cost is compared as the document rounds it`() {
    func verdict(_ said: CostClaim.Said, _ cents: Int64) -> ClaimVerdict {
      Claimed.verdict(
        .monthly(said),
        Claimed.evidence(metrics: [
          .init(name: "cost.overhead.month", value: .money(.cents(cents))),
          .init(name: "cost.standbyDisk.month", value: .money(.cents(400))),
          .init(name: "cost.standby.month", value: .money(.cents(720))),
          .init(name: "cost.gpu.month", value: .money(.cents(30_000))),
        ]))
    }
    let eleven = CostClaim.Said.money(.cents(1100), step: .cents(100))
    #expect(verdict(eleven, 1120).outcome == .holds)
    #expect(verdict(eleven, 1150).outcome == .doesNotHold)
    #expect(verdict(eleven, 900).outcome == .better)
    let range = CostClaim.Said.moneyRange(.cents(1100), .cents(2800))
    #expect(verdict(range, 2800).outcome == .holds)
    #expect(verdict(range, 2850).outcome == .doesNotHold)
    #expect(verdict(range, 770).outcome == .better)
    #expect(verdict(range, 2850).simulated == "$28.50")
    #expect(verdict(range, 1120).why == "standby $7.20, standby disk $4.00")
    #expect(Claimed.verdict(.monthly(range), Claimed.evidence()).outcome == .notSeen)
  }
}
