import Failover
import Testing

@Suite struct DetectorTests {
  @Test func `a machine goes down at exactly the threshold and not before`() {
    var detector = ConsecutiveFailureDetector(failureThreshold: 3)
    #expect(detector.record(healthy: false) == .suspected(failures: 1))
    #expect(detector.record(healthy: false) == .suspected(failures: 2))
    #expect(!detector.isDown)
    #expect(detector.record(healthy: false) == .wentDown(failures: 3))
    #expect(detector.isDown)
    #expect(detector.record(healthy: false) == nil)
  }

  @Test func `a success clears the count`() {
    var detector = ConsecutiveFailureDetector(failureThreshold: 2)
    #expect(detector.record(healthy: true) == nil)
    #expect(detector.record(healthy: false) == .suspected(failures: 1))
    #expect(detector.record(healthy: true) == .cleared(failures: 1))
    #expect(detector.record(healthy: false) == .suspected(failures: 1))
    #expect(detector.record(healthy: false) == .wentDown(failures: 2))
  }

  @Test func `a machine that was down comes up after the success threshold`() {
    var detector = ConsecutiveFailureDetector(failureThreshold: 1, successThreshold: 2)
    #expect(detector.record(healthy: false) == .wentDown(failures: 1))
    #expect(detector.record(healthy: true) == nil)
    #expect(detector.record(healthy: false) == nil)
    #expect(detector.record(healthy: true) == nil)
    #expect(detector.record(healthy: true) == .cameUp)
    #expect(!detector.isDown)
  }

  /// Against a second implementation: down from the first place where the last N checks all failed.
  @Test(arguments: 1...5) func `it agrees with looking at the last N checks`(threshold: Int) {
    var state: UInt64 = 88_172_645_463_325_252
    var detector = ConsecutiveFailureDetector(failureThreshold: threshold)
    var history: [Bool] = []
    for _ in 0..<2000 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let healthy = state % 3 != 0
      history.append(healthy)
      let wasDown = detector.isDown
      let change = detector.record(healthy: healthy)
      let isRun = history.count >= threshold && history.suffix(threshold).allSatisfy { !$0 }
      #expect((change == .wentDown(failures: threshold)) == (isRun && !wasDown))
      if detector.isDown {
        detector = ConsecutiveFailureDetector(failureThreshold: threshold)
        history = []
      }
    }
  }

  @Test func `the documents' settings have the documents' worst cases`() {
    func worst(_ interval: Int, _ threshold: Int) -> Duration {
      HealthCheckPolicy(interval: .seconds(interval), timeout: .seconds(5), failureThreshold: threshold)
        .worstDetectionTime(probeTime: .zero)
    }
    #expect(worst(10, 3) == .seconds(30))
    #expect(worst(5, 3) == .seconds(15))
    #expect(worst(5, 2) == .seconds(10))
  }

  @Test func `jitter lengthens each interval by half of itself in the mean and the worst case by all of it`() {
    let policy = HealthCheckPolicy(
      interval: .seconds(10), timeout: .seconds(1), failureThreshold: 2, intervalJitterPercent: 20)
    #expect(policy.meanInterval == .seconds(11))
    // Intervals L evenly spread from 10 to 12 s: E[L²] / 2E[L] = (364 / 3) / 22 = 5.515... s, not 5.5.
    #expect(policy.meanTimeToNextCheck == .nanoseconds(5_515_151_515))
    #expect(policy.meanDetectionTime(probeTime: .zero) == .nanoseconds(16_515_151_515))
    #expect(policy.worstDetectionTime(probeTime: .seconds(1)) == .seconds(25))
  }
}
