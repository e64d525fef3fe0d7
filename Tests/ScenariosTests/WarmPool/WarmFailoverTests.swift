import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct WarmFailoverTimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var resume: Int64
    var ssh: Int64
    var poll: Int64
    var testDescription: String { "resume \(resume) ms, ssh \(ssh) ms, poll \(poll) ms" }
  }

  /// The loop as the documents describe it, worked out by hand: START; then every `poll` a question whether the GPU runs
  /// (0.3 s) and, once it does, one to its ssh (0.1 s); then the endpoint (3 s). The old GPU is stopped meanwhile (0.5 s).
  private func expected(_ given: Case) -> (running: Int64, ssh: Int64, served: Int64) {
    let runs = 400 + given.resume
    let answers = runs + given.ssh
    var time: Int64 = 400 + 500
    var seenRunning: Int64?
    while true {
      time += given.poll
      if seenRunning == nil {
        time += 300
        if time >= runs { seenRunning = time }
      }
      guard let running = seenRunning else { continue }
      let asked = time
      time += 100
      if asked >= answers { return (running, time, time + 3000) }
    }
  }

  @Test(arguments: [
    Case(resume: 45_000, ssh: 30_000, poll: 2000), Case(resume: 30_000, ssh: 30_000, poll: 2000),
    Case(resume: 60_000, ssh: 30_000, poll: 2000), Case(resume: 9_900, ssh: 0, poll: 2000),
    Case(resume: 45_000, ssh: 30_000, poll: 500), Case(resume: 1, ssh: 1, poll: 7000),
  ])
  func `with constant delays the time of an incident is its closed form`(given: Case) throws {
    let run = try PoolScenario.run([
      "machines.resume=\(given.resume)ms", "machines.sshAfterResume=\(given.ssh)ms",
      "warmPool.sshPoll={initial: \(given.poll)ms, growth: 100, maximum: \(given.poll)ms}",
    ])
    let incident = try #require(run.incidents.first)
    #expect(run.incidents.count == 1)
    #expect(incident.fault == .seconds(3600))
    let detected = try #require(incident.detected)
    let times = expected(given)
    #expect(incident.warmFailoverStarted == detected)
    #expect(incident.instanceRunning == detected + .milliseconds(times.running))
    #expect(incident.sshReady == detected + .milliseconds(times.ssh))
    #expect(incident.fullService == detected + .milliseconds(times.served))
    #expect(run.violations.isEmpty)
  }

  @Test func `the phases of a warm failover follow each other without gaps and add up to the time to full service`() throws {
    let incident = try #require(PoolScenario.run().incidents.first)
    #expect(incident.phases.map(\.name) == ["detection", "warm start", "ssh wait", "switch"])
    for (phase, next) in zip(incident.phases, incident.phases.dropFirst()) { #expect(phase.end == next.start) }
    #expect(incident.phases.reduce(.zero) { $0 + $1.duration } == incident.timeToFullService)
  }

  @Test func `the documents' incident ends in the documents' time, and nothing is lost`() throws {
    for seed in 1...20 {
      let run = try Catalogue.run(
        "warm-pool/incident", seed: UInt64(seed))
      let incident = try #require(run.incidents.first)
      let (fault, detected) = (try #require(incident.fault), try #require(incident.detected))
      #expect(detected - fault <= .milliseconds(100))
      let started = try #require(run.first("warmFailoverStarted")?.time)
      let ordered = try #require(run.events.first { $0.kind.name == "instanceStarted" && $0.time > fault }?.time)
      #expect(started == detected)
      #expect(ordered - fault <= .milliseconds(500))
      let running = try #require(incident.instanceRunning) - ordered
      // Seen by a question every 2 s that takes up to 0.5 s.
      #expect(running >= .seconds(30) && running <= .milliseconds(62_500))
      let answered = try #require(incident.sshReady) - ordered
      #expect(answered >= .seconds(60) && answered <= .milliseconds(92_500))
      let served = try #require(incident.timeToFullService)
      #expect(served >= .seconds(62) && served <= .seconds(98))
      #expect(incident.unsynced == .zero)
      #expect(incident.recoveryPoint == .zero)
      #expect(run.violations.isEmpty)
    }
  }

  @Test func `the measured resume times are sampled between their ends`() throws {
    let resume = MachineModel.measuredResume
    try resume.validate()
    #expect(resume.quantile(0) == 9.9)
    #expect(resume.quantile(1) == 180.9)
    #expect(resume.quantile(4 / 9.0) == 41.0)
  }
}

@Suite struct WarmPoolCourseTests {
  @Test func `a pool is searched for, provisioned, active, and after a failover active again`() throws {
    let run = try PoolScenario.run()
    #expect(
      run.poolStates == [.searching, .provisioning, .active, .failover, .provisioning, .active])
    // One volume for all; the first GPU, its standby, and the standby's successor, one after the other.
    #expect(run.count("volumeCreated") == 1)
    #expect(run.count("instanceCreated") == 3)
    #expect(run.count("warmStandbyReady") == 2)
    // What failed has been given back, what serves and what stands by has not.
    #expect(run.events.filter { $0.kind.name == "instanceDestroyed" }.map(\.kind) == [.instanceDestroyed(InstanceID("1001"))])
    #expect(run.events.contains { $0.kind == .warmFailoverCompleted(to: InstanceID("1002"), failovers: 1) })
    #expect(run.violations.isEmpty)
  }

  @Test func `people are told that the second GPU starts, that the failover is complete, and of the new second GPU`() throws {
    let run = try PoolScenario.run()
    let told = run.events.compactMap { event -> Notification.Subject? in
      if case .notified(let notification) = event.kind, event.time >= .seconds(3600) { notification.subject } else { nil }
    }
    #expect(told == [.failoverStarted, .standbyGPUStarting, .failoverComplete, .standbyGPUReady])
  }

  @Test func `what was written is on the volume: users go on with it`() throws {
    let run = try PoolScenario.run(["strategy=[warmPool, cpuStandby]"])
    let incident = try #require(run.incidents.first)
    #expect(incident.unsynced == .zero)
    #expect(incident.recoveryPoint == .zero)
    #expect(incident.degradedService == nil)
    // The standby lags behind by at most a sync; the world would object to an older copy.
    #expect(run.violations.isEmpty)
  }

  @Test func `the old GPU is stopped before the new one serves`() throws {
    let run = try PoolScenario.run()
    let stopped = try #require(
      run.events.first { $0.kind == .instanceStopped(InstanceID("1001")) }?.time)
    let served = try #require(run.incidents.first?.fullService)
    #expect(stopped < served)
  }

  /// Checks that fail without a fault: the GPU is alive, and its volume must not be written to by two.
  @Test func `after a false alarm the GPU that was thought dead does not go on writing to the volume`() throws {
    let run = try PoolScenario.run([
      "interruptions={at: []}", "healthCheck={interval: 10s, timeout: 1s, failureThreshold: 1, methods: [ssh]}",
      "gpu.probes.ssh={mixture: [{weight: 99, of: 0.1s}, {weight: 1, of: 60s}]}",
    ])
    #expect(run.incidents.contains { $0.isFalse && $0.fullService != nil })
    #expect(run.count("warmFailoverCompleted") > 0)
    #expect(run.violations.isEmpty)
    // From the stop of the old GPU to the switch nobody serves.
    let incident = try #require(run.incidents.first)
    let stopped = try #require(run.events.first { $0.kind == .instanceStopped(incident.instance) })
    let spans = ServiceSpan.all(in: run.events, until: run.length)
    #expect(spans.contains { $0.level == .down && $0.start == stopped.time && $0.end == incident.fullService })
  }

  @Test func `without autoProvision the first second GPU is the last`() throws {
    let run = try PoolScenario.run(["warmPool.autoProvision=false"])
    #expect(run.poolStates == [.searching, .provisioning, .active, .failover, .degraded])
    #expect(run.count("warmStandbyReady") == 1)
    #expect(run.violations.isEmpty)
  }

  @Test func `a second GPU that somebody deletes is replaced`() throws {
    let scenario = try PoolScenario.scenario(["interruptions={at: []}"])
    let log = EventLog()
    let violations = try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      world.start()
      let ports = world.ports()
      let orchestrator = Orchestrator(
        clock: simulation.clock, ports: ports, strategy: scenario.strategy, log: log, origin: .start)
      try await orchestrator.session { orchestrator in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await orchestrator.operate(primary: nil) }
          group.addTask {
            try await simulation.clock.sleep(for: .seconds(3600))
            try await ports.marketplace.destroy(InstanceID("1002"), timeout: .seconds(30))
            try await simulation.clock.sleep(for: .seconds(3600))
          }
          try await group.next()
          group.cancelAll()
        }
      }
      return world.violations
    }
    #expect(violations == [])
    let ready = log.events.filter { $0.kind.name == "warmStandbyReady" }.map(\.lane)
    #expect(ready == [.gpu(InstanceID("1002")), .gpu(InstanceID("1003"))])
    #expect(log.events.contains { $0.kind == .warmPoolChanged(from: .active, to: .degraded) })
  }

  /// The n-th GPU that becomes a candidate for serving gets the n-th lifetime; making a second GPU uses none up.
  @Test func `lifetimes are those of the GPUs that serve, in their order`() throws {
    let lives = [50, 70, 60, 80].map { Duration.seconds($0 * 60) }
    let run = try PoolScenario.run([
      "interruptions={lifetimes: [50min, 70min, 60min, 80min, 1000h]}", "machines.rentalByOthers=1min",
    ], until: .seconds(6 * 3600))
    let lost = run.events.filter { $0.kind.name == "interrupted" }
    #expect(lost.count == 4)
    #expect(run.count("instanceCreated") == 6, "the first, and a second one five times")
    // The first one runs 100 s after its order, the others 45 s after the order to start.
    let begun = [try #require(run.first("instanceCreated")).time + .seconds(100)]
      + run.events.filter { $0.kind.name == "instanceStarted" }.map { $0.time + .seconds(45) }
    for ((event, begun), life) in zip(zip(lost, begun), lives) { #expect(event.time - begun == life) }
  }
}
