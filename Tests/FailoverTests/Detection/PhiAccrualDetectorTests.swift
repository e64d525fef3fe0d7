import Foundation
import Testing

@testable import Failover

/// A second implementation, straight from the definition: every interval kept, sums in `Double`, the C library's error
/// function, and the crossing found by bisection.
private struct PlainAccrualDetector {
  var policy: AccrualPolicy
  var intervals: [Double] { didSet { learn() } }
  var last: Double?
  var (expected, deviation) = (0.0, 0.0)

  init(_ policy: AccrualPolicy, estimate: Double) {
    self.policy = policy
    intervals = [0.75 * estimate, 1.25 * estimate]
    learn()
  }

  mutating func learn() {
    let seen = intervals.suffix(policy.sampleSize)
    let mean = seen.reduce(0, +) / Double(seen.count)
    let variance = seen.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(seen.count)
    expected = mean + policy.acceptablePause.inSeconds
    deviation = max(variance.squareRoot(), policy.minimumDeviation.inSeconds)
  }

  func phi(after silence: Double) -> Double {
    Self.phi(of: (silence - expected) / deviation)
  }

  static func phi(of y: Double) -> Double { -log10(erfc(y / 2.0.squareRoot()) / 2) }

  /// The silence at which phi reaches the threshold, in seconds.
  var patience: Double {
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Self.phi(of: middle) < policy.phiThreshold.value { low = middle } else { high = middle }
    }
    return max(0, expected + high * deviation)
  }

  mutating func heartbeat(at instant: Double) {
    if let last, instant - last < patience { intervals.append(instant - last) }
    last = instant
  }
}

/// A detector that has learned exactly a mean of 1 s and a deviation of 100 ms, and when it last heard.
private func learned(_ threshold: Int64 = 300) -> (detector: PhiAccrualDetector, last: Duration) {
  let policy = AccrualPolicy(
    phiThreshold: .percent(100 * threshold), acceptablePause: .zero, minimumDeviation: .milliseconds(1), sampleSize: 2)
  var detector = PhiAccrualDetector(policy, firstHeartbeatEstimate: .seconds(1))
  for milliseconds in [0, 900, 2000] { detector.heartbeat(at: .milliseconds(milliseconds)) }
  return (detector, .seconds(2))
}

@Suite struct PhiAccrualDetectorTests {
  /// Computed with mpmath 1.3.0 in 40 digits as -log10(erfc(y / √2) / 2). The first ones can be read off any table of
  /// the normal distribution: the tail beyond 0, 1, 2, 3, 4 deviations is 0.5, 0.158655, 0.0227501, 0.00134990,
  /// 3.16712e-5.
  @Test(arguments: [
    (-3.0, 0.000586649314), (0, 0.301029996), (0.6, 0.561848427), (1, 0.799545541), (2, 1.64301608),
    (3, 2.86969904), (4, 4.49933491), (6, 9.00586433), (37.5, 307.336737), (40, 349.437006), (100, 2173.87154),
  ])
  func `phi is the negative logarithm of the normal distribution's tail`(y: Double, phi: Double) {
    let (detector, last) = learned()
    #expect(detector.meanInterval == .seconds(1))
    #expect(detector.deviation == .milliseconds(100))
    let at = last + .seconds(1) + .microseconds(Int64(100_000 * y))
    #expect(abs(detector.phi(at: at) - phi) < 1e-8 * max(1, phi))
  }

  /// mpmath 1.3.0, 40 digits: the z above which a standard normal number is found with a probability of 10^-threshold.
  @Test(arguments: [
    (1, -1.9997658101835845), (30, -0.0029759577713822948), (100, 1.2815515655446005), (200, 2.3263478740408411),
    (300, 3.0902323061678135), (500, 4.2648907939228246), (800, 5.6120012441747887), (850, 5.8079416382787372),
    (1200, 7.0344838253011319), (1600, 8.2220822161304356), (3000, 11.464024688443616), (10000, 21.273453560965324),
    (30000, 37.047096299361199),
  ] as [(Int64, Double)])
  func `the threshold is met at the quantile of the normal distribution`(hundredths: Int64, z: Double) {
    var policy = AccrualPolicy()
    policy.phiThreshold = .percent(hundredths)
    #expect(abs(Double(policy.deviations) / 0x1p48 - z) < 1e-14 * max(1, abs(z)))
  }

  @Test func `at the threshold a suspicion is wrong as often as the paper says`() {
    // Hayashibara and others, section 2: with phi = 1 about 10 %, with 2 about 1 %, with 3 about 0.1 %.
    for (threshold, chance) in [(1, 0.1), (2, 0.01), (3, 0.001)] as [(Int64, Double)] {
      let (detector, last) = learned(threshold)
      let suspectAt = detector.suspectAt ?? .zero
      let y = ((suspectAt - last).inSeconds - 1) / 0.1
      #expect(abs(erfc(y / 2.0.squareRoot()) / 2 / chance - 1) < 1e-6)
    }
  }

  @Test func `suspicion arises at the very nanosecond at which phi crosses the threshold`() throws {
    for threshold in [1, 2, 3, 5, 8] as [Int64] {
      let (detector, _) = learned(threshold)
      let at = try #require(detector.suspectAt)
      #expect(detector.isSuspect(at: at))
      #expect(!detector.isSuspect(at: at - .nanoseconds(1)))
      // One nanosecond is 1e-8 deviations, and phi rises by about z / ln 10 a deviation.
      #expect(detector.phi(at: at) >= Double(threshold) - 1e-12)
      #expect(detector.phi(at: at - .nanoseconds(1)) < Double(threshold))
    }
  }

  @Test(arguments: [1, 2, 3, 20, 1000])
  func `it agrees with a second implementation straight from the definition`(sampleSize: Int) throws {
    var random = TestGenerator(state: UInt64(sampleSize))
    var suspicions = 0
    for _ in 0..<20 {
      let policy = AccrualPolicy(
        phiThreshold: .percent(20 + random.below(1500)), acceptablePause: .milliseconds(random.below(2000)),
        minimumDeviation: .milliseconds(1 + random.below(300)), sampleSize: sampleSize)
      var detector = PhiAccrualDetector(policy, firstHeartbeatEstimate: .seconds(1))
      var plain = PlainAccrualDetector(policy, estimate: 1)
      var now: Duration = .zero
      for _ in 0..<60 {
        // Mostly about a second, now and then far too late.
        now += .microseconds(700_000 + random.below(600_000) + (random.below(15) == 0 ? 8_000_000 : 0))
        if detector.isSuspect(at: now) { suspicions += 1 }
        detector.heartbeat(at: now)
        plain.heartbeat(at: now.inSeconds)
        let patience = try #require(detector.suspectAt) - now
        #expect(abs(patience.inSeconds - plain.patience) < 1e-6)
        let later = 0.5 + Double(random.below(3_000_000)) / 1e6
        let phi = plain.phi(after: later)
        if phi < 250 {
          let shown = detector.phi(at: now + .nanoseconds(Int64(later * 1e9)))
          #expect(abs(shown - phi) < 1e-4 * max(1, phi))
        }
      }
    }
    #expect(suspicions > 20)
  }

  @Test func `nothing is suspected before anything was heard`() {
    let detector = PhiAccrualDetector(AccrualPolicy(), firstHeartbeatEstimate: .seconds(1))
    #expect(detector.suspectAt == nil)
    #expect(detector.phi(at: .seconds(1_000_000)) == 0)
    #expect(!detector.isSuspect(at: .seconds(1_000_000)))
  }

  @Test func `one heartbeat is enough to go by the estimate`() throws {
    // Mean 1 s, deviation 250 ms, pause 3 s: 4 s and 5.612001244 times 250 ms.
    var detector = PhiAccrualDetector(AccrualPolicy(), firstHeartbeatEstimate: .seconds(1))
    detector.heartbeat(at: .seconds(100))
    let at = try #require(detector.suspectAt)
    #expect(abs((at - .seconds(100)).inSeconds - (4 + 0.25 * 5.612001244174789)) < 1e-9)
  }

  @Test func `a machine that never speaks is suspected, and the wait for its first word is not learned`() throws {
    var detector = PhiAccrualDetector(AccrualPolicy(), firstHeartbeatEstimate: .seconds(1))
    detector.begin(at: .seconds(10))
    let first = try #require(detector.suspectAt)
    #expect(first > .seconds(14))
    detector.heartbeat(at: .seconds(14))
    #expect(detector.suspectAt == first + .seconds(4))
    #expect(detector.meanInterval == .seconds(1))
  }

  @Test func `a heartbeat after a suspicion ends it and is not learned`() throws {
    var (detector, last) = learned(8)
    let late = last + .seconds(60)
    #expect(detector.isSuspect(at: late))
    let isInTime = detector.heartbeat(at: late)
    #expect(!isInTime)
    #expect(!detector.isSuspect(at: late))
    #expect(detector.meanInterval == .seconds(1))
  }

  @Test func `a heartbeat at the instant of suspicion comes too late, one a nanosecond before in time`() throws {
    let (detector, _) = learned(8)
    let at = try #require(detector.suspectAt)
    var (early, late) = (detector, detector)
    let isEarlyInTime = early.heartbeat(at: at - .nanoseconds(1))
    let isLateInTime = late.heartbeat(at: at)
    #expect(isEarlyInTime && !isLateInTime)
  }

  @Test func `a heartbeat older than the last is passed over`() {
    var (detector, last) = learned()
    let before = detector.suspectAt
    detector.heartbeat(at: last - .seconds(1))
    #expect(detector.suspectAt == before)
    #expect(detector.lastHeartbeat == last)
  }

  @Test func `settings out of range count as the nearest that is in range`() throws {
    func patience(_ policy: AccrualPolicy) throws -> Duration {
      var detector = PhiAccrualDetector(policy, firstHeartbeatEstimate: .seconds(1))
      detector.heartbeat(at: .zero)
      return try #require(detector.suspectAt)
    }
    func policy(_ threshold: Ratio, _ pause: Duration, _ deviation: Duration, _ size: Int) -> AccrualPolicy {
      AccrualPolicy(phiThreshold: threshold, acceptablePause: pause, minimumDeviation: deviation, sampleSize: size)
    }
    let high = try patience(policy(.percent(9_000_000), .seconds(-5), .seconds(-1), 0))
    #expect(try high == patience(policy(AccrualPolicy.thresholds.upperBound, .zero, .nanoseconds(1), 1)))
    let low = try patience(policy(.zero, .zero, .seconds(1), .max))
    #expect(try low == patience(policy(AccrualPolicy.thresholds.lowerBound, .zero, .seconds(1), 10_000)))
    #expect(low == .zero, "a threshold of next to nothing suspects at once, not in the past")
    var extreme = PhiAccrualDetector(
      policy(.percent(800), .seconds(Int64.max), .seconds(Int64.max), 2), firstHeartbeatEstimate: .seconds(Int64.max))
    extreme.heartbeat(at: .zero)
    #expect(extreme.suspectAt == .nanoseconds(Int64.max))
  }

  /// By a second implementation, Tests/Reference/accrual_detector.py. Every build and platform must have it.
  @Test func `the decisions of a long life have the reference's fingerprint`() {
    var random = TestGenerator(state: 7)
    var detector = PhiAccrualDetector(
      AccrualPolicy(phiThreshold: .percent(312), sampleSize: 50), firstHeartbeatEstimate: .seconds(30))
    var now: Duration = .zero
    var fingerprint: UInt64 = 0
    for _ in 0..<2000 {
      now += .nanoseconds(25_000_000_000 + random.below(10_000_000_000))
      detector.heartbeat(at: now)
      let patience = (detector.suspectAt ?? now) - now
      fingerprint = fingerprint &* 1_099_511_628_211 ^ UInt64(patience.wholeNanoseconds)
    }
    #expect(fingerprint == 0x2f05_9280_49a4_97da)
  }
}
