import Failover
import Testing

@Suite struct HeartbeatDetectorTests {
  private static let silence = HeartbeatPolicy(interval: .seconds(30), rule: .silence(timeout: .seconds(75)))
  private static let accrual = HeartbeatPolicy(interval: .seconds(30), rule: .accrual(AccrualPolicy()))

  @Test func `silence is suspected after exactly the time-out`() {
    var detector = HeartbeatDetector(Self.silence)
    #expect(detector.suspectAt == nil)
    #expect(detector.silence(at: .seconds(5)) == nil)
    detector.heartbeat(at: .seconds(100))
    #expect(detector.suspectAt == .seconds(175))
    #expect(!detector.isSuspect(at: .seconds(175) - .nanoseconds(1)))
    #expect(detector.isSuspect(at: .seconds(175)))
    #expect(detector.silence(at: .seconds(175)) == .seconds(75))
  }

  @Test func `a late heartbeat says so and ends the suspicion`() {
    var detector = HeartbeatDetector(Self.silence)
    let first = detector.heartbeat(at: .zero)
    let early = detector.heartbeat(at: .seconds(75) - .nanoseconds(1))
    let late = detector.heartbeat(at: .seconds(150) - .nanoseconds(1))
    #expect(first && early && !late)
    #expect(!detector.isSuspect(at: .seconds(200)))
  }

  @Test(arguments: [silence, accrual])
  func `a machine that never speaks is suspected, and begins anew with the next`(policy: HeartbeatPolicy) throws {
    var detector = HeartbeatDetector(policy)
    detector.begin(at: .seconds(10))
    let first = try #require(detector.suspectAt)
    #expect(first >= .seconds(10) + policy.interval)
    for beat in 1...200 { detector.heartbeat(at: .seconds(10 + 30 * beat)) }
    detector.begin(at: .seconds(100_010))
    #expect(detector.suspectAt == first + .seconds(100_000))
    #expect(detector.lastHeartbeat == .seconds(100_010))
  }

  /// Against a second implementation: at every millisecond, was there a heartbeat within the time-out before it?
  @Test func `it agrees with looking back over all heartbeats`() {
    var random = TestGenerator(state: 1)
    for _ in 0..<50 {
      let timeout = 1 + random.below(50)
      var detector = HeartbeatDetector(
        HeartbeatPolicy(interval: .milliseconds(10), rule: .silence(timeout: .milliseconds(timeout))))
      var heard: [Int64] = []
      for now in 0..<400 as Range<Int64> {
        let wasHeard = heard.contains { $0 > now - timeout }
        #expect(detector.isSuspect(at: .milliseconds(now)) == (!heard.isEmpty && !wasHeard))
        guard random.below(25) == 0 else { continue }
        let isInTime = detector.heartbeat(at: .milliseconds(now))
        #expect(isInTime == (heard.isEmpty || wasHeard))
        heard.append(now)
      }
    }
  }

  @Test func `the accrual rule is the accrual detector, begun with the interval`() {
    var detector = HeartbeatDetector(Self.accrual)
    var plain = PhiAccrualDetector(AccrualPolicy(), firstHeartbeatEstimate: .seconds(30))
    var random = TestGenerator(state: 5)
    var now: Duration = .zero
    for _ in 0..<200 {
      now += .milliseconds(28_000 + random.below(6000))
      #expect(detector.isSuspect(at: now) == plain.isSuspect(at: now))
      let (one, other) = (detector.heartbeat(at: now), plain.heartbeat(at: now))
      #expect(one == other)
      #expect(detector.suspectAt == plain.suspectAt)
    }
  }

  @Test func `patience is what a detector of even heartbeats arrives at`() throws {
    #expect(Self.silence.patience == .seconds(75))
    let policy = HeartbeatPolicy(interval: .seconds(30), rule: .accrual(AccrualPolicy(sampleSize: 20)))
    var detector = HeartbeatDetector(policy)
    for beat in 0...40 { detector.heartbeat(at: .seconds(30 * beat)) }
    #expect(try #require(detector.suspectAt) - .seconds(1200) == policy.patience)
    // 30 s and a pause of 3 s and 5.612001244 times 100 ms.
    #expect(abs(policy.patience.inSeconds - 33.5612001244) < 1e-9)
  }

  @Test func `with losses alone no accrual detector is less patient than its policy says`() throws {
    let accrual = AccrualPolicy(
      phiThreshold: .percent(300), acceptablePause: .seconds(100), minimumDeviation: .seconds(1), sampleSize: 9)
    let policy = HeartbeatPolicy(interval: .seconds(30), rule: .accrual(accrual))
    var detector = HeartbeatDetector(policy)
    var random = TestGenerator(state: 9)
    var longest = Duration.zero
    for beat in 0..<3000 where random.below(5) > 0 {
      detector.heartbeat(at: .seconds(30 * beat))
      let patience = try #require(detector.suspectAt) - .seconds(30 * beat)
      #expect(patience >= policy.patience)
      longest = max(longest, patience)
    }
    #expect(longest > policy.patience + .seconds(10))
  }

  @Test func `a notice is read within the interval between questions`() {
    let policy = NoticePolicy()
    #expect(policy.pollInterval == .seconds(5))
    #expect(policy.meanReadingDelay() == .milliseconds(2500))
    #expect(policy.worstReadingDelay(answerTime: .milliseconds(200)) == .milliseconds(5200))
    #expect(policy.leastLead(of: .seconds(120)) == .seconds(115))
    #expect(policy.leastLead(of: .seconds(4)) == .zero)
  }
}
