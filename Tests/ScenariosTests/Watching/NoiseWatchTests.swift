import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct NoiseWatchTests {
  private static let cases: [(methods: String, require: String, threshold: Int, noise: Int64)] = [
    ("api", "all", 3, 20), ("api", "all", 1, 2), ("api, ssh", "all", 3, 10), ("api, ssh", "any", 2, 30),
    ("api, tcp, ssh", "any", 1, 20),
  ]

  @Test(arguments: cases.indices)
  func `a GPU that works is called down as often as the closed form says`(index: Int) throws {
    let (methods, require, threshold, noise) = Self.cases[index]
    let scenario = try Watched.scenario(
      Watched.quickGPU(", noise: {falseFailure: \(noise)%}") + """
        healthCheck: {interval: 10s, timeout: 3s, failureThreshold: \(threshold), methods: [\(methods)], require: \(require)}
        """)
    let run = try Run(scenario, seed: 5, until: .seconds(5 * 86_400))
    #expect(run.violations.isEmpty)
    let policy = scenario.strategy.healthCheck
    let mean = try #require(policy.meanTimeBetweenFalseFailovers(noise: scenario.world.gpu.hostTimes.noise))
    // The closed form counts the beginnings of checks; the one that reaches the threshold takes its time-outs.
    let asked = require == "any" ? policy.methods.count : 1
    #expect(run.timesToFalseFailover.count > 150)
    Watched.expectMean(run.timesToFalseFailover, mean + .seconds(3 * asked))
    #expect(run.incidents.allSatisfy { $0.isFalse })
  }

  @Test func `a lost GPU that sometimes seems well is found as late as the closed form says`() throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU(", noise: {falseFailure: 5%, falsePass: 30%}") + """
        interruptions: {lifetimes: {uniform: {low: 10min, high: 50min}}}
        healthCheck: {interval: 10s, timeout: 1s, failureThreshold: 3, methods: [api]}
        """)
    let run = try Run(scenario, seed: 6, until: .seconds(15 * 86_400))
    let times = run.incidents.compactMap(\.timeToDetect)
    #expect(times.count > 400)
    let noise = scenario.world.gpu.hostTimes.noise
    Watched.expectMean(
      times, try #require(scenario.strategy.healthCheck.meanDetectionTime(probeTime: .zero, noise: noise)))
    #expect(run.violations.isEmpty)
  }

  @Test func `of two independent methods both must fail, or one`() {
    let policy = HealthCheckPolicy(interval: .seconds(1), timeout: .seconds(1), failureThreshold: 1, methods: [.api, .ssh])
    let noise = CheckNoise(falseFailure: .percent(10), falsePass: .percent(20))
    let all = policy.chances(noise)
    #expect(abs(all.falseFailure - 0.19) < 1e-12 && abs(all.falsePass - 0.04) < 1e-12)
    var confirmed = policy
    confirmed.requirement = .any
    let any = confirmed.chances(noise)
    #expect(abs(any.falseFailure - 0.01) < 1e-12 && abs(any.falsePass - 0.36) < 1e-12)
    var none = policy
    none.methods = []
    #expect(none.expectedFalseFailovers(in: .seconds(1000), noise: noise) == 0)
    #expect(none.meanDetectionTime(probeTime: .zero, noise: noise) == nil)
  }

  @Test func `users of a GPU that works lose what the standby does not have, and the GPU is given back`() throws {
    let run = try Catalogue.run(
      "cpu-standby",
      ["interruptions={at: []}", "gpu.probes={noise: {falseFailure: 30%}}", "healthCheck.failureThreshold=3"],
      seed: 2, until: .seconds(86_400))
    let query = LogQuery(run: run)
    #expect(query.count("interrupted") == 0)
    let incidents = run.incidents.filter { $0.fullService != nil && $0.degradedService != nil }
    #expect(incidents.count > 10)
    let rate = DataRate(bytesPerSecond: 1_333_333)
    for incident in incidents {
      #expect(incident.isFalse && incident.timeToDetect == nil && incident.recoveryPoint == nil)
      let synced = try #require(incident.lastSync).started
      let moved = try #require(incident.degradedService)
      // They went on writing until they were moved.
      let lost = try #require(incident.unsynced)
      let expected = rate.amount(in: moved - synced)
      #expect(abs(lost.bytes - expected.bytes) <= 2)
    }
    // One GPU serves at the end, or one is being prepared; no other is paid for.
    let rented = query.count("instanceCreated") + 1
    #expect(rented - query.count("instanceDestroyed") <= 2)
    #expect(run.violations.isEmpty)
  }

  @Test func `noise that is never heard changes nothing`() throws {
    let plain = try Catalogue.run("cpu-standby", seed: 2, until: .seconds(2 * 86_400))
    let other = try Catalogue.run(
      "cpu-standby",
      [
        "gpu.probes={noise: {falseFailure: 0%, falsePass: 0%}}", "gpu.heartbeats={loss: 50%}",
        "interruptions.notice={probability: 0%}", "healthCheck.require=any",
      ], seed: 2, until: .seconds(2 * 86_400))
    #expect(plain.fingerprint == other.fingerprint)
  }
}
