import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct HeartbeatWatchTests {
  /// Interval and time-out in seconds, loss in per cent.
  @Test(arguments: [(30, 45, 0), (10, 25, 0), (30, 100, 10)])
  func `silence is noticed as late as the closed form says, and never later than its worst case`(
    interval: Int64, timeout: Int64, loss: Int64
  ) throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU().replacing("gpu: {", "gpu: {heartbeats: {transit: 1s, loss: \(loss)%}, ") + """
        interruptions: {lifetimes: {uniform: {low: 10min, high: 50min}}}
        healthCheck: {methods: []}
        heartbeat: {interval: \(interval)s, timeout: \(timeout)s}
        """)
    let run = try Run(scenario, seed: 3, until: .seconds(15 * 86_400))
    #expect(run.violations.isEmpty)
    let times = run.incidents.compactMap(\.timeToDetect)
    #expect(times.count > 400)
    let policy = try #require(scenario.strategy.heartbeat)
    Watched.expectMean(times, policy.meanDetectionTime(transit: .seconds(1), loss: .percent(loss)))
    #expect(times.allSatisfy { $0 <= policy.worstDetectionTime(transit: .seconds(1)) })
    #expect(run.incidents.contains(where: \.isFalse) == (loss > 0))
    // Nothing is asked of the GPU.
    #expect(run.counts.checksPassed == 0)
  }

  @Test func `a working GPU is suspected as often as the closed form says when heartbeats are lost`() throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU().replacing("gpu: {", "gpu: {heartbeats: {transit: 0s, loss: 30%}, ") + """
        healthCheck: {methods: []}
        heartbeat: {interval: 1s, timeout: 2500ms}
        """)
    let run = try Run(scenario, seed: 4, until: .seconds(86_400))
    let policy = try #require(scenario.strategy.heartbeat)
    let renewed = try #require(policy.meanTimeToFalseSuspicion(loss: .percent(30))).inSeconds
    // Watching begins at any time between two heartbeats. If the next is due within the first half second, three must be
    // lost before 2.5 s are over, else two; from the first that is not lost on, it is the closed form's time.
    func mean(firstDue: Double, needed: Int) -> Double {
      var (sum, chance) = (0.0, 1.0)
      for beat in 0..<needed {
        sum += chance * 0.7 * (firstDue + Double(beat) + renewed)
        chance *= 0.3
      }
      return sum + chance * 2.5
    }
    let expected = (mean(firstDue: 0.25, needed: 3) + mean(firstDue: 0.75, needed: 2)) / 2
    #expect(run.timesToFalseFailover.count > 1000)
    Watched.expectMean(run.timesToFalseFailover, Distribution.duration(seconds: expected))
    #expect(run.incidents.allSatisfy { $0.isFalse })
    #expect(run.violations.isEmpty)
  }

  @Test func `a receiver that fails has heard nothing, and is not asked again and again`() throws {
    struct Broken: HeartbeatSource {
      func next(from id: InstanceID, timeout: Duration) async throws(PortError) -> Bool {
        throw PortError(.unreachable, "the receiver")
      }
    }
    let scenario = try Watched.scenario(
      Watched.quickGPU() + "healthCheck: {methods: []}\nheartbeat: {interval: 30s, timeout: 75s}\n")
    let played = try play(scenario, for: .seconds(100), ports: { ports, _ in ports.heartbeats = Broken() })
    let served = try #require(played.times("protectionStarted").first)
    #expect(played.times("faultDetected").first == served + .seconds(75))
  }

  @Test func `a strategy that listens needs something to listen to`() throws {
    var scenario = try Watched.scenario("heartbeat: {interval: 30s, timeout: 45s}\n")
    scenario.world.gpu.heartbeats.interval = nil
    #expect(throws: PortMissing("heartbeat source")) { try Run(scenario, seed: 1, until: .seconds(10)) }
  }

  @Test func `when two watchers see it at the same instant, it is one fault`() throws {
    // All heartbeats are lost, so that suspicion comes 30 s after the beginning; every check fails, the second at 25 s, and
    // takes 5 s.
    let scenario = try Watched.scenario(
      Watched.quickGPU(", noise: {falseFailure: 100%}").replacing("gpu: {", "gpu: {heartbeats: {loss: 100%}, ") + """
        healthCheck: {interval: 12500ms, timeout: 5s, failureThreshold: 2, methods: [api]}
        heartbeat: {interval: 10s, timeout: 30s}
        """)
    let run = try Run(scenario, seed: 1, until: .seconds(60))
    let query = LogQuery(run: run)
    let served = try #require(query.first("protectionStarted"))
    #expect(query.times("faultDetected") == [served + .seconds(30)])
  }

  @Test func `an accrual detector that has learned to wait for regular heartbeats is quicker than at first`() throws {
    let scenario = try Watched.scenario(
      Watched.quickGPU().replacing("gpu: {", "gpu: {heartbeats: {transit: 0s}, ") + """
        interruptions: {at: [2h]}
        healthCheck: {methods: []}
        heartbeat: {interval: 1s, phiThreshold: 8, acceptablePause: 3s}
        """)
    let run = try Run(scenario, seed: 1, until: .seconds(2 * 3600 + 60))
    let time = try #require(run.incidents.first?.timeToDetect)
    // The made-up intervals of the beginning are forgotten: the mean is a second, the deviation the smallest there is.
    let policy = try #require(scenario.strategy.heartbeat)
    #expect(time <= policy.patience && time >= policy.patience - .seconds(1))
  }
}

extension String {
  /// With the first occurrence of `old` replaced.
  func replacing(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
