import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

/// The scenario files of the repository, and what plays them in tests.
enum Catalogue {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("scenarios")

  static func load(_ name: String, _ overrides: [String] = [], trace: String? = nil) throws -> LoadedScenario {
    let path = folder.appendingPathComponent(name + ".yaml").path
    return try LoadedScenario(path: path, overrides: overrides, trace: trace)
  }

  static func run(_ name: String, _ overrides: [String] = [], seed: UInt64 = 1, until: Duration? = nil) throws -> Run {
    try Run(load(name, overrides).scenario, seed: seed, until: until)
  }
}

/// The report of 2025-12-19, as its readers have it: written down here a second time, from the document.
@Suite struct DrillTests {
  @Test func `every figure of the report is met`() throws {
    let table = Drill1863(try Catalogue.run("report-18.63")).table
    for row in table.rows { #expect(row.isEqual, "\(row.what): says \(row.says), simulated \(row.simulated)") }
    #expect(table.rows.count == 54)
    #expect(table.rows.count { $0.section == "time" } == 14)
    #expect(table.rows.count { $0.section == "phase" } == 8)
    #expect(table.discrepancies.count == 9)
  }

  @Test func `the sum of the waits is 18.60 s, and 53 overshoots make it 18.63 s`() throws {
    let exact = LogQuery(run: try Catalogue.run("report-18.63", ["clock.overshoot=0ms"]))
    #expect(exact.activeTime == .milliseconds(18_600))
    let late = LogQuery(run: try Catalogue.run("report-18.63"))
    #expect(late.activeTime == .milliseconds(18_600) + .microseconds(490) * 53)
  }

  @Test(arguments: [("0.485ms", true), ("0.495ms", true), ("0.480ms", false), ("0.500ms", false)])
  func `only an overshoot of 0.485 to 0.495 ms gives every figure`(overshoot: String, fits: Bool) throws {
    let run = try Catalogue.run("report-18.63", ["clock.overshoot=\(overshoot)"])
    #expect(Drill1863(run).table.isEqual == fits)
  }

  @Test func `the table can fail: another threshold, price or size is seen`() throws {
    for change in [
      "healthCheck.failureThreshold=2", "marketplace.offers[0].price=$0.44/h", "workspace.files[0].size=1950MB",
      "marketplace.search=0.6s", "recovery.sshPoll.initial=0.2s",
    ] {
      let run = try Catalogue.run("report-18.63", [change])
      #expect(!Drill1863(run).table.isEqual, "\(change)")
    }
  }

  @Test func `a new GPU must answer as often in a row as the success threshold asks`() throws {
    let run = try Catalogue.run("report-18.63", ["healthCheck.successThreshold=3"])
    // It answers from the third attempt on.
    #expect(LogQuery(run: run).text("sshReady", "polls") == "5")
  }

  @Test func `with writes going on the loss is not zero`() throws {
    let run = try Catalogue.run("report-18.63", ["workspace.dirtyRate=1MB/s"])
    let incident = try #require(Incident.all(in: run.events).first)
    let risk = try #require(incident.recoveryPoint)
    // What was written since the last sync began, at 1 MB/s.
    #expect(incident.unsynced == DataRate.megabytesPerSecond(1).amount(in: risk))
    #expect(incident.unsynced != .zero)
  }

  @Test func `a step at the wrong moment is named with its phase and not carried out`() throws {
    let script = "script=[{phase: {name: Too early, steps: [adoptPrimary, failBack]}}]"
    let error = #expect(throws: ScriptFailure.self) { try Catalogue.run("report-18.63", [script]) }
    #expect(
      "\(try #require(error))"
        == "script, phase 'Too early', step 'failBack': failback failed: not found: no instance has been provisioned")
  }

  /// Any order of steps plays or is refused; none stops the program.
  @Test func `a thousand scripts in random order end in a result or in a named step`() throws {
    var scenario = try Catalogue.load("report-18.63").scenario
    var stream = RandomStream(seed: 5, name: "random scripts")
    var (played, refused) = (0, 0)
    for _ in 0..<1000 {
      var draw = stream.next()
      let known: [ScriptAction] = [.adoptPrimary, .createStandby, .openEndpoint]
      var actions = Array(known.prefix(Int(draw.nextInteger(below: 4))))
      for _ in 0..<draw.nextInteger(below: 8) {
        actions.append(ScriptAction.allCases[Int(draw.nextInteger(below: UInt64(ScriptAction.allCases.count)))])
      }
      scenario.life = .drill([.phase(name: "random", steps: actions.map { .perform($0) })])
      do {
        _ = try Run(scenario, seed: 1)
        played += 1
      } catch is ScriptFailure {
        refused += 1
      }
    }
    #expect(played + refused == 1000)
    #expect(played > 0 && refused > 0)
  }

  @Test func `the drill holds no invariant broken and plays the same whatever the seed`() throws {
    let runs = try (1...3).map { try Catalogue.run("report-18.63", seed: $0) }
    #expect(runs.allSatisfy { $0.violations.isEmpty })
    #expect(Set(runs.map(\.fingerprint)).count == 1)
  }
}
