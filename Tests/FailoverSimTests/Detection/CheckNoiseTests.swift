import Failover
import FailoverSim
import Testing

/// One history: a healthy machine for a while, then a fault at a moment unrelated to the checks.
///
/// - Returns: the time from the fault to its detection, the checks taking no time.
private func detectionTime(_ policy: HealthCheckPolicy, _ noise: CheckNoise, _ draw: inout Draw) -> Double {
  func fails(_ ratio: Ratio, _ draw: inout Draw) -> Bool {
    draw.nextChance(numerator: UInt64(ratio.numerator), over: UInt64(ratio.denominator))
  }
  func interval(_ draw: inout Draw) -> Double {
    policy.interval.inSeconds * (1 + Double(policy.intervalJitterPercent) / 100 * draw.nextUnit())
  }
  var detector = ConsecutiveFailureDetector(policy)
  let fault = 40 * policy.interval.inSeconds + 7 * policy.interval.inSeconds * draw.nextUnit()
  var now = 0.0
  while true {
    now += interval(&draw)
    let isHealthy = now < fault ? !fails(noise.falseFailure, &draw) : fails(noise.falsePass, &draw)
    guard case .wentDown = detector.record(healthy: isHealthy) else { continue }
    if now >= fault { return now - fault }
    // A false failover: the next machine is watched afresh.
    detector = ConsecutiveFailureDetector(policy)
  }
}

private let cases: [(HealthCheckPolicy, CheckNoise)] = {
  func policy(_ threshold: Int, jitter: Int64 = 0) -> HealthCheckPolicy {
    HealthCheckPolicy(
      interval: .seconds(10), timeout: .seconds(1), failureThreshold: threshold, intervalJitterPercent: jitter)
  }
  return [
    (policy(3), .none),
    (policy(3), CheckNoise(falseFailure: .percent(20), falsePass: .percent(10))),
    (policy(2), CheckNoise(falseFailure: .percent(60), falsePass: .percent(50))),
    (policy(1), CheckNoise(falsePass: .percent(30))),
    (policy(4), CheckNoise(falseFailure: .percent(5), falsePass: .percent(25))),
    (policy(2, jitter: 100), CheckNoise(falseFailure: .percent(10), falsePass: .percent(10))),
  ]
}()

@Suite struct CheckNoiseTests {
  @Test(arguments: cases.indices) func `detection with noise meets its mean and its tail`(index: Int) throws {
    let (policy, noise) = cases[index]
    let stream = RandomStream(seed: 4, name: "noise \(index)")
    let times = (0..<4000 as Range<UInt64>).map { number in
      var draw = stream.draw(number)
      return detectionTime(policy, noise, &draw)
    }
    let mean = try #require(policy.meanDetectionTime(probeTime: .zero, noise: noise))
    expectMean(times, mean.inSeconds)
    guard policy.intervalJitterPercent == 0 else { return }
    for seconds in [0, 4, 10, 13, 20, 27, 35, 50, 80, 150] as [Int64] {
      let tail = policy.probabilityUndetected(after: .seconds(seconds), probeTime: .zero, noise: noise)
      expectShare(times.count { $0 > Double(seconds) }, of: times.count, tail, "beyond \(seconds) s")
    }
  }

  @Test(arguments: [1, 2, 3, 7], [0, 20])
  func `without noise it is the plain closed form`(threshold: Int, jitter: Int64) {
    let policy = HealthCheckPolicy(
      interval: .seconds(7), timeout: .seconds(1), failureThreshold: threshold, intervalJitterPercent: jitter)
    let plain = policy.meanDetectionTime(probeTime: .seconds(2))
    #expect(policy.meanDetectionTime(probeTime: .seconds(2), noise: .none) == plain)
    let worst = policy.worstDetectionTime(probeTime: .seconds(2))
    #expect(policy.probabilityUndetected(after: worst, probeTime: .seconds(2), noise: .none) == 0)
    #expect(policy.probabilityUndetected(after: .seconds(2), probeTime: .seconds(2), noise: .none) == 1)
  }

  /// The area under the tail is the mean.
  @Test(arguments: cases.indices) func `mean and tail agree with each other`(index: Int) throws {
    let (policy, noise) = cases[index]
    guard policy.intervalJitterPercent == 0 else { return }
    let mean = try #require(policy.meanDetectionTime(probeTime: .seconds(1), noise: noise)).inSeconds
    // The tail is straight between whole intervals, so that the trapezium rule is exact there.
    func tail(_ time: Int64) -> Double {
      policy.probabilityUndetected(after: .seconds(1 + 10 * time), probeTime: .seconds(1), noise: noise)
    }
    var area = 1.0
    for step in 0..<1000 as Range<Int64> { area += 10 * (tail(step) + tail(step + 1)) / 2 }
    #expect(abs(area - mean) < 1e-6 * mean)
  }

  @Test(arguments: [(1, 5), (2, 20), (3, 40)] as [(Int, Int64)])
  func `false failovers are as many as the closed form says`(threshold: Int, percent: Int64) throws {
    let policy = HealthCheckPolicy(interval: .seconds(10), timeout: .seconds(1), failureThreshold: threshold)
    let noise = CheckNoise(falseFailure: .percent(percent))
    let span = Duration.seconds(305)
    let stream = RandomStream(seed: 4, name: "false failovers")
    var counts: [Double] = []
    var firsts: [Double] = []
    for number in 0..<4000 as Range<UInt64> {
      var draw = stream.draw(number)
      var detector = ConsecutiveFailureDetector(policy)
      var (count, first) = (0, 0.0)
      var check = 0
      while check < 30 || first == 0 {
        check += 1
        let fails = draw.nextChance(numerator: UInt64(percent), over: 100)
        guard case .wentDown = detector.record(healthy: !fails) else { continue }
        detector = ConsecutiveFailureDetector(policy)
        if check <= 30 { count += 1 }
        if first == 0 { first = Double(10 * check) }
      }
      counts.append(Double(count))
      firsts.append(first)
    }
    expectMean(counts, policy.expectedFalseFailovers(in: span, noise: noise), "count")
    expectMean(
      firsts, try #require(policy.meanTimeBetweenFalseFailovers(noise: noise)).inSeconds, "time to the first")
    expectShare(
      counts.count { $0 > 0 }, of: counts.count, policy.probabilityOfFalseFailover(in: span, noise: noise))
  }

  @Test func `what never happens takes no time and has no chance`() {
    let policy = HealthCheckPolicy(interval: .seconds(10), timeout: .seconds(1), failureThreshold: 3)
    #expect(policy.meanTimeBetweenFalseFailovers(noise: .none) == nil)
    #expect(policy.probabilityOfFalseFailover(in: .seconds(1_000_000_000), noise: .none) == 0)
    #expect(policy.expectedFalseFailovers(in: .seconds(1_000_000_000), noise: .none) == 0)
    let blind = CheckNoise(falsePass: .one)
    #expect(policy.meanDetectionTime(probeTime: .zero, noise: blind) == nil)
    #expect(policy.probabilityUndetected(after: .seconds(1_000_000_000), probeTime: .zero, noise: blind) == 1)
  }

  @Test func `checks that come after the initial delay are not counted before`() {
    let policy = HealthCheckPolicy(
      interval: .seconds(10), timeout: .seconds(1), failureThreshold: 1, initialDelay: .seconds(60))
    let noise = CheckNoise(falseFailure: .percent(10))
    #expect(policy.expectedFalseFailovers(in: .seconds(69), noise: noise) == 0)
    #expect(abs(policy.expectedFalseFailovers(in: .seconds(70), noise: noise) - 0.1) < 1e-15)
  }
}
