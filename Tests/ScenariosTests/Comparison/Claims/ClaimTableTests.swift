import Failover
import Testing

@testable import Scenarios

struct ClaimTableTests {
  @Test func `no two claims are the same`() {
    let claims = Claim.all
    #expect(Set(claims).count == claims.count)
    let written = claims.map { "\($0.document.rawValue), \($0.subject.rawValue), \($0.what): \($0.says)" }
    #expect(Set(written).count == written.count)
  }

  @Test func `every claim is about something, and its strategy can be simulated`() {
    for claim in Claim.all {
      #expect(!claim.what.isEmpty)
      #expect(strategies.contains(where: claim.subject.includes), "\(claim.what)")
    }
    #expect(Set(Claim.all.map(\.subject)) == Set(Claim.Subject.allCases))
  }

  @Test func `each of the five documents claims something`() {
    #expect(Set(Claim.all.map(\.document)) == Set(CostClaim.Document.allCases))
  }

  /// Written down from the documents once more, so that a slip in the table shows.
  @Test func `the table says what the documents say`() {
    func says(_ document: CostClaim.Document, _ what: String) -> [String] {
      Claim.all.filter { $0.document == document && $0.what == what }.map(\.says)
    }
    #expect(says(.standbyGuide, "detection") == ["about 5 s"])
    #expect(says(.standbyGuide, "activation of the standby") == ["about 10 s"])
    #expect(says(.standbyGuide, "download of the backup") == ["30 s to 5 min"])
    #expect(says(.standbyGuide, "system ready") == ["about 1 min"])
    #expect(says(.failoverSystem, "detection") == ["less than 1 s"])
    #expect(says(.failoverSystem, "search") == ["2 to 5 s"])
    #expect(says(.failoverSystem, "provisioning") == ["30 to 60 s"])
    #expect(says(.failoverSystem, "ssh") == ["30 to 120 s"])
    #expect(says(.failoverSystem, "restore") == ["10 to 30 s"])
    #expect(says(.failoverSystem, "inference") == ["5 to 15 s"])
    #expect(says(.failoverSystem, "recovery") == ["1 to 2 min"])
    #expect(says(.failoverSystem, "snapshots") == ["every 30 s"])
    #expect(says(.failoverSystem, "failover ready, a month") == ["$10"])
    #expect(says(.simulationReport, "detection") == ["about 30 s"])
    #expect(says(.simulationReport, "provisioning") == ["2 to 5 min"])
    #expect(says(.simulationReport, "restore at best") == ["1 to 2 min"])
    #expect(says(.simulationReport, "restore, typically") == ["5 to 10 min"])
    #expect(says(.simulationReport, "restore at worst") == ["30 min or more"])
    #expect(says(.simulationReport, "auto-recovery") == ["100 %"])
    #expect(says(.simulationReport, "reliability") == ["95 to 99 %"])
    #expect(says(.warmPoolGuide, "recovery by the second GPU") == ["30 to 60 s"])
    #expect(says(.warmPoolGuide, "the same, by its timeline") == ["60 to 90 s"])
    #expect(says(.warmPoolGuide, "warm pool, a month") == ["$5 to $10"])
    #expect(says(.warmPoolGuide, "CPU standby, a month") == ["$11"])
    #expect(says(.warmPoolGuide, "the same, compared") == ["$11 to $28"])
    #expect(says(.warmPoolGuide, "recovery") == ["10 to 20 min"])
    #expect(says(.warmPoolGuide, "recovery when the host is lost") == ["15 to 30 min"])
    #expect(says(.executiveSummary, "detection") == ["at most 0.1 s", "at most 30 s"])
    #expect(says(.executiveSummary, "CPU takes over") == ["less than 2 s"])
    #expect(says(.executiveSummary, "switch to the standby") == ["2 to 5 s"])
    #expect(says(.executiveSummary, "recovered at the first attempt") == ["98 to 99 %"])
    #expect(says(.executiveSummary, "precision of detection") == ["95 to 100 %"])
    #expect(says(.executiveSummary, "most work that is lost") == ["at most 30 s"])
    #expect(says(.executiveSummary, "data lost, in all scenarios") == ["zero loss"])
  }

  @Test(arguments: [
    (Claimed.strategy(), []),
    (Claimed.strategy(warmPool: WarmPool()), [.warmPool, .warmPoolAlone, .anyProtection]),
    (Claimed.strategy(warmPool: WarmPool(), standby: .running), [.warmPool, .anyProtection]),
    (Claimed.strategy(standby: .running), [.standby, .standbyAlone, .anyProtection]),
    (Claimed.strategy(hasSnapshots: true), [.snapshots, .anyProtection]),
    (
      Claimed.strategy(standby: .running, hasSnapshots: true),
      [.standby, .standbyAndSnapshots, .standbyAndSnapshotsBehindAnything, .anyProtection]
    ),
    (
      Claimed.strategy(standby: .onDemand, hasSnapshots: true),
      [.standbyOnDemand, .standbyAndSnapshotsBehindAnything, .anyProtection]
    ),
    (
      Claimed.strategy(warmPool: WarmPool(), standby: .running, hasSnapshots: true),
      [.warmPool, .standbyAndSnapshotsBehindAnything, .anyProtection]
    ),
  ] as [(Strategy, [Claim.Subject])])
  func `a strategy is spoken of by its protections`(strategy: Strategy, subjects: [Claim.Subject]) {
    #expect(Claim.Subject.allCases.filter { $0.includes(strategy) } == subjects)
  }

  private let strategies = [
    Claimed.strategy(warmPool: WarmPool()), Claimed.strategy(standby: .running),
    Claimed.strategy(standby: .onDemand, hasSnapshots: true), Claimed.strategy(hasSnapshots: true),
    Claimed.strategy(standby: .running, hasSnapshots: true),
  ]
}

struct ClaimReplicationTests {
  @Test func `scenarios are judged by the claims on their strategy, drills by none`() throws {
    let month = try Replications(Fixture.operation, seeds: 3)
    let drill = try Replications(Fixture.drill, seeds: 1)
    let verdicts = Claim.verdicts(for: [drill, month])
    let subjects: [Claim.Subject] = [.standby, .standbyAlone, .anyProtection]
    #expect(verdicts.map(\.claim) == Claim.all.filter { subjects.contains($0.subject) })
    #expect(verdicts.allSatisfy { $0.scenario == Fixture.operation.name && $0.seeds == 3 })
    #expect(verdicts.allSatisfy { $0.incidents == month.incidents.count })
    #expect(Claim.verdicts(for: []).isEmpty)

    // Counted once more, by hand.
    let detection = try #require(verdicts.first { $0.claim.what == "detection" && $0.claim.says == "at most 30 s" })
    let times = month.incidents.compactMap(\.timeToDetect)
    #expect(detection.counts?.later == times.count { $0 > .seconds(30) })
    #expect(detection.counts?.total == times.count)
  }

  @Test func `what held up an incident is kept with it`() throws {
    let replications = try Replications(Fixture.rough, seeds: 2, until: .seconds(6 * 3600))
    #expect(replications.causes.count == replications.incidents.count)
    let causes = try (1...2).flatMap { seed in
      let run = try Run(Fixture.rough, seed: UInt64(seed), until: .seconds(6 * 3600))
      return Incident.all(in: run.events).map { Hindrance.all(of: $0, in: run.events).map(\.cause) }
    }
    #expect(replications.causes == causes)
    #expect(causes.contains { !$0.isEmpty })
    for (cause, count) in replications.hindrances {
      #expect(count == causes.count { $0.contains(cause) })
    }
  }
}
