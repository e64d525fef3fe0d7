import Failover
import Foundation
import Testing

@testable import Scenarios

struct ClaimsSectionTests {
  private let section = ClaimsSection(verdicts)

  /// Three incidents with a standby: one of them slow, with a cause.
  private static let verdicts: [ClaimVerdict] = {
    let quick = Claimed.incident(
      standby: 24, attempts: [24], restoreFrom: 300, to: 680, served: 700, copy: 12, lost: 20)
    let slow = Claimed.incident(
      standby: 24, attempts: [24, 900], restoreFrom: 1300, to: 1690, served: 1700, copy: 31, lost: 40)
    let evidence = Claimed.evidence(
      [quick, quick, slow], causes: [[], [], ["no acceptable offer"]],
      metrics: [
        .init(name: "cost.overhead.month", value: .money(.cents(1120))),
        .init(name: "cost.standby.month", value: .money(.cents(720))),
        .init(name: "cost.standbyDisk.month", value: .money(.cents(400))),
      ])
    let claims = [
      "switch to the standby", "recovery, once begun", "restore, typically", "search", "CPU standby, a month",
      "data lost, in all scenarios",
    ]
    return claims.compactMap { what in Claim.all.first { $0.what == what && $0.subject != .snapshots } }
      .map { $0.verdict(on: evidence) }
  }()

  @Test func `the text gives each claim a row and its reasons a line`() {
    #expect(
      section.render() == """

          What the documents claim, and what the simulation gives
          document           claim                                says                     simulated  holds

          by hand  1 seed · 3 incidents · 3 yes, 2 no, 1 not seen
          executive summary  switch to the standby            2 to 5 s                       4.00 s*  yes
              all 3 incidents within; the median is 4.00 s (elsewhere the same summary says less than 2 s)
          executive summary  recovery, once begun         10 to 20 min  11 min 16 s, p95 27 min 56 s  no
              2 of 3 incidents within (66.7 %), 1 later; the median is 11 min 16 s, of which restore 6 min 20 s; 1 of those
              later: no acceptable offer
          simulation report  restore, typically            5 to 10 min             median 6 min 20 s  yes
              3 incidents between 6 min 20 s and 6 min 30 s, the median is 6 min 20 s
          simulation report  search                          about 1 s                             –  not seen
              no incident has a finished phase "search" in 3 incidents
          warm pool guide    CPU standby, a month                  $11                        $11.20  yes
              standby $7.20, standby disk $4.00
          executive summary  data lost, in all scenarios     zero loss                    80 MB lost  no
              3 of 3 incidents lost what was in no copy, up to 40 MB at once; the newest copy was up to 31.0 s old (elsewhere
              the same summary says up to 30 s)

          * follows from times that the scenario itself sets.
          Claims on compression (4 GB/s, 4x) are measured, not simulated: docs/compression.md.

        """)
  }

  @Test func `no line of the text is wider than 120 characters`() throws {
    let verdicts = Claim.verdicts(for: [try Replications(Fixture.operation, seeds: 2)])
    #expect(verdicts.count > 30)
    let lines = ClaimsSection(verdicts).lines
    #expect(lines.allSatisfy { $0.count <= 120 }, "\(lines.filter { $0.count > 120 })")
  }

  @Test func `without verdicts there is no section`() {
    #expect(ClaimsSection([]).lines.isEmpty)
  }

  @Test func `the Markdown table has a row for each claim with seven cells`() throws {
    let lines = section.markdown.split(separator: "\n")
    let rows = lines.filter { $0.hasPrefix("|") }
    #expect(rows.count == section.verdicts.count + 2)
    #expect(rows.allSatisfy { $0.split(separator: "|").count == 7 })
    let cells = [
      "by hand", "executive summary", "switch to the standby", "2 to 5 s", "4.00 s\\*", "yes",
      "all 3 incidents within; the median is 4.00 s (elsewhere the same summary says less than 2 s)",
    ]
    #expect(rows[2] == "| \(cells.joined(separator: " | ")) |")
    #expect(lines.last == "Claims on compression (4 GB/s, 4x) are measured, not simulated: docs/compression.md.")
  }

  @Test func `the JSON has an object for each claim`() throws {
    let data = Data(try section.json().utf8)
    let objects = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(objects.count == section.verdicts.count)
    let recovery = objects[1]
    #expect(recovery["document"] as? String == "executive summary")
    #expect(recovery["strategy"] as? String == "CPU standby")
    #expect(recovery["says"] as? String == "10 to 20 min")
    #expect(recovery["outcome"] as? String == "doesNotHold")
    #expect(recovery["counts"] as? [String: Int] == ["sooner": 0, "within": 2, "later": 1])
    #expect(recovery["isAssumed"] as? Bool == false)
    #expect(recovery["note"] is NSNull)
    #expect(objects[4]["counts"] is NSNull)
  }
}
