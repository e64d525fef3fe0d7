import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

@Suite struct DeterminismTests {
  @Test func `twenty runs of one seed have one fingerprint`() throws {
    let scenario = try Catalogue.load("cpu-standby").scenario
    let fingerprints = try (0..<20).map { _ in
      try Run(scenario, seed: 2, until: .seconds(2 * 86_400)).fingerprint
    }
    #expect(Set(fingerprints).count == 1)
  }

  @Test func `another seed gives another run`() throws {
    let fingerprints = try (1...5).map {
      try Catalogue.run("cpu-standby", seed: $0, until: .seconds(2 * 86_400)).fingerprint
    }
    #expect(Set(fingerprints).count == 5)
  }

  /// A second route to the same state: what happens up to a day does not depend on how long the run goes on.
  @Test func `a longer run begins as the shorter one`() throws {
    let short = try Catalogue.run("cpu-standby", seed: 3, until: .seconds(5 * 86_400))
    let long = try Catalogue.run("cpu-standby", seed: 3, until: .seconds(6 * 86_400))
    #expect(!short.events.isEmpty)
    #expect(Array(long.events.prefix(short.events.count)) == short.events)
  }

  @Test func `a run that ends after so many losses is the beginning of the longer one, and protected at its end`() throws {
    let scenario = try Catalogue.load("detection/heartbeat").scenario
    let short = try Run(scenario, seed: 3, losses: 2)
    let long = try Run(scenario, seed: 3)
    #expect(Array(long.events.prefix(short.events.count)) == short.events)
    let losses = short.events.filter { if case .interrupted = $0.kind { true } else { false } }
    #expect(losses.count >= 2)
    #expect(short.length < long.length && short.length.wholeNanoseconds % 3_600_000_000_000 == 0)
    #expect(short.phases.last == .protected)
    // It ends at the first whole hour that will do.
    let last = try #require(short.events.last { $0.kind.name == "phaseChanged" })
    #expect(short.length - max(last.time, losses[1].time) <= .seconds(3600))
    #expect(try Run(scenario, seed: 3, losses: 1_000_000).fingerprint == long.fingerprint)
  }

  @Test func `logging the routine changes neither what happens nor when`() throws {
    let scenario = try Catalogue.load("cpu-standby").scenario
    let quiet = try Run(scenario, seed: 3, until: .seconds(2 * 86_400))
    let verbose = try Run(scenario, seed: 3, until: .seconds(2 * 86_400), logsRoutine: true)
    let telling = verbose.events.filter { !["checkPassed", "syncCompleted"].contains($0.kind.name) }
    #expect(telling == quiet.events)
    #expect(verbose.counts == quiet.counts)
    #expect(verbose.events.count { $0.kind.name == "checkPassed" } == quiet.counts.checksPassed)
  }

  @Test func `a change to one latency does not move the interruptions`() throws {
    func losses(_ overrides: [String]) throws -> Duration? {
      try Catalogue.run("cpu-standby", overrides, seed: 2, until: .seconds(2 * 86_400))
        .events.first { $0.kind.name == "interrupted" }?.time
    }
    #expect(try losses([]) == losses(["marketplace.search=5s", "sync.interval=45s"]))
  }
}

@Suite struct InvariantTests {
  /// Two days each, so that the thousand take a minute and still hold some 1,400 incidents.
  @Test func `on a thousand seeds of the production scenario everything that must hold holds`() async throws {
    let scenario = try Catalogue.load("cpu-standby").scenario
    let results = try await withThrowingTaskGroup(of: (violations: [String], incidents: Int).self) { group in
      for worker in 0..<2 {
        group.addTask { @concurrent in
          var violations: [String] = []
          var incidents = 0
          for seed in stride(from: worker + 1, through: 1000, by: 2) {
            let run = try Run(scenario, seed: UInt64(seed), until: .seconds(2 * 86_400))
            violations += run.violations.map { "seed \(seed): \($0)" }
            incidents += Incident.all(in: run.events).count
          }
          return (violations, incidents)
        }
      }
      return try await group.reduce(into: (violations: [String](), incidents: 0)) {
        $0.violations += $1.violations
        $0.incidents += $1.incidents
      }
    }
    #expect(results.violations.isEmpty)
    #expect(results.incidents > 1000)
  }

  @Test func `a copy that is not the newest durable one is noticed`() throws {
    // The world is asked to let users on to a GPU that was never filled.
    let scenario = try Catalogue.load("cpu-standby").scenario
    let log = EventLog()
    let violations = try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      world.start()
      let ports = world.ports()
      let machine = try #require(scenario.strategy.standby).machine
      _ = try await ports.compute.create(machine, timeout: .seconds(300))
      try await ports.router.route(to: scenario.world.gpu.address, timeout: .seconds(30))
      try await simulation.clock.sleep(for: .seconds(60))
      try await ports.router.route(to: scenario.world.standby.address, timeout: .seconds(30))
      let offer = try #require(scenario.world.marketplace.offers.first)
      let id = try await ports.marketplace.create(InstanceOrder(offer), timeout: .seconds(30))
      try await simulation.clock.sleep(for: .seconds(600))
      let address = try #require(try await ports.marketplace.describe(id, timeout: .seconds(30)).address)
      try await ports.router.route(to: address, timeout: .seconds(30))
      return world.violations
    }
    #expect(violations?.count == 1)
    #expect(violations?.first?.contains("gpu 1001 serves") == true)
  }

  @Test func `a machine that nobody remembers is noticed`() {
    let ending = Run.Ending(
      length: .zero, violations: [], owned: [InstanceID("a")], existing: [InstanceID("a"), InstanceID("b")])
    #expect(Invariants.violations(at: ending) == ["machine b exists, but the orchestrator does not know it"])
  }

  @Test func `a failover that never ends is noticed`() {
    let host = HostAddress(host: "a", port: 1)
    let started = Event(time: .seconds(1), lane: .orchestrator, kind: .failoverStarted(from: host, to: host))
    #expect(Invariants.violations(in: [started, started]).count == 1)
  }
}

@Suite struct DetectionTimeTests {
  /// Interruptions at instants that have nothing to do with the checks, and checks that take no time to fail: the mean
  /// must be (N - 1/2) I and nothing may be longer than N I.
  @Test(arguments: [(10, 3), (5, 2), (5, 3), (20, 1)])
  func `detection meets its closed form`(interval: Int, threshold: Int) throws {
    let run = try Catalogue.run(
      "cpu-standby",
      [
        "healthCheck.interval=\(interval)s", "healthCheck.failureThreshold=\(threshold)",
        "interruptions.lifetimes={uniform: {low: 1000s, high: 3000s}}", "gpu.probes.api=0s",
        "gpu.boot=10s", "gpu.sshStart=1s", "network.rsync=100MB/s", "network.link=1Gbit/s",
      ], seed: 11, until: .seconds(12 * 86_400))
    let times = Incident.all(in: run.events).compactMap(\.timeToDetect)
    #expect(times.count > 300)
    let policy = run.scenario.strategy.healthCheck
    let mean = try #require(Summary(times).mean)
    let expected = policy.meanDetectionTime(probeTime: .zero)
    // Uniform over one interval: standard error I / sqrt(12 n), six of them.
    let tolerance = 6 * Double(interval) / (12 * Double(times.count)).squareRoot()
    #expect(abs((mean - expected).inSeconds) < tolerance)
    let worst = policy.worstDetectionTime(probeTime: .zero)
    #expect(times.allSatisfy { $0 <= worst && $0 >= worst - policy.interval })
  }

  @Test func `a probe of a silent machine adds its time-out`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["healthCheck.methods=[ssh]", "healthCheck.timeout=4s", "interruptions={at: [100003s]}"],
      until: .seconds(2 * 86_400))
    let time = try #require(Incident.all(in: run.events).first?.timeToDetect)
    #expect(time > .seconds(24) && time <= .seconds(34))
  }
}

@Suite struct StandbyOperationTests {
  @Test func `recovery waits for capacity and is told to people when it fails again and again`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["recovery.maximumPrice=$0.10/h", "interruptions={at: [1h]}"], until: .seconds(4 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.fullService == nil)
    #expect(incident.degradedService != nil)
    #expect(run.events.contains { if case .notified(let told) = $0.kind { told.subject == .recoveryFailing } else { false } })
    let delays = run.events.compactMap { event -> Duration? in
      if case .recoveryFailed(_, _, _, let delay) = event.kind { delay } else { nil }
    }
    #expect(Array(delays.prefix(8)) == [5, 10, 20, 40, 80, 160, 300, 300].map { .seconds($0) })
    #expect(run.violations.isEmpty)
  }

  @Test func `a standby that cannot be verified leaves nobody serving until a GPU is back`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["timeouts.verification=1ms", "interruptions={at: [1h]}"], until: .seconds(2 * 3600))
    let incident = try #require(Incident.all(in: run.events).first)
    #expect(incident.failoverCompleted == nil)
    #expect(run.events.contains { $0.kind == .phaseChanged(from: .failingOver, to: .down) })
    #expect(run.violations.isEmpty)
  }

  @Test func `a new GPU that is lost while it is filled is given back and the next one is tried`() throws {
    let run = try Catalogue.run(
      "cpu-standby", ["interruptions={at: [1h, 3950s]}", "gpu.boot=60s", "gpu.sshStart=30s"], until: .seconds(3 * 3600))
    let incidents = Incident.all(in: run.events)
    #expect(incidents.count == 1)
    #expect(incidents.first?.attempts.count == 2)
    #expect(incidents.first?.fullService != nil)
    #expect(run.events.count { $0.kind.name == "instanceDestroyed" } == 2)
    #expect(run.violations.isEmpty)
  }

  @Test func `a sync broken by the loss of the GPU fails when ssh notices, and leaves the standby as it was`() throws {
    // The first copy takes 397 s; the GPU is lost in its middle.
    let run = try Catalogue.run("cpu-standby", ["interruptions={at: [200s]}"], until: .seconds(300))
    let failed = try #require(run.events.first { $0.kind.name == "syncFailed" })
    let lost = try #require(run.events.first { $0.kind.name == "interrupted" })
    #expect(failed.time - lost.time == .milliseconds(11_400))
    #expect(Incident.all(in: run.events).first?.recoveryPoint == nil, "nothing was durable yet")
  }

  @Test func `what a host writes while it serves is what the loss counts`() throws {
    // From the start of the last sync to the fault, at 1 MB/s.
    let run = try Catalogue.run(
      "cpu-standby", ["workspace.dirtyRate=1MB/s", "interruptions={at: [5000.5s]}"], until: .seconds(6000))
    let incident = try #require(Incident.all(in: run.events).first)
    let risk = try #require(incident.recoveryPoint)
    #expect(incident.unsynced == DataRate.megabytesPerSecond(1).amount(in: risk))
  }

  @Test func `a GPU lost right after a failback loses what it wrote itself, not what the standby still holds`() throws {
    // The second loss strikes within the first sync after the failback.
    let first = try Catalogue.run("cpu-standby", ["interruptions={at: [1h]}"], until: .seconds(2 * 3600))
    let restored = try #require(Incident.all(in: first.events).first?.fullService)
    let second = restored + .milliseconds(400)
    let run = try Catalogue.run(
      "cpu-standby", ["interruptions={at: [1h, \(second.wholeNanoseconds)ns]}"], until: .seconds(2 * 3600))
    let incident = try #require(Incident.all(in: run.events).last)
    #expect(incident.fault == second)
    let written = DataRate(bytesPerSecond: 1_333_333).amount(in: .milliseconds(400))
    #expect(incident.unsynced == written)
    let risk = try #require(incident.recoveryPoint)
    #expect(risk > .seconds(2) && risk < .seconds(60), "since the hold of the failback")
    #expect(run.violations.isEmpty)
  }

  @Test func `availability adds up to the time since protection began`() throws {
    let run = try Catalogue.run("cpu-standby", seed: 2, until: .seconds(5 * 86_400))
    let opened = try #require(run.events.first { $0.kind.name == "endpointSwitched" })
    let availability = Metrics(run).availability
    #expect(availability.total == run.length - opened.time)
    let incidents = Incident.all(in: run.events)
    let sums = incidents.reduce(into: (down: Duration.zero, degraded: Duration.zero)) { sum, incident in
      guard let fault = incident.fault, let degraded = incident.degradedService, let full = incident.fullService,
        let held = run.events.last(where: { $0.kind == .endpointHeld && $0.time < full })
      else { return }
      sum.down += (degraded - fault) + (full - held.time)
      sum.degraded += held.time - degraded
    }
    #expect(availability.down == sums.down)
    #expect(availability.degraded == sums.degraded)
  }

  @Test func `the standby costs its price for every hour, the GPU for those in which there is one`() throws {
    let run = try Catalogue.run("cpu-standby", ["interruptions={at: []}"], until: .seconds(10 * 3600))
    let cost = Metrics(run).cost
    // The GPU is there from the start; its price is $0.40.
    #expect(cost.gpu > .cents(399) && cost.gpu <= .cents(400))
    #expect(cost.standby > Money(nanodollars: 99_000_000) && cost.standby <= .cents(10))
  }
}
