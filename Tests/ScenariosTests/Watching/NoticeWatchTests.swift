import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct NoticeWatchTests {
  private static let fault = Duration.seconds(3600)

  private func standby(_ more: String...) throws -> Run {
    let overrides = [
      "interruptions={at: [1h], notice: {lead: 30s}}", "notice={pollInterval: 5s}", "sync.interval=300s",
    ]
    return try Catalogue.run("cpu-standby", overrides + more, until: .seconds(2 * 3600))
  }

  @Test func `the lead time is used for a last sync, and users are moved before the GPU is gone`() throws {
    let run = try standby()
    let incident = try #require(run.incidents.first)
    let query = LogQuery(run: run)
    let read = try #require(query.first("noticeReceived"))
    #expect(read >= Self.fault - .seconds(30) && read <= Self.fault - .seconds(25), "asked every 5 s")
    #expect(incident.detected == read && incident.fault == Self.fault)
    #expect(incident.timeToDetect == .zero && incident.timeToDegradedService == .zero)
    let moved = try #require(incident.degradedService)
    #expect(moved < Self.fault)
    #expect(try #require(incident.lastSync).started == read)
    // What users wrote from the beginning of the last sync until they were moved is all that is lost.
    let lost = DataRate(bytesPerSecond: 1_333_333).amount(in: moved - read)
    #expect(abs(try #require(incident.unsynced).bytes - lost.bytes) <= 2)
    #expect(incident.recoveryPoint == moved - read)
    #expect(incident.phases.map(\.duration).reduce(.zero, +) == (try #require(incident.fullService)) - read)
    #expect(!incident.isFalse && Metrics(run).interruptions == 1)
    // Users were down only while they were being moved.
    let spans = ServiceSpan.all(in: run.events, until: run.length)
    #expect(spans.first?.level == .full && spans.dropFirst().first?.level == .degraded)
    #expect(run.violations.isEmpty)
  }

  @Test func `without the last sync users are moved sooner and find older data`() throws {
    let (patient, hasty) = (try standby(), try standby("notice.useLeadTime=false"))
    let (a, b) = (try #require(patient.incidents.first), try #require(hasty.incidents.first))
    #expect(try #require(a.degradedService) > (try #require(b.degradedService)))
    #expect(try #require(a.recoveryPoint) < (try #require(b.recoveryPoint)))
    #expect(try #require(a.unsynced) < (try #require(b.unsynced)))
    #expect(hasty.violations.isEmpty)
  }

  @Test func `a last sync that does not fit is given up when the GPU is gone, and not later`() throws {
    // 500 s of changes over a line of 1 Mbit/s.
    let run = try standby("network.link=1Mbit/s", "standby.startsFilled=true")
    let incident = try #require(run.incidents.first)
    #expect(LogQuery(run: run).times("syncFailed").contains { $0 >= Self.fault && $0 <= Self.fault + .milliseconds(11_400) })
    let failover = try #require(incident.failoverStarted)
    #expect(failover >= Self.fault && failover <= Self.fault + .milliseconds(11_400))
    #expect(try #require(incident.lastSync).started < Self.fault - .seconds(30))
    #expect(run.violations.isEmpty)
  }

  @Test(arguments: [(120, true), (6, false)])
  func `a last snapshot is completed when it fits into the lead time`(lead: Int, fits: Bool) throws {
    let run = try Catalogue.run(
      "snapshots/month",
      [
        "interruptions={at: [1h], notice: {lead: \(lead)s}}", "notice={pollInterval: 1s}",
        // A whole snapshot takes some ten seconds.
        "snapshots.interval=20min", "snapshots.fullEvery=1",
      ], until: .seconds(2 * 3600))
    let incident = try #require(run.incidents.first)
    let read = try #require(LogQuery(run: run).first("noticeReceived"))
    let used = try #require(incident.lastSync)
    if fits {
      #expect(used.started == read && used.completed < Self.fault)
    } else {
      #expect(used.completed < read)
      #expect(LogQuery(run: run).count("snapshotFailed") >= 1)
      #expect(try #require(incident.attempts.first) <= Self.fault + .seconds(12))
    }
    #expect(run.violations.isEmpty)
  }

  @Test func `a loss that nobody tells of is found by the checks`() throws {
    let run = try standby("interruptions.notice={probability: 0%}")
    let incident = try #require(run.incidents.first)
    #expect(!incident.isForewarned)
    #expect(try #require(incident.timeToDetect) > .seconds(20))
  }

  @Test func `interruptions are told of as often as the probability says`() throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU() + """
        interruptions: {lifetimes: {uniform: {low: 10min, high: 50min}}, notice: {probability: 70%, lead: 1s}}
        notice: {pollInterval: 500ms}
        """)
    let run = try Run(scenario, seed: 8, until: .seconds(10 * 86_400))
    let incidents = run.incidents.filter { $0.fault != nil }
    let told = incidents.count(where: \.isForewarned)
    let count = Double(incidents.count)
    #expect(count > 300)
    #expect(abs(Double(told) / count - 0.7) <= 4 * (0.21 / count).squareRoot())
    #expect(run.violations.isEmpty)
  }

  @Test func `a GPU that is left and given back in time is never lost, and that is no false failover`() throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU() + """
        interruptions: {lifetimes: {uniform: {low: 30min, high: 50min}}, prediction: {recall: 100%, lead: 10min}}
        notice: {pollInterval: 5s}
        """)
    let run = try Run(scenario, seed: 9, until: .seconds(2 * 86_400))
    let metrics = Metrics(run)
    #expect(metrics.interruptions > 50 && metrics.falseFailovers == 0)
    #expect(LogQuery(run: run).count("interrupted") == 0)
    #expect(run.violations.isEmpty)
  }

  @Test func `the share of false alarms is that of two independent clocks`() throws {
    // A false alarm after 2 h in the mean, a loss that is never predicted after 4 h: two in three are false.
    let scenario = try Watched.scenario(
      Watched.quickGPU() + """
        interruptions:
          lifetimes: {exponential: {mean: 4h}}
          prediction: {recall: 0%, lead: 10min, falseAlarmsPerDay: 12}
        notice: {pollInterval: 60s}
        healthCheck: {interval: 5min, timeout: 5s}
        """)
    var (all, wrong) = (0.0, 0.0)
    for seed in 1...300 as ClosedRange<UInt64> {
      let run = try Run(scenario, seed: seed, until: .seconds(10 * 3600))
      guard let first = run.incidents.first(where: { $0.detected != nil }) else { continue }
      all += 1
      if first.isFalse { wrong += 1 }
    }
    #expect(all > 280)
    #expect(abs(wrong / all - 2.0 / 3) <= 4 * (2.0 / 9 / all).squareRoot(), "\(wrong) of \(all)")
  }
}

@Suite struct DetectionScenarioTests {
  static let names = [
    "heartbeat", "interruption-notice", "phi-accrual", "noisy-probes", "confirmed-probes", "predicted-interruption",
  ]

  /// With losses and noise far above what the files say, so that a few hours hold many failovers.
  @Test(arguments: names) func `what must hold does so with two hundred seeds`(name: String) throws {
    var overrides = ["interruptions.lifetimes={weibull: {shape: 0.63, scale: 1h}}"]
    if name.hasSuffix("probes") { overrides.append("gpu.probes.noise.falseFailure=20%") }
    if name.hasPrefix("predicted") { overrides.append("interruptions.prediction.falseAlarmsPerDay=10") }
    let scenario = try Catalogue.load("detection/\(name)", overrides).scenario
    var failovers = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      let run = try Run(scenario, seed: seed, until: .seconds(2 * 3600))
      #expect(run.violations.isEmpty, "seed \(seed): \(run.violations)")
      failovers += run.incidents.count
    }
    #expect(failovers > 200)
  }
}

@Suite struct DetectionFiguresTests {
  private func note(_ lines: String) throws -> String? {
    DetectionFigures(try Watched.scenario(lines))?.description
  }

  @Test func `checks without noise have a mean and a longest time`() throws {
    #expect(try note("healthCheck: {interval: 10s}\n") == "closed form: mean 25.3 s, longest 30.4 s")
    #expect(try note("healthCheck: {methods: [ssh]}\n") == "closed form: mean 30.0 s, longest 35.0 s")
  }

  @Test func `with noise they have false failovers, and no longest time where a lost GPU may pass`() throws {
    // 255,900 checks in 30 days, of which one in 127,550 completes three failures in a row.
    #expect(
      try note("gpu: {probes: {noise: {falseFailure: 2%}}}\n")
        == "closed form: mean 25.0 s, longest 30.4 s, 2.03 false failovers a month")
    let blind = try #require(try note("gpu: {probes: {noise: {falsePass: 10%}}}\n"))
    #expect(!blind.contains("longest"))
  }

  @Test func `heartbeats have their own`() throws {
    #expect(
      try note("healthCheck: {methods: []}\nheartbeat: {interval: 30s, timeout: 45s}\n")
        == "closed form: mean 30.0 s, longest 45.1 s")
  }

  @Test(arguments: [
    "heartbeat: {interval: 30s, timeout: 45s}\n", "healthCheck: {methods: []}\nheartbeat: {interval: 1s, phiThreshold: 8}\n",
    "notice: {pollInterval: 5s}\n", "healthCheck: {methods: [ssh, tcp, process], require: any}\n",
    "healthCheck: {methods: []}\nheartbeat: {interval: 30s, timeout: 60s}\n",
  ])
  func `where there is no closed form none is given`(lines: String) throws {
    #expect(try note(lines) == nil)
  }

  @Test func `somebody must notice, unless nothing would be done about it`() throws {
    #expect(throws: InvalidFile.self) { try Watched.scenario("healthCheck: {methods: []}\n") }
    let blind = try Watched.scenario(
      "healthCheck: {methods: []}\nrecovery: {mode: disabled}\ninterruptions: {at: [1h]}\n")
    let run = try Run(blind, seed: 1, until: .seconds(7200))
    #expect(LogQuery(run: run).count("faultDetected") == 0 && LogQuery(run: run).count("interrupted") == 1)
    #expect(throws: InvalidFile.self) {
      try Watched.scenario("heartbeat: {timeout: 45s, phiThreshold: 8}\n")
    }
  }
}
