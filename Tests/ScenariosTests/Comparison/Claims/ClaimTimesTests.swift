import Failover
import Testing

@testable import Scenarios

struct ClaimTimesTests {
  private let recovery = Claim.Rule.times(.gpuService, .range(.seconds(30), .seconds(60)))

  private func served(after seconds: [Int]) -> [Incident] { seconds.map { Claimed.incident(served: $0) } }

  @Test func `a range holds when 95 of 100 incidents lie within it, not when 94 do`() {
    let enough = Claimed.verdict(
      recovery, Claimed.evidence(served(after: Array(repeating: 40, count: 95) + Array(repeating: 61, count: 5))))
    #expect(enough.outcome == .holds)
    #expect(enough.counts == ClaimVerdict.Counts(sooner: 0, within: 95, later: 5))
    let few = Claimed.verdict(
      recovery, Claimed.evidence(served(after: Array(repeating: 40, count: 94) + Array(repeating: 61, count: 6))))
    #expect(few.outcome == .doesNotHold)
    #expect(few.why == "94 of 100 incidents within (94.0 %), 6 later; the median is 40.0 s, of which detection 20.0 s")
    #expect(few.simulated == "40.0 s, p95 61.0 s")
  }

  @Test func `both ends of a range are within it`() {
    let verdict = Claimed.verdict(recovery, Claimed.evidence(served(after: [30, 60])))
    #expect(verdict.outcome == .holds)
    #expect(verdict.why == "all 2 incidents within; the median is 30.0 s, of which detection 20.0 s")
  }

  @Test func `less than a second excludes the second itself`() {
    let rule = Claim.Rule.times(.detection, .lessThan(.seconds(1)))
    #expect(Claimed.verdict(rule, Claimed.evidence([Claimed.incident(detected: 1)])).outcome == .doesNotHold)
    #expect(Claimed.verdict(rule, Claimed.evidence([Claimed.incident(detected: 0)])).outcome == .holds)
  }

  @Test func `about a time is half as long to half as long again`() {
    let bounds = TimeBounds.about(.seconds(10))
    #expect(bounds.position(of: .seconds(5)) == .within)
    #expect(bounds.position(of: .milliseconds(4_999)) == .sooner)
    #expect(bounds.position(of: .seconds(15)) == .within)
    #expect(bounds.position(of: .milliseconds(15_001)) == .later)
  }

  @Test func `sooner than claimed is better, but a mixture of sooner and later is not`() {
    #expect(Claimed.verdict(recovery, Claimed.evidence(served(after: [10, 20, 40]))).outcome == .better)
    #expect(Claimed.verdict(recovery, Claimed.evidence(served(after: [10, 40, 90]))).outcome == .doesNotHold)
  }

  @Test func `the longest phase of the median incident is named, and what held up those that are late`() {
    let slow = Claimed.incident(
      detected: 20, standby: 22, attempts: [22], restoreFrom: 60, to: 440, served: 450)
    let verdict = Claimed.verdict(
      recovery,
      Claimed.evidence(
        served(after: [40]) + [slow, slow],
        causes: [["no acceptable offer"], ["the new GPU was lost, too"], ["the new GPU was lost, too", "a fault"]]))
    #expect(
      verdict.why
        == "1 of 3 incidents within (33.3 %), 2 later; the median is 7 min 30 s, of which restore 6 min 20 s; "
        + "2 of those later: the new GPU was lost, too")
  }

  @Test func `the policy of the checks is named where detection is late`() {
    let verdict = Claimed.verdict(
      .times(.detection, .about(.seconds(5))), Claimed.evidence([Claimed.incident(detected: 25)]))
    #expect(verdict.why.hasSuffix("the median is 25.0 s; a check every 10 s, down after 3 failures in a row"))
  }

  @Test func `a maximum is broken by one incident in a hundred`() {
    let rule = Claim.Rule.atMost(.detection, .seconds(30))
    let fine = Array(repeating: Claimed.incident(detected: 30), count: 99)
    let holds = Claimed.verdict(rule, Claimed.evidence(fine))
    #expect(holds.outcome == .holds)
    #expect(holds.simulated == "up to 30.0 s")
    let broken = Claimed.verdict(rule, Claimed.evidence(fine + [Claimed.incident(detected: 31)]))
    #expect(broken.outcome == .doesNotHold)
    #expect(broken.why.hasPrefix("99 of 100 incidents within (99.0 %), 1 later; the longest is 31.0 s"))
  }

  @Test func `what had not come when the run ended counts once it is late`() {
    let open = Claimed.incident()
    let late = Claimed.verdict(recovery, Claimed.evidence([open], end: .seconds(1061)))
    #expect(late.outcome == .doesNotHold)
    #expect(late.counts == ClaimVerdict.Counts(sooner: 0, within: 0, later: 1))
    #expect(late.simulated == "never")
    #expect(late.why.contains("the median never came"))
    let undecided = Claimed.verdict(recovery, Claimed.evidence([open], end: .seconds(1060)))
    #expect(undecided.outcome == .notSeen)
    #expect(undecided.why == "it did not come in 1 incident")
  }

  @Test func `a standby that never served is late when a GPU came after the claimed time`() {
    let rule = Claim.Rule.times(.standbyService, .range(.seconds(2), .seconds(5)))
    let without = Claimed.verdict(rule, Claimed.evidence([Claimed.incident(served: 300)]))
    #expect(without.outcome == .doesNotHold)
    #expect(without.simulated == "never")
    #expect(Claimed.verdict(rule, Claimed.evidence([Claimed.incident(detected: 1, standby: 4)])).outcome == .holds)
  }

  @Test func `a copy that never was is older than any, and one that survived has no age`() {
    let rule = Claim.Rule.atMost(.dataAge, .seconds(30))
    #expect(Claimed.verdict(rule, Claimed.evidence([Claimed.incident(copy: 30)])).outcome == .holds)
    let old = Claimed.verdict(rule, Claimed.evidence([Claimed.incident(copy: 31)]))
    #expect(old.outcome == .doesNotHold)
    #expect(old.why.hasSuffix("a sync begins every 30 s and counts once it is over"))
    let none = Claimed.verdict(rule, Claimed.evidence([Claimed.incident(copy: nil)]))
    #expect(none.why.contains("the longest had no copy at all"))
    #expect(none.simulated == "never")
    let some = Claimed.evidence([Claimed.incident(copy: nil), Claimed.incident(copy: 5)])
    #expect(Claimed.verdict(rule, some).simulated == "never in some")
  }

  @Test func `steps are found by the names of their phases, and steps nobody reached are not seen`() {
    let rule = Claim.Rule.times(.phase("restore"), .range(.seconds(10), .seconds(30)))
    let incident = Claimed.incident(attempts: [30], restoreFrom: 60, to: 80, served: 90)
    let verdict = Claimed.verdict(rule, Claimed.evidence([incident]))
    #expect(verdict.outcome == .holds)
    #expect(verdict.why == "the one incident is within; the median is 20.0 s")
    let absent = Claimed.verdict(
      .times(.phase("no such phase"), .range(.zero, .seconds(1))), Claimed.evidence([incident]))
    #expect(absent.outcome == .notSeen)
    #expect(absent.why == "no incident has a finished phase \"no such phase\" in 1 incident")
    #expect(Claimed.verdict(rule, Claimed.evidence()).why == "no incident")
  }

  @Test func `the start of a stopped GPU is not seen where every GPU was fetched`() {
    let rule = Claim.Rule.times(.warm(through: "ssh wait"), .range(.seconds(60), .seconds(90)))
    let fetched = Claimed.incident(attempts: [30], restoreFrom: 60, to: 80, served: 90)
    let verdict = Claimed.verdict(rule, Claimed.evidence([fetched]))
    #expect(verdict.outcome == .notSeen)
    #expect(verdict.why == "no stopped GPU took over in 1 incident")
  }

  @Test func `only incidents that took the whole machine are judged by the claim on them`() {
    let rule = Claim.Rule.times(.gpuServiceWithoutMachine, .range(.seconds(900), .seconds(1800)))
    let incidents = served(after: [50, 1000])
    let lost = Claimed.verdict(rule, Claimed.evidence(incidents, causes: [[], [Hindrance.machineLost]]))
    #expect(lost.outcome == .holds)
    #expect(lost.counts?.total == 1)
    let slow = Claimed.verdict(rule, Claimed.evidence(served(after: [2000]), causes: [[Hindrance.machineLost]]))
    #expect(slow.outcome == .doesNotHold)
    #expect(Claimed.verdict(rule, Claimed.evidence(incidents)).why == "no machine was lost in 2 incidents")
  }

  @Test func `best, typical and worst are single figures`() {
    func verdict(_ statistic: Claim.Statistic, _ bounds: TimeBounds) -> ClaimVerdict {
      Claimed.verdict(
        .statistic(statistic, .gpuService, bounds), Claimed.evidence(served(after: [100, 400, 2000])))
    }
    #expect(verdict(.shortest, .range(.seconds(60), .seconds(120))).outcome == .holds)
    #expect(verdict(.shortest, .range(.seconds(120), .seconds(180))).outcome == .better)
    #expect(verdict(.median, .range(.seconds(300), .seconds(600))).outcome == .holds)
    #expect(verdict(.median, .range(.seconds(100), .seconds(200))).outcome == .doesNotHold)
    #expect(verdict(.longest, .orMore(.seconds(1800))).outcome == .holds)
    let worst = verdict(.longest, .orMore(.seconds(3600)))
    #expect(worst.outcome == .better)
    #expect(worst.simulated == "longest 33 min 20 s")
    #expect(worst.why == "3 incidents between 1 min 40 s and 33 min 20 s, the median is 6 min 40 s")
  }
}
