import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct SnapshotTimingTests {
  /// A fault strikes at a moment that has nothing to do with the snapshots. With a period P (the interval, or the
  /// duration D of a snapshot when that is longer) and a snapshot durable D after its start, the newest durable one
  /// began between D and D + P before the fault, each moment being as likely: on average D + P/2.
  @Test(arguments: [(40, 1795), (40, 600), (5, 1795)])
  func `the age of what is restored meets its closed form`(interval: Int, megabytes: Int) throws {
    let run = try Catalogue.run(
      "snapshots/month",
      [
        "snapshots.interval=\(interval)s", "snapshots.fullEvery=1", "snapshots.request=0s",
        "workspace.files=[{name: a.bin, size: \(megabytes)MB}]", "inference=null",
        // 800 s hold whole periods of 40 s, so that every phase is as likely.
        "interruptions={lifetimes: {uniform: {low: 200s, high: 1000s}}}",
        "gpu.boot=10s", "gpu.sshStart=1s", "healthCheck={interval: 30s, failureThreshold: 1}",
      ], seed: 5, until: .seconds(4 * 86_400))
    let ages = Incident.all(in: run.events).compactMap(\.recoveryPoint)
    #expect(ages.count > 400)
    // The upload of what does not shrink at 150 MB/s, and 4 MiB of reading at 590.
    let chunk = Double(4 << 20) / 590e6
    let save = Double(megabytes) / 150 + chunk
    let period = max(Double(interval), save)
    #expect(abs((try #require(run.counts.snapshots.longestSave)).inSeconds - save) < 1e-6)
    #expect(ages.allSatisfy { $0.inSeconds >= save - 1e-6 && $0.inSeconds <= save + period + 1e-6 })
    let mean = try #require(Summary(ages).mean).inSeconds
    // Uniform over a period: standard error P / sqrt(12 n), six of them.
    let tolerance = 6 * period / (12 * Double(ages.count)).squareRoot()
    #expect(abs(mean - (save + period / 2)) < tolerance, "mean \(mean), expected \(save + period / 2)")
  }

  @Test func `from start to start passes the interval, and a longer snapshot is followed by the next at once`() throws {
    func starts(_ interval: String) throws -> [Duration] {
      let played = try play(
        try Catalogue.load(
          "snapshots/month",
          ["snapshots.interval=\(interval)", "snapshots.fullEvery=1", "interruptions=null"]
        ).scenario, for: .seconds(200))
      return played.events.compactMap { event in
        if case .snapshotSaved(let report) = event.kind { event.time - report.duration } else { nil }
      }
    }
    let spaced = try starts("30s")
    #expect(zip(spaced, spaced.dropFirst()).allSatisfy { $1 - $0 == .seconds(30) })
    let dense = try starts("1s")
    #expect(dense.count > 20)
    // Between one and the next only the deletion of the one that is too many.
    let gaps = zip(dense, dense.dropFirst()).map { $1 - $0 }
    #expect(gaps.allSatisfy { $0 < .milliseconds(7_700) && $0 > .milliseconds(6_500) })
  }

  @Test func `a snapshot of what has changed holds the writes since the one before, and never more than all`() throws {
    let scenario = try Catalogue.load(
      "snapshots/month",
      ["snapshots.fullEvery=5", "workspace.dirtyRate=1MB/s", "snapshots.method=none", "interruptions=null"]).scenario
    let played = try play(scenario, for: .seconds(400))
    let saved = played.events.compactMap { event -> SnapshotReport? in
      if case .snapshotSaved(let report) = event.kind { report } else { nil }
    }
    #expect(saved.count > 10)
    for (number, report) in saved.enumerated() {
      #expect((report.base == nil) == (number % 5 == 0))
      // 30 s at 1 MB/s.
      #expect(report.content == (report.base == nil ? scenario.world.workspace.size : .megabytes(30)))
      #expect(report.stored == report.content)
    }
    let fast = try Catalogue.load(
      "snapshots/month", ["snapshots.fullEvery=5", "workspace.dirtyRate=100MB/s", "interruptions=null"]).scenario
    let full = try play(fast, for: .seconds(100)).counts.snapshots
    #expect(full.content == ByteCount(fast.world.workspace.size.bytes * Int64(full.saved)))
  }

  @Test func `what a host has written since the snapshot it went on with is what was lost`() throws {
    let run = try Catalogue.run(
      "snapshots/month", ["workspace.dirtyRate=1MB/s", "interruptions={at: [5000.5s]}"], until: .seconds(6000))
    let incident = try #require(Incident.all(in: run.events).first)
    let risk = try #require(incident.recoveryPoint)
    #expect(incident.unsynced == DataRate.megabytesPerSecond(1).amount(in: risk))
  }
}

@Suite struct SnapshotInvariantTests {
  /// Fewer checks and snapshots than usual, so that five hundred months take seconds; but every third snapshot is
  /// damaged, and every fifth model does not answer.
  @Test func `on five hundred seeds of a month everything that must hold holds`() async throws {
    let scenario = try Catalogue.load(
      "snapshots/month",
      [
        "healthCheck={interval: 1h, failureThreshold: 1}", "snapshots.interval=4h", "snapshots.fullEvery=3",
        "snapshots.damaged=1/3", "inference.failures=20%", "recovery.sshPoll={initial: 30s, maximum: 30s}",
        "recovery.provisionPoll={initial: 30s, maximum: 30s}",
      ]).scenario
    let results = try await withThrowingTaskGroup(of: (violations: [String], events: [String: Int]).self) { group in
      for worker in 0..<2 {
        group.addTask { @concurrent in
          var violations: [String] = []
          var events: [String: Int] = [:]
          for seed in stride(from: worker + 1, through: 500, by: 2) {
            let run = try Run(scenario, seed: UInt64(seed))
            violations += run.violations.map { "seed \(seed): \($0)" }
            for event in run.events { events[event.kind.name, default: 0] += 1 }
          }
          return (violations, events)
        }
      }
      return try await group.reduce(into: (violations: [String](), events: [String: Int]())) {
        $0.violations += $1.violations
        $0.events.merge($1.events, uniquingKeysWith: +)
      }
    }
    #expect(results.violations.isEmpty)
    for kind in ["interrupted", "snapshotRestored", "snapshotRestoreFailed", "restoreSkipped", "inferenceFailed"] {
      #expect(results.events[kind, default: 0] > 500, "\(kind)")
    }
  }

  @Test func `a month of the scenario as it is, too`() throws {
    let run = try Catalogue.run("snapshots/month", seed: 2)
    #expect(run.violations.isEmpty)
    #expect(run.counts.snapshots.saved > 80_000)
    #expect(run.events.count < 5_000, "the routine is counted, not logged")
  }

  @Test func `logging every snapshot changes neither what happens nor when`() throws {
    let scenario = try Catalogue.load("snapshots/month", ["interruptions.lifetimes.weibull.scale=8h"]).scenario
    let quiet = try Run(scenario, seed: 3, until: .seconds(2 * 86_400))
    let verbose = try Run(scenario, seed: 3, until: .seconds(2 * 86_400), logsRoutine: true)
    let routine = ["checkPassed", "snapshotSaved", "snapshotDeleted"]
    #expect(verbose.events.filter { !routine.contains($0.kind.name) } == quiet.events)
    #expect(verbose.counts == quiet.counts)
    #expect(Metrics(verbose) == Metrics(quiet), "the bill, too")
    #expect(verbose.events.count { $0.kind.name == "snapshotSaved" } == quiet.counts.snapshots.saved)
    #expect(Metrics(quiet).cost[.objectStorage] > .zero)
  }
}

@Suite struct DamagedSnapshotTests {
  @Test func `a damaged snapshot gives way to the one before it, and the age is that one's`() throws {
    let run = try Catalogue.run(
      "snapshots/month", ["snapshots.damaged=40%", "interruptions.lifetimes.weibull.scale=4h"], seed: 2,
      until: .seconds(10 * 86_400))
    #expect(run.violations.isEmpty)
    let failed = run.events.compactMap { event -> PortError? in
      if case .snapshotRestoreFailed(_, _, let error) = event.kind { error } else { nil }
    }
    #expect(!failed.isEmpty)
    #expect(failed.allSatisfy { [.invalidAnswer, .unreachable].contains($0.reason) })
    var fellBack = 0
    for incident in Incident.all(in: run.events) {
      guard let record = incident.snapshot?.record, let fault = incident.fault, let age = incident.recoveryPoint else {
        continue
      }
      #expect(age == fault - record.point.started)
      if age > .seconds(60) { fellBack += 1 }
    }
    #expect(fellBack > 0)
  }

  @Test func `when every snapshot is damaged the GPU starts empty, and all is lost`() throws {
    let run = try Catalogue.run(
      "snapshots/month", ["snapshots.damaged=100%", "interruptions={at: [1h]}"], until: .seconds(2 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(run.events.contains { $0.kind == .restoreSkipped })
    #expect(incident.recoveryPoint == nil && incident.fullService != nil && incident.snapshot == nil)
    #expect(MetricTable(run)["incidents.allLost"] == .count(1))
    #expect(run.violations.isEmpty)
  }

  @Test func `a snapshot that an interruption cuts off is not there`() throws {
    // The first whole one takes 20 s.
    let run = try Catalogue.run(
      "snapshots/month", ["interruptions={at: [5s]}", "snapshots.upload=50MB/s"], until: .seconds(60))
    #expect(run.counts.snapshots.saved == 0)
    let failure = try #require(run.events.first { $0.kind.name == "snapshotFailed" })
    #expect(failure.time == .seconds(5) + .milliseconds(11_400), "when the connection is given up")
    #expect(run.violations.isEmpty)
  }
}

@Suite struct SnapshotStoreTests {
  private func scenario(_ overrides: [String] = []) throws -> Scenario {
    try Catalogue.load("snapshots/month", ["interruptions=null"] + overrides).scenario
  }

  private func flaky(
    _ failure: @escaping @Sendable (String, Int) -> PortError.Reason?
  ) -> @Sendable (inout Ports, Simulation) -> Void {
    { ports, _ in ports.snapshots = ports.snapshots.map { FlakyStore($0, failing: failure) } }
  }

  @Test func `the store keeps the last chains, and loses no base before what builds on it`() throws {
    let played = try play(try scenario(["snapshots.fullEvery=4", "snapshots.keep=2"]), for: .seconds(3600))
    var stored: [SnapshotID: SnapshotID?] = [:]
    var most = 0
    for event in played.events {
      switch event.kind {
      case .snapshotSaved(let report): stored[report.id] = report.base
      case .snapshotDeleted(let id):
        stored.removeValue(forKey: id)
        for case let base? in stored.values { #expect(stored.keys.contains(base)) }
      default: break
      }
      most = max(most, stored.count)
    }
    #expect(played.count("snapshotDeleted") > 80)
    // Two whole chains and the first of the third, before the oldest is gone.
    #expect(most == 9)
    #expect(Set(played.stored) == Set(stored.keys))
    #expect(played.violations.isEmpty)
  }

  @Test func `deleting that fails is tried again, in the same order`() throws {
    let played = try play(
      try scenario(["snapshots.fullEvery=4"]), for: .seconds(3600),
      ports: flaky { call, number in call == "delete" && number % 3 != 0 ? .unreachable : nil })
    #expect(played.count("snapshotDeleteFailed") > 50)
    #expect(played.violations.isEmpty)
    #expect(Set(played.stored) == Set((played.state.chains.kept + played.state.chains.expired).map(\.id)))
  }

  @Test func `failed snapshots are counted in a row and tried again ever more seldom`() throws {
    let played = try play(
      try scenario(["snapshots.retry={initial: 5s, maximum: 60s}", "snapshots.request=0s"]), for: .seconds(600),
      ports: flaky { call, number in call == "save" && (2...7).contains(number) ? .rateLimited : nil })
    let attempts = played.events.compactMap { event -> Int? in
      if case .snapshotFailed(let attempt, _) = event.kind { attempt } else { nil }
    }
    #expect(attempts == [1, 2, 3, 4, 5, 6])
    let times = played.times("snapshotFailed")
    #expect(zip(times, times.dropFirst()).map { $1 - $0 } == [5, 10, 20, 40, 60].map { .seconds($0) })
    #expect(played.count("snapshotSaved") > 10)
  }

  @Test func `when the store has lost what the next one builds on, that one is whole`() throws {
    let played = try play(
      try scenario(["snapshots.fullEvery=100"]), for: .seconds(300),
      ports: flaky { call, number in call == "save" && number == 4 ? .notFound : nil })
    let whole = played.events.compactMap { event -> Bool? in
      if case .snapshotSaved(let report) = event.kind { report.base == nil } else { nil }
    }
    #expect(Array(whole.prefix(5)) == [true, false, false, true, false])
  }

  @Test func `while the store is down a restore waits for it, and nothing older is served`() throws {
    var scenario = try scenario(["recovery.restoreAttempts=2"])
    scenario.world.interruptions = .at([.seconds(3600)])
    let played = try play(
      scenario, for: .seconds(3 * 3600),
      happenings: [
        (.seconds(3601), { $0.setObjectStore(isDown: true) }),
        (.seconds(2 * 3600), { $0.setObjectStore(isDown: false) }),
      ])
    #expect(played.count("snapshotRestoreFailed") > 4)
    #expect(played.count("restoreSkipped") == 0)
    let restored = try #require(played.times("snapshotRestored").first)
    #expect(restored > .seconds(2 * 3600))
    #expect(played.violations.isEmpty)
    let causes = Hindrance.all(of: try #require(Incident.all(in: played.events).first), in: played.events)
    #expect(causes.map(\.cause).contains("outage at object store"))
  }

  @Test func `an outage breaks an upload, and what is in the store survives it`() throws {
    let played = try play(
      try scenario(), for: .seconds(600),
      happenings: [
        (.seconds(301), { $0.setObjectStore(isDown: true) }), (.seconds(400), { $0.setObjectStore(isDown: false) }),
      ])
    let saved = played.times("snapshotSaved")
    #expect(saved.contains { $0 < .seconds(300) } && saved.contains { $0 > .seconds(400) })
    #expect(!saved.contains { $0 > .seconds(301) && $0 < .seconds(400) })
    #expect(played.count("snapshotFailed") > 1)
    #expect(Set(played.stored) == Set(played.state.snapshots.map(\.id)))
  }

  @Test func `a strategy without what it needs fails before it does anything`() throws {
    for missing in ["snapshot store", "inference probe"] {
      let scenario = try scenario()
      let error = #expect(throws: PortMissing.self) {
        try play(scenario, for: .seconds(60), ports: { ports, _ in
          if missing == "snapshot store" { ports.snapshots = nil } else { ports.inference = nil }
        })
      }
      #expect(error?.port == missing)
    }
  }
}
