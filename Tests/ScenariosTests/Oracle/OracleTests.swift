import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// `Tests/oracle/incidents.json`: nothing is random, and GPUs are lost at instants chosen for what is going on then.
@Suite struct OracleEventTests {
  /// Changes to the scenario, and a kind of event that shows that they had their effect.
  @Test(
    .enabled(if: Oracle.isThere, Comment(rawValue: Oracle.absence)),
    arguments: [
      ([], "syncRecovered"),
      (["healthCheck.methods=[\"ssh\", \"api\"]"], "suspicionCleared"),
      (["healthCheck.failureThreshold=1", "sync.route=\"direct\""], "faultDetected"),
      // The first copy is never completed and users are never moved to the standby: there is nothing to restore from.
      (
        [
          "interruptions={\"at\": [\"100s\", \"1000s\"]}",
          "endpoint.change=[\"3s\", \"31s\", \"31s\", \"31s\", \"3.1s\"]",
        ], "restoreSkipped"
      ),
      (["recovery.maximumPrice=\"$0.10/h\""], "noOffer"),
    ])
  func `two implementations tell the same events to the nanosecond`(changes: [String], kind: String) throws {
    let run = try Run(Oracle.scenario("incidents", changes), seed: 1, logsRoutine: true)
    let expected = try Oracle.events(of: "incidents", changes)
    #expect(run.events.count == expected.count)
    if let (event, told) = zip(run.events, expected).first(where: { $1.line(of: $0) != $1.line }) {
      Issue.record("the simulator says \(told.line(of: event)), the oracle \(told.line)")
    }
    #expect(expected.contains { $0.kind == kind })
    #expect(run.violations.isEmpty)
  }

  /// What the scenario is there for. Without it, the agreement above would say little.
  @Test func `GPUs are lost within a sync, a check, every step of a recovery and a failback`() throws {
    let scenario = try Oracle.scenario("incidents")
    let events = try Run(scenario, seed: 1, logsRoutine: true).events
    let quiet = try Run(Oracle.scenario("incidents", ["interruptions={at: []}"]), seed: 1, logsRoutine: true).events
    var faults: [(time: Duration, id: InstanceID)] = []
    for event in events { if case .interrupted(let id, _, _) = event.kind { faults.append((event.time, id)) } }
    #expect(faults.count == 10)

    // Up to the first fault nothing differs from a life without any: that life tells what the fault broke.
    let first = try #require(faults.first?.time)
    let sync = quiet.first { if case .syncCompleted = $0.kind { $0.time > first } else { false } }
    guard case .syncCompleted(let report)? = sync?.kind, let end = sync?.time else {
      Issue.record("no sync after the first fault")
      return
    }
    #expect(end - report.duration < first)
    // A check that had begun before the fault passes after it.
    let checks = events.contains { event in
      guard case .checkPassed(let duration) = event.kind else { return false }
      return faults.contains { event.time - duration < $0.time && $0.time < event.time }
    }
    #expect(checks)
    let steps = events.compactMap { if case .recoveryFailed(_, let step, _, _) = $0.kind { step } else { nil } }
    #expect(Set(steps) == ["search", "provision", "ssh", "restore", "final sync", "verify", "failback"])
    // Users are sent to a GPU that was lost a moment before.
    let sentToLost = events.contains { event in
      guard case .failbackCompleted(let id) = event.kind else { return false }
      return faults.contains { $0.id == id && $0.time < event.time }
    }
    #expect(sentToLost)
    let kinds = Set(events.map(\.kind.name))
    let rare = [
      "syncFailed", "syncRecovered", "suspicionCleared", "verificationFailed", "failoverFailed", "offerRefused",
      "restoreFailed", "destroyFailed", "notificationFailed",
    ]
    #expect(kinds.isSuperset(of: rare), "missing: \(rare.filter { !kinds.contains($0) })")
  }
}

/// `Tests/oracle/cpu-standby.json`: the production scenario with GPUs that are lost more often. Each side draws its own
/// random numbers, so the figures can only agree within what chance allows.
@Suite struct OracleFigureTests {
  private static let count = 30
  /// The oracle reckons no lost work.
  private static let names = FigureNames.summaries.map(\.key).filter { $0 != "lostWork" }

  /// Asked once for all tests.
  private static let oracle = Result { try Oracle.replications(of: "cpu-standby", count: count) }

  @Test func `the oracle's file says in full what the production scenario says`() throws {
    var expected = try Catalogue.load("cpu-standby").scenario
    let full = try Oracle.scenario("cpu-standby")
    expected.world.interruptions = full.world.interruptions
    #expect(full.world == expected.world)
    #expect(full.strategy == expected.strategy)
  }

  @Test(.enabled(if: Oracle.isThere, Comment(rawValue: Oracle.absence)))
  func `the mean figures of two implementations agree within three standard errors`() async throws {
    async let asked = Self.oracle.get()
    let simulated = try Oracle.simulate("cpu-standby", seeds: 1...Self.count)
    let oracle = try await asked
    #expect(simulated.map(\.incidents).reduce(0, +) > 1000)
    for name in Self.names {
      let comparison = OracleComparison(name, simulated, oracle)
      #expect(abs(comparison.distance) < 3, "\(comparison)")
      // Sharp enough to mean something.
      #expect(3 * comparison.standardError < 0.15 * comparison.oracle.mean, "\(comparison)")
    }
    let incidents = OracleComparison(simulated.map { Double($0.incidents) }, oracle.map { Double($0.incidents) })
    #expect(abs(incidents.distance) < 3, "incidents: \(incidents)")
  }

  @Test(
    .enabled(if: Oracle.isThere, Comment(rawValue: Oracle.absence)),
    arguments: [
      ("healthCheck.interval=11s", "mttd"), ("endpoint.change={uniform: {low: 3s, high: 6s}}", "mttrDegraded"),
      ("network.rsync=5MB/s", "mttrFull"), ("sync.interval=40s", "rpo"),
    ])
  func `a strategy or a world that is a little different is told apart`(change: String, figure: String) throws {
    let simulated = try Oracle.simulate("cpu-standby", seeds: 1...6, [change])
    let comparison = OracleComparison(figure, simulated, try Self.oracle.get())
    #expect(abs(comparison.distance) > 3, "\(comparison)")
  }
}
