import Failover
import Testing

@testable import Scenarios

@Suite struct AlertTests {
  private func alerts(_ entries: [(seconds: Int, kind: EventKind)], _ rules: [AlertRule] = AlertRule.documented)
    -> [Alert]
  {
    AlertWatch.alerts(in: Written.log(entries), by: rules)
  }

  private func raised(_ entries: [(seconds: Int, kind: EventKind)], _ watched: AlertRule.Watched) -> [Int] {
    alerts(entries).filter { $0.rule.watched == watched }.map { Int($0.at.components.seconds) }
  }

  private let slow = PortError(.timedOut, "rsync")
  private let broken = PortError(.unreachable, "rsync")

  @Test func `the rules are those of the documents`() {
    let rules = AlertRule.documented.map { "\($0.watched.rawValue) > \($0.threshold.written)" }
    #expect(
      rules == [
        "syncFailures > 3", "checkFailures > 5", "recoveryAttempts > 1", "standbyDisk > 80%", "sshTrouble > 0",
        "gpuPrice > 100%",
      ])
    #expect(AlertRule.documented.map(\.watched) == AlertRule.Watched.allCases)
  }

  @Test func `the fourth sync that fails in a row raises one alert`() {
    let failures = (1...6).map { (seconds: $0 * 10, kind: EventKind.syncFailed(attempt: $0, slow)) }
    #expect(raised(Array(failures.prefix(3)), .syncFailures) == [])
    #expect(raised(failures, .syncFailures) == [40])
    #expect(alerts(failures).map(\.detail) == ["timed out: rsync"] && alerts(failures).map(\.value) == [.count(4)])
    // After a success counting begins anew.
    let again =
      failures + [(70, .syncRecovered(afterFailures: 6))]
      + (1...4).map { (seconds: 70 + $0, kind: EventKind.syncFailed(attempt: $0, slow)) }
    #expect(raised(again, .syncFailures) == [40, 74])
  }

  @Test func `a failover ends the row of failed syncs although no sync succeeds`() {
    let rule = AlertRule(.syncFailures, "", above: .count(0))
    let entries: [(Int, EventKind)] = [
      (1, .syncFailed(attempt: 1, slow)), (2, .phaseChanged(from: .suspicious, to: .failingOver)),
      (3, .syncFailed(attempt: 1, slow)),
    ]
    #expect(alerts(entries, [rule]).map(\.at) == [.seconds(1), .seconds(3)])
  }

  @Test func `the sixth health check that fails in a row raises one alert`() {
    let failures = (1...8).map {
      (seconds: $0, kind: EventKind.checkFailed(failures: $0, threshold: 9, .api, .notRunning))
    }
    #expect(raised(Array(failures.prefix(5)), .checkFailures) == [])
    #expect(raised(failures, .checkFailures) == [6])
    let again = failures + [(10, .suspicionCleared(failures: 8))] + failures.map { ($0.seconds + 20, $0.kind) }
    #expect(raised(again, .checkFailures) == [6, 26])
  }

  @Test func `two recovery attempts within any 24 hours raise an alert, once while they go on`() {
    let day = 86_400
    func attempts(_ times: [Int]) -> [(seconds: Int, kind: EventKind)] {
      times.map { ($0, .recoveryStarted(attempt: 1)) }
    }
    #expect(raised(attempts([0, day]), .recoveryAttempts) == [])
    #expect(raised(attempts([0, day - 1]), .recoveryAttempts) == [day - 1])
    // A storm is one alert; after a quiet day the next storm is another.
    #expect(raised(attempts([0, 10, 20, 30, 5 * day, 5 * day + 10]), .recoveryAttempts) == [10, 5 * day + 10])
    // Every attempt has another within 24 hours before it: it has never been quiet.
    #expect(raised(attempts([0, 80_000, 160_000, 240_000]), .recoveryAttempts) == [80_000, 160_000, 240_000])
  }

  @Test(arguments: [
    (EventKind.checkFailed(failures: 1, threshold: 3, .ssh, .noBanner), true),
    (.checkFailed(failures: 1, threshold: 3, .process, .timedOut), true),
    (.checkFailed(failures: 1, threshold: 3, .api, .notRunning), false),
    (.checkFailed(failures: 1, threshold: 3, .tcp, .refused), false),
    (.verificationFailed(.sshReachable, "timed out"), true), (.verificationFailed(.dataAccessible, ""), false),
    (.recoveryFailed(attempt: 1, step: "ssh", PortError(.timedOut, ""), retryIn: .zero), true),
    (.recoveryFailed(attempt: 1, step: "search", PortError(.timedOut, ""), retryIn: .zero), false),
    (.syncFailed(attempt: 1, PortError(.unauthorized, "key expired")), true),
    (.syncFailed(attempt: 1, PortError(.unreachable, "")), true),
    (.syncFailed(attempt: 1, PortError(.diskFull, "")), false),
    (.restoreFailed(attempt: 1, PortError(.unreachable, "")), true),
  ]) func `what goes wrong with ssh is told from what goes wrong otherwise`(kind: EventKind, isTrouble: Bool) {
    #expect(raised([(1, kind)], .sshTrouble) == (isTrouble ? [1] : []))
  }

  @Test(arguments: [
    EventKind.syncRecovered(afterFailures: 1), .suspicionCleared(failures: 1), .verificationPassed(.sshReachable),
    .sshReady(InstanceID("2"), polls: 1, probing: .zero),
    .restoreCompleted(SyncReport(files: 1, bytesSent: .zero, duration: .zero)),
  ]) func `trouble with ssh is one alert until ssh works again`(cure: EventKind) {
    let trouble = EventKind.syncFailed(attempt: 1, broken)
    #expect(
      raised([(1, trouble), (2, trouble), (3, .verificationPassed(.endpointMoved)), (4, trouble)], .sshTrouble) == [1])
    #expect(raised([(1, trouble), (2, trouble), (3, cure), (4, trouble)], .sshTrouble) == [1, 4])
  }

  @Test func `a standby's disk above 80 percent raises an alert, for each machine by itself`() {
    let (cpu, other) = (InstanceID("cpu"), InstanceID("other"))
    let levels: [(InstanceID, Int64)] = [
      (cpu, 80), (cpu, 81), (other, 79), (cpu, 95), (other, 90), (cpu, 50), (cpu, 82),
    ]
    let found = alerts(
      levels.enumerated().map { second, level in
        (second, .diskUsage(level.0, used: .gigabytes(level.1), capacity: .gigabytes(100)))
      })
    #expect(found.map(\.at) == [.seconds(1), .seconds(4), .seconds(6)])
    #expect(found.allSatisfy { $0.rule.watched == .standbyDisk })
    #expect(found.first?.detail == "81 GB of 100 GB on cpu" && found.first?.value == .share(.percent(81)))
  }

  @Test func `neither a GPU's full disk nor a disk without capacity is the standby's`() {
    let full = EventKind.diskUsage(InstanceID("1"), used: .gigabytes(9), capacity: .gigabytes(10))
    let nothing = EventKind.diskUsage(InstanceID("cpu"), used: .gigabytes(9), capacity: .zero)
    let events = [
      Event(time: .zero, lane: .gpu(InstanceID("1")), kind: full),
      Event(time: .zero, lane: .standby(InstanceID("cpu")), kind: nothing),
    ]
    #expect(AlertWatch.alerts(in: events, by: AlertRule.documented) == [])
  }

  @Test func `a price above the most that is paid raises an alert until it falls`() {
    let limit = HourlyPrice(perHour: .cents(50))
    let found = alerts(
      [45, 50, 51, 90, 50, 75].enumerated().map { second, cents in
        (second, .priceChanged(HourlyPrice(perHour: .cents(Int64(cents))), limit: limit))
      })
    #expect(found.map(\.at) == [.seconds(2), .seconds(5)])
    #expect(found.last?.detail == "$0.75/h, at most $0.50/h is paid" && found.last?.value == .share(.percent(150)))
    #expect(alerts([(0, .priceChanged(limit, limit: .free))]).isEmpty)
  }

  @Test func `what renting the first GPU meets raises no alert`() {
    let entries: [(Int, EventKind)] = [
      (0, .phaseChanged(from: .preparing, to: .recovering)), (0, .recoveryStarted(attempt: 1)),
      (1, .recoveryFailed(attempt: 1, step: "ssh", broken, retryIn: .zero)), (2, .recoveryStarted(attempt: 2)),
      (3, .recoveryCompleted(attempts: 2)), (10, .recoveryStarted(attempt: 1)),
    ]
    #expect(alerts(entries).isEmpty)
    #expect(alerts(entries + [(20, .recoveryStarted(attempt: 2))]).map(\.at) == [.seconds(20)])
  }

  @Test func `whether a log keeps the routine changes no alert`() throws {
    for scenario in [Fixture.rough, Fixture.operation] {
      let day = Duration.seconds(86_400)
      let quiet = try Run(scenario, seed: 5, until: day)
      let verbose = try Run(scenario, seed: 5, until: day, logsRoutine: true)
      let alerts = AlertWatch.alerts(in: quiet.events, by: AlertRule.documented)
      #expect(alerts == AlertWatch.alerts(in: verbose.events, by: AlertRule.documented))
      #expect(!alerts.isEmpty)
    }
  }

  /// The rule again, in the plainest way: look back from every attempt.
  @Test func `recovery alerts of a run are those a look back from every attempt finds`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let times = run.events.filter { $0.kind.name == "recoveryStarted" }.map(\.time)
    let crossings = times.filter { time in
      let before = times.count { $0 < time && time - $0 < .seconds(86_400) }
      return before == 1
    }
    let alerts = HealthReport(run).alerts.filter { $0.rule.watched == .recoveryAttempts }.map(\.at)
    #expect(alerts == crossings && !alerts.isEmpty)
  }
}
