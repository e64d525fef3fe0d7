import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct HealthTargetTests {
  private func results(_ rows: [(String, MetricValue)]) -> [Bool?] {
    let metrics = MetricTable(rows.map { MetricTable.Row(name: $0.0, value: $0.1) })
    return HealthTarget.documented.map { $0.result(in: metrics).isMet }
  }

  @Test func `targets name metrics and bound them in their unit`() {
    for target in HealthTarget.documented {
      #expect(MetricTable.definition(target.metric)?.unit == target.bound.unit, "\(target.name)")
    }
    #expect(
      HealthTarget.documented.map { "\($0.relation.rawValue) \($0.bound.written)" }
        == ["> 99%", "< 5%", "< 1", "≥ 100%", "< 20min"])
  }

  @Test func `the bound itself meets only what may be equal`() {
    let bounds = HealthTarget.documented.map { ($0.metric, $0.bound) }
    #expect(results(bounds) == [false, false, false, true, false])
  }

  @Test func `a step beyond the bound is met, a step before it is missed`() {
    #expect(
      results([
        ("sync.successRate", .share(ratio(9901, 10_000))), ("check.failureRate", .share(ratio(499, 10_000))),
        ("failovers.month", .count(ratio(99, 100))), ("recovery.successRate", .share(.one)),
        ("mttrFull.max", .duration(.seconds(1199))),
      ]) == [true, true, true, true, true])
    #expect(
      results([
        ("sync.successRate", .share(ratio(9899, 10_000))), ("check.failureRate", .share(ratio(501, 10_000))),
        ("failovers.month", .count(2)), ("recovery.successRate", .share(ratio(99, 100))),
        ("mttrFull.max", .duration(.seconds(1201))),
      ]) == [false, false, false, false, false])
  }

  @Test func `a target without a figure is neither met nor missed`() {
    #expect(results([]) == [nil, nil, nil, nil, nil])
    #expect(!HealthTarget.documented[0].isMet(by: .count(1)))
  }

  @Test func `targets are measured by the log alone`() {
    var counts = RoutineCounts()
    counts.syncsCompleted = 999
    counts.checksPassed = 300
    let metrics = MetricTable(events: Written.incident, counts: counts, length: .seconds(2000))
    let report = HealthReport(events: Written.incident, metrics: metrics)
    #expect(report.targets.map(\.isMet) == [true, true, false, false, true])
    #expect(report.targets.map { $0.value?.description } == ["99.9 %", "0 %", "1296", "50 %", "1 min 40 s"])
    #expect(report.alerts.map(\.rule.watched) == [.recoveryAttempts])
  }
}

@Suite struct MonitoringPolicyTests {
  private func read(_ text: String) -> Result<MonitoringPolicy, InvalidFile> {
    Result { () throws(InvalidFile) in
      try Document(bytes: Array(text.utf8), name: "m.yaml").read(MonitoringPolicy.init).value
    }
  }

  @Test func `what a file leaves out is as the documents have it`() throws {
    #expect(try read("targets:\nalerts:\n").get() == MonitoringPolicy())
  }

  @Test func `targets and thresholds can be set`() throws {
    let policy = try read(
      "targets: {recoveryTime: 5min, syncSuccess: 99.9%}\nalerts: {syncFailures: 1, standbyDisk: 50%}\n"
    ).get()
    #expect(policy.targets.map(\.bound.written) == ["99.9%", "5%", "1", "100%", "5min"])
    #expect(policy.rules.map(\.threshold.written) == ["1", "5", "1", "50%", "0", "100%"])
    let failures = Written.log((1...2).map { ($0, .syncFailed(attempt: $0, PortError(.timedOut, ""))) })
    #expect(AlertWatch.alerts(in: failures, by: policy.rules).map(\.at) == [.seconds(2)])
  }

  @Test func `an unknown rule gets the nearest known one`() {
    guard case .failure(let error) = read("alerts: {syncFailure: 1}\n") else {
      Issue.record("accepted")
      return
    }
    #expect(error.description.hasPrefix("m.yaml:1:10: error: unknown key 'syncFailure'; did you mean 'syncFailures'?"))
  }
}

@Suite struct MonitoringSectionTests {
  @Test func `the text says of each target and rule what the run did`() throws {
    let run = try Catalogue.run("cpu-standby", seed: 2)
    let report = HealthReport(run)
    let text = MonitoringSection(report: report, style: .plain).lines.joined(separator: "\n")
    for target in report.targets { #expect(text.contains(target.target.name)) }
    for rule in report.rules { #expect(text.contains(rule.name)) }
    // Users are moved after the third failure, so that nobody ever sees six.
    #expect(text.contains("cannot be: users are moved after 3"))
    #expect(!report.alerts.contains { $0.rule.watched == .checkFailures })
  }

  @Test func `a rule that can be broken is not said to be unbreakable`() throws {
    let run = try Catalogue.run("cpu-standby", ["healthCheck.failureThreshold=7"], seed: 2)
    let report = HealthReport(run)
    let text = MonitoringSection(report: report, style: .plain).lines.joined(separator: "\n")
    #expect(!text.contains("cannot be"))
    #expect(report.alerts.count { $0.rule.watched == .checkFailures } == Metrics(run).interruptions)
  }

  @Test func `the report as JSON holds targets and alerts`() throws {
    let report = HealthReport(try Run(Fixture.operation, seed: 1))
    let data = Data(try report.json.document().utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let targets = try #require(object["targets"] as? [[String: Any]])
    #expect(targets.map { $0["isMet"] as? Bool } == report.targets.map(\.isMet))
    let alerts = try #require(object["alerts"] as? [[String: Any]])
    #expect(alerts.map { $0["rule"] as? String } == report.alerts.map(\.rule.watched.rawValue))
    #expect(!alerts.isEmpty)
  }
}

/// The `monitoring` section of a scenario.
@Suite struct ScenarioMonitoringTests {
  private func read(_ text: String) -> Result<Scenario, InvalidFile> {
    let base = "name: x\nsummary: y\nduration: 1h\n"
    return Result { () throws(InvalidFile) in
      try Document(bytes: Array((base + text).utf8), name: "x.yaml").read(ScenarioFile.init).value.scenario
    }
  }

  private func problems(_ text: String) -> [String] {
    if case .failure(let error) = read(text) { error.problems.map(\.description) } else { [] }
  }

  @Test func `a scenario without the section is judged as the documents do`() throws {
    #expect(try read("").get().monitoring == MonitoringPolicy())
    #expect(try read("monitoring:").get().monitoring == MonitoringPolicy())
  }

  @Test func `a run is judged by its scenario's targets and alerts, in every report`() throws {
    let settings = ["monitoring={targets: {failovers: 1000}, alerts: {checkFailures: 2}}"]
    let (plain, own) = (
      try Catalogue.run("cpu-standby", seed: 2, until: .seconds(7 * 86_400)),
      try Catalogue.run("cpu-standby", settings, seed: 2, until: .seconds(7 * 86_400))
    )
    #expect(plain.fingerprint == own.fingerprint, "judging changes nothing of what happens")
    func failovers(_ run: Run) -> Bool? { HealthReport(run).targets.first { $0.target.key == "failovers" }?.isMet }
    #expect(failovers(plain) == false && failovers(own) == true)
    let losses = Metrics(own).interruptions
    #expect(losses > 0)
    #expect(MetricTable(plain)["alerts.checkFailures"] == .count(0))
    #expect(MetricTable(own)["alerts.checkFailures"] == .count(losses))
    #expect(TextReport(own).render().contains("< 1000"))
  }

  @Test func `bad targets and alerts are told with their place`() {
    #expect(
      problems("monitoring: {targets: {recoveryTimes: 1min}}").first?.hasPrefix(
        "x.yaml:4:24: error: unknown key 'recoveryTimes'; did you mean 'recoveryTime'?") == true)
    #expect(problems("monitoring: {target: {recoveryTime: 1min}}").first?.contains("did you mean 'targets'?") == true)
    #expect(problems("monitoring: {targets: {recoveryTime: 99%}}").count == 1)
    #expect(problems("monitoring: {alerts: {standbyDisk: 1min, syncFailures: some}}").count == 2)
    #expect(problems("monitoring: {alerts: [syncFailures]}").count == 1)
    #expect(problems("monitoring: 5").count == 1)
  }
}
