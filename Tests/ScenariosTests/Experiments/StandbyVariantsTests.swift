import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// A standby that is lost, stopped or replaced.
@Suite struct LostStandbyTests {
  @Test func `a preempted standby is found missing by the next sync and replaced, and the first sync fills it`() throws {
    let run = try Catalogue.run("cpu-standby", ["standby.preemption={at: [1h]}"], until: .seconds(2 * 3600))
    let query = LogQuery(run: run)
    #expect(query.times("standbyLost") == [.seconds(3600)])
    let failed = try #require(query.first("syncFailed"))
    #expect(failed - .seconds(3600) <= .seconds(45), "a sync starts every 30 s; a broken one ends after 11.4 s")
    let missing = try #require(query.first("standbyMissing"))
    #expect(missing > failed && missing - failed < .seconds(1))
    #expect(query.count("standbyCreated") == 2)
    // Everything travels again: 1.19 GB twice over a relay at 6 MB/s.
    let created = query.times("standbyCreated")[1]
    let filled = try #require(query.first("syncRecovered"))
    #expect(filled - created > .seconds(396) && filled - created < .seconds(400))
    #expect(run.phases == [.preparing, .protected], "protection never stopped")
    #expect(run.told == [.standbyLost, .standbyReplaced])
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby lost in the middle of a sync breaks it, and what it held is gone`() throws {
    // The first copy takes 397 s.
    let run = try Catalogue.run("cpu-standby", ["standby.preemption={at: [200s]}"], until: .seconds(1200))
    let query = LogQuery(run: run)
    #expect(query.first("syncFailed") == .milliseconds(211_400))
    #expect(query.text("syncFailed", "detail").contains("connection to standby lost"))
    #expect(query.count("standbyCreated") == 2)
    #expect(run.violations.isEmpty)
  }

  @Test func `a fault before the new standby holds anything leaves nobody serving, and the GPU starts empty`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["standby.preemption={at: [1h]}", "interruptions={at: [3750s]}"], until: .seconds(3 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.failoverStarted == nil && incident.degradedService == nil)
    #expect(incident.recoveryPoint == nil, "the copy of before went with the first standby")
    #expect(incident.fullService != nil)
    #expect(incident.unsynced == run.scenario.world.workspace.size)
    #expect(LogQuery(run: run).count("restoreSkipped") == 1)
    #expect(run.violations.isEmpty)
  }

  @Test func `a fault while there is no standby at all goes straight to the recovery`() throws {
    // The replacement takes ten minutes.
    let run = try Catalogue.run(
      "cpu-standby",
      [
        "standby.creation=[20s, 600s]", "timeouts.standbyCreation=700s", "standby.preemption={at: [1h]}",
        "interruptions={at: [3800s]}",
      ], until: .seconds(3 * 3600))
    let query = LogQuery(run: run)
    #expect(query.count("failoverStarted") == 0)
    #expect(run.events.contains { $0.kind == .phaseChanged(from: .failingOver, to: .down) })
    #expect(query.count("recoveryCompleted") == 1)
    // After the recovery there is a GPU to copy from, and a new standby.
    #expect(query.times("standbyCreated").count == 2)
    #expect(query.times("standbyCreated")[1] > query.times("recoveryCompleted")[0])
    #expect(run.violations.isEmpty)
  }

  @Test func `a fault and a lost standby at once are told apart: the verification finds out`() throws {
    let run = try Catalogue.run(
      "cpu-standby",
      ["standby.preemption={at: [3601s]}", "interruptions={at: [3600s]}", "sync.interval=300s"],
      until: .seconds(3 * 3600))
    let query = LogQuery(run: run)
    #expect(query.count("failoverFailed") == 1, "a missing standby is not tried a second time")
    #expect(query.count("standbyMissing") == 1)
    #expect(query.count("restoreSkipped") == 1)
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.fullService != nil)
    #expect(run.told.contains(.standbyLost))
    #expect(run.violations.isEmpty)
  }

  @Test(arguments: [3700, 4000, 4300])
  func `a standby lost while it serves leaves nobody serving, and the recovery goes on without it`(second: Int) throws {
    // At 3700 s the GPU is being provisioned, at 4000 s it is being filled, at 4300 s it is nearly full.
    let run = try Catalogue.run(
      "cpu-standby", ["standby.preemption={at: [\(second)s]}", "interruptions={at: [1h]}"], until: .seconds(3 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    let full = try #require(incident.fullService)
    let spans = ServiceSpan.all(in: run.events, until: run.length)
    let down = try #require(spans.first { $0.start == .seconds(second) })
    #expect(down.level == .down && down.end == full)
    #expect(LogQuery(run: run).count("recoveryStarted") == 1, "the GPU that had been rented is used")
    #expect(LogQuery(run: run).count("restoreSkipped") == 1)
    // What the dead GPU had not copied, and everything on the standby.
    #expect(try #require(incident.unsynced) > run.scenario.world.workspace.size)
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby lost after the GPU is filled costs only what users wrote to it meanwhile`() throws {
    let overrides = ["interruptions={at: [1h]}"]
    let undisturbed = try Catalogue.run("cpu-standby", overrides, until: .seconds(3 * 3600))
    let filled = try #require(Incident.all(in: undisturbed.events).first?.restoreCompleted)
    let held = try #require(LogQuery(run: undisturbed).first("endpointHeld"))
    #expect(held > filled)
    let strike = held + .milliseconds(500)
    let run = try Catalogue.run(
      "cpu-standby", overrides + ["standby.preemption={at: [\(strike.wholeNanoseconds)ns]}"], until: .seconds(3 * 3600))
    let query = LogQuery(run: run)
    #expect(query.count("recoveryStarted") == 1 && query.count("restoreSkipped") == 0)
    #expect(query.count("finalSyncCompleted") == 0)
    #expect(query.count("recoveryCompleted") == 1)
    #expect(query.count("standbyCreated") == 2)
    #expect(run.violations.isEmpty)
  }

  @Test func `a stopped standby is started again and has lost nothing`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["standby.preemption={at: [1h], action: stop}"], until: .seconds(2 * 3600))
    let query = LogQuery(run: run)
    #expect(query.count("instanceStopped") == 1 && query.count("instanceStarted") == 1)
    #expect(query.count("standbyCreated") == 1)
    let started = try #require(query.first("instanceStarted"))
    let recovered = try #require(query.first("syncRecovered"))
    #expect(recovered - started < .seconds(60), "only what has changed is copied")
    #expect(run.told.isEmpty)
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby stopped while it serves is started again and serves again`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["standby.preemption={at: [4000s], action: stop}", "interruptions={at: [1h]}"],
      until: .seconds(3 * 3600))
    let query = LogQuery(run: run)
    let started = try #require(query.first("instanceStarted"))
    let spans = ServiceSpan.all(in: run.events, until: run.length).filter { $0.start >= .seconds(4000) }
    #expect(spans.first?.level == .down && spans.first?.end == started)
    #expect(spans.dropFirst().first?.level == .degraded)
    #expect(query.count("contentVerified") == 1, "nothing was lost, so nothing is missing at the end")
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that cannot be created is tried for with growing waits, and protection goes on`() throws {
    let run = try Catalogue.run(
      "cpu-standby",
      ["standby.creation=[20s, 400s, 400s, 20s]", "standby.preemption={at: [1h]}"], until: .seconds(3 * 3600))
    let delays = run.events.compactMap { event -> Duration? in
      if case .standbyCreationFailed(_, _, let delay) = event.kind { delay } else { nil }
    }
    #expect(delays == [.seconds(5), .seconds(10)])
    #expect(LogQuery(run: run).count("standbyCreated") == 2)
    #expect(run.phases == [.preparing, .protected])
    #expect(run.violations.isEmpty)
  }

  @Test func `a GPU that is lost never makes the provider of the standby be asked`() throws {
    // The questions draw from one stream: one more would shift the time that the verification takes.
    let few = try Catalogue.run("cpu-standby", ["interruptions={at: [1h]}", "sync.interval=5s"], until: .seconds(4000))
    let many = try Catalogue.run(
      "cpu-standby", ["interruptions={at: [1h]}", "sync={interval: 5s, retry: {initial: 1s, maximum: 1s}}"],
      until: .seconds(4000))
    let counts = [few, many].map { LogQuery(run: $0).count("syncFailed") }
    #expect(counts[1] > counts[0] && counts[0] > 1)
    func verification(_ run: Run) -> [Duration] {
      let times = LogQuery(run: run).times("verificationPassed")
      return zip(times.dropFirst(), times).map { $0 - $1 }
    }
    #expect(verification(few) == verification(many))
  }

  @Test func `a standby costs nothing once it is lost, nor while it is stopped but for its disk`() throws {
    func cost(_ overrides: String...) throws -> Money {
      let same = ["standby.creation=[20s, 280s]", "sync.interval=60s", "interruptions={at: []}"]
      return Metrics(try Catalogue.run("cpu-standby", same + overrides, until: .seconds(2 * 3600))).cost.standby
    }
    let whole = try cost()
    for action in ["", ", action: stop"] {
      let saved = whole - (try cost("standby.preemption={at: [1h]\(action)}"))
      // 280 s and up to 60 s until it is noticed, at $0.01 an hour.
      let price = HourlyPrice(perHour: .cents(1))
      #expect(saved > price.cost(of: .seconds(280)) && saved < price.cost(of: .seconds(345)), "\(action)")
    }
  }
}

/// Who decides that a new GPU is fetched.
@Suite struct RecoveryModeTests {
  @Test(arguments: [0, 300, 1800])
  func `with manual recovery full service comes later by exactly the time the person takes`(answer: Int) throws {
    let overrides = ["interruptions={at: [1h]}"]
    let alone = try Catalogue.run("cpu-standby", overrides, until: .seconds(3 * 3600))
    let asked = try Catalogue.run(
      "cpu-standby", overrides + ["recovery.mode=manual", "approval=\(answer)s"], until: .seconds(3 * 3600))
    let (a, b) = (try #require(Incident.all(in: alone.events).first), try #require(Incident.all(in: asked.events).first))
    #expect(b.degradedService == a.degradedService)
    #expect(try #require(b.attempts.first) - (try #require(a.attempts.first)) == .seconds(answer))
    #expect(b.phases.first { $0.name == "approval" }?.duration == .seconds(answer))
    #expect(b.phases.map(\.duration).reduce(.zero, +) == b.timeToFullService)
    #expect(asked.violations.isEmpty)
  }

  @Test func `with recovery disabled the standby serves to the end and nothing is rented`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["interruptions={at: [1h]}", "recovery.mode=disabled"], until: .seconds(3 * 86_400))
    let query = LogQuery(run: run)
    #expect(query.count("failoverCompleted") == 1)
    #expect(query.count("recoveryStarted") == 0 && query.count("instanceCreated") == 0)
    #expect(run.phases.last == .degraded)
    let availability = Metrics(run).availability
    #expect(availability.degraded > .seconds(3 * 86_400 - 3700))
    #expect(run.violations.isEmpty)
  }

  @Test func `without a standby and with recovery disabled nobody serves after the loss`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["strategy=none", "interruptions={at: [1h]}", "recovery.mode=disabled"], until: .seconds(7200))
    #expect(run.phases.last == .down)
    #expect(Metrics(run).availability.down == .seconds(3600))
    #expect(run.violations.isEmpty)
  }

  @Test func `doing nothing means that a person notices and rents an empty GPU`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["strategy=none", "interruptions={at: [1h]}", "recovery.mode=manual", "approval=30min"],
      until: .seconds(3 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.degradedService == nil && incident.recoveryPoint == nil)
    #expect(try #require(incident.timeToFullService) > .seconds(1800))
    #expect(incident.phases.map(\.duration).reduce(.zero, +) == incident.timeToFullService)
    #expect(LogQuery(run: run).count("restoreSkipped") == 1)
    #expect(Metrics(run).cost.standby == .zero)
    #expect(run.violations.isEmpty)
  }

  @Test func `a strategy that asks a person needs somebody to ask`() throws {
    var scenario = try Catalogue.load("cpu-standby", ["recovery.mode=manual", "approval=1s"]).scenario
    scenario.world.approval = nil
    #expect(throws: PortMissing("approver")) { try Run(scenario, seed: 1, until: .seconds(10)) }
  }

  @Test func `people are told of every step that the documents name`() throws {
    let run = try Catalogue.run("cpu-standby", ["interruptions={at: [1h]}"], until: .seconds(2 * 3600))
    #expect(run.told.filter { $0 != .syncFailing } == [.failoverStarted, .standbyActive, .gpuRestored, .failbackComplete])
  }
}

extension Run {
  /// The phases of protection in order.
  var phases: [ProtectionPhase] {
    events.compactMap { if case .phaseChanged(_, let to) = $0.kind { to } else { nil } }
  }

  /// What people were told, in order.
  var told: [Notification.Subject] {
    events.compactMap { if case .notified(let notification) = $0.kind { notification.subject } else { nil } }
  }
}

/// Every variant over many seeds.
@Suite struct StandbyVariantSeedTests {
  /// A GPU lives for hours and a standby for one, so that two days hold every combination of losses; checks and syncs are
  /// fewer than in production, so that 500 seeds take seconds.
  private static let rough = [
    "interruptions.lifetimes={weibull: {shape: 0.7, scale: 3h}}", "healthCheck.interval=60s", "sync.interval=5min",
    "network.rsync=12MB/s", "sync.route=direct",
  ]

  private static let onDemand = [
    "strategy=[cpuStandby, snapshots]", "standby.mode=onDemand", "snapshots.interval=15min",
  ]

  @Test(arguments: [
    ["standby.preemption={lifetimes: {weibull: {shape: 0.7, scale: 1h}}}"],
    ["standby.preemption={lifetimes: {weibull: {shape: 0.7, scale: 1h}}, action: stop}"],
    ["standby.preemption={lifetimes: {exponential: {mean: 30min}}}", "recovery.mode=manual", "approval=20min"],
    ["recovery.mode=disabled", "standby.preemption={lifetimes: {exponential: {mean: 6h}}}"],
    ["strategy=none", "recovery.mode=manual", "approval={exponential: {mean: 30min}}"],
    onDemand,
    onDemand + ["standby.preemption={lifetimes: {exponential: {mean: 10min}}}"],
    onDemand + ["snapshots.damaged=30%", "standby.creation={uniform: {low: 5s, high: 60s}}", "timeouts.standbyCreation=50s"],
    ["strategy=[cpuStandby, snapshots]", "snapshots.interval=15min", "standby.preemption={lifetimes: {exponential: {mean: 1h}}}"],
    [
      "standby.preemption={lifetimes: {exponential: {mean: 1h}}}", "timeouts.standbyCreation=25s",
      "standby.creation=[5s, 40s, 5s, 40s, 40s, 5s, 5s, 5s, 40s, 5s]",
    ],
  ]) func `on 500 seeds of two days everything that must hold holds`(overrides: [String]) throws {
    let scenario = try Catalogue.load("cpu-standby", Self.rough + overrides).scenario
    let verification = Verification(scenario, seeds: 500, until: .seconds(2 * 86_400), workers: Workers(2))
    #expect(verification.runs == 500)
    #expect(verification.failures.isEmpty, "\(verification.failures.prefix(3))")
    // With recovery disabled, one each at most.
    #expect(verification.interruptions >= 450)
  }
}
