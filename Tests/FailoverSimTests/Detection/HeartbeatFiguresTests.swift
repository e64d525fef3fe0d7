import Failover
import FailoverSim
import Testing

private func policy(_ timeout: Int64) -> HeartbeatPolicy {
  HeartbeatPolicy(interval: .seconds(10), rule: .silence(timeout: .seconds(timeout)))
}

/// Time-out in seconds, loss in per cent, seconds under way.
private let cases: [(Int64, Int64, Int64)] = [
  (15, 0, 0), (25, 0, 1), (10, 0, 0), (25, 30, 0), (30, 30, 0), (31, 60, 2), (47, 10, 3), (5, 50, 0), (60, 100, 0),
]

@Suite struct HeartbeatFiguresTests {
  @Test(arguments: cases.indices) func `detection by silence meets its mean and its worst case`(index: Int) {
    let (timeout, loss, transit) = cases[index]
    let policy = policy(timeout)
    let stream = RandomStream(seed: 5, name: "silence \(index)")
    var times: [Double] = []
    for number in 0..<4000 as Range<UInt64> {
      var draw = stream.draw(number)
      var detector = HeartbeatDetector(policy)
      // Sent every ten seconds long before the fault, which comes somewhere between two of them.
      let fault = Duration.seconds(300) + .nanoseconds(Int64(draw.nextInteger(below: 10_000_000_000)))
      detector.begin(at: .seconds(transit))
      // With everything lost, only a beginning near the fault can be waited for.
      if loss == 100 {
        let age = Duration.nanoseconds(Int64(draw.nextInteger(below: UInt64(timeout) * 1_000_000_000)))
        times.append((Duration.seconds(timeout) - age).inSeconds)
        continue
      }
      for sent in stride(from: Int64(0), through: 300, by: 10) {
        if draw.nextChance(numerator: UInt64(loss), over: 100) { continue }
        detector.heartbeat(at: .seconds(sent + transit))
      }
      guard let suspected = detector.suspectAt, suspected > fault else { continue }
      times.append((suspected - fault).inSeconds)
    }
    #expect(times.count > 400)
    let transitTime = Duration.seconds(transit)
    expectMean(times, policy.meanDetectionTime(transit: transitTime, loss: .percent(loss)).inSeconds)
    let worst = policy.worstDetectionTime(transit: transitTime).inSeconds
    #expect(times.allSatisfy { $0 <= worst })
    if loss == 0 { #expect(times.allSatisfy { $0 >= worst - 10 }) }
  }

  @Test func `without losses the mean is the worst case less half an interval`() {
    for timeout in [10, 12, 25, 300] as [Int64] {
      let policy = policy(timeout)
      #expect(policy.meanDetectionTime() == .seconds(timeout - 5))
      #expect(policy.meanDetectionTime(transit: .seconds(2)) == .seconds(timeout - 3))
      #expect(policy.worstDetectionTime(transit: .seconds(2)) == .seconds(timeout + 2))
    }
  }

  @Test func `a heartbeat every 30 s is not noticed missing in less than a second`() {
    // The published snapshot design's figure. Even a time-out just above the interval takes 15 s in the mean.
    let policy = HeartbeatPolicy(interval: .seconds(30), rule: .silence(timeout: .seconds(30)))
    #expect(policy.meanDetectionTime() == .seconds(15))
    #expect(policy.worstDetectionTime() == .seconds(30))
  }

  @Test func `the losses needed are the heartbeats due before the time is over`() {
    let expected: [(Int64, Int)] = [(0, 0), (5, 0), (10, 0), (11, 1), (20, 1), (25, 2), (30, 2), (31, 3)]
    for (timeout, losses) in expected { #expect(policy(timeout).lossesUntilSuspicion == losses, "\(timeout) s") }
  }

  @Test(arguments: [(15, 10), (25, 40), (30, 40), (47, 70), (10, 30), (7, 0)] as [(Int64, Int64)])
  func `false suspicions are as many as the closed form says`(timeout: Int64, percent: Int64) throws {
    let policy = policy(timeout)
    let loss = Ratio.percent(percent)
    let stream = RandomStream(seed: 5, name: "false suspicions")
    // One that ends just before the instant of a possible suspicion, one just at it, one in between.
    for span in [Duration.seconds(300 + timeout) - .nanoseconds(1), .seconds(300 + timeout), .seconds(344)] {
      var counts: [Double] = []
      var firsts: [Double] = []
      for number in 0..<3000 as Range<UInt64> {
        var draw = stream.draw(number)
        var detector = HeartbeatDetector(policy)
        detector.begin(at: .zero)
        var (count, first) = (0, Duration?.none)
        var sent = Duration.zero
        while sent <= span || first == nil {
          sent += .seconds(10)
          guard !draw.nextChance(numerator: UInt64(percent), over: 100) else { continue }
          if let suspected = detector.suspectAt, suspected <= sent {
            if suspected <= span { count += 1 }
            first = first ?? suspected
          }
          detector.heartbeat(at: sent)
        }
        // The silence that lasts beyond the end.
        if let suspected = detector.suspectAt, suspected <= span { count += 1 }
        counts.append(Double(count))
        firsts.append((first ?? .zero).inSeconds)
      }
      expectMean(counts, policy.expectedFalseSuspicions(in: span, loss: loss), "count")
      expectMean(firsts, try #require(policy.meanTimeToFalseSuspicion(loss: loss)).inSeconds, "time to the first")
      let chance = policy.probabilityOfFalseSuspicion(in: span, loss: loss)
      expectShare(counts.count { $0 > 0 }, of: counts.count, chance)
    }
  }

  @Test func `what never happens takes no time and has no chance`() {
    let policy = policy(25)
    #expect(policy.meanTimeToFalseSuspicion(loss: .zero) == nil)
    #expect(policy.probabilityOfFalseSuspicion(in: .seconds(1_000_000), loss: .zero) == 0)
    #expect(policy.expectedFalseSuspicions(in: .seconds(1_000_000), loss: .zero) == 0)
    #expect(policy.probabilityOfFalseSuspicion(in: .seconds(24), loss: .one) == 0)
    #expect(policy.probabilityOfFalseSuspicion(in: .seconds(25), loss: .one) == 1)
    #expect(policy.meanTimeToFalseSuspicion(loss: .one) == .seconds(25))
  }

  @Test func `the accrual rule without losses has the closed form of its patience`() throws {
    let policy = HeartbeatPolicy(interval: .seconds(10), rule: .accrual(AccrualPolicy(sampleSize: 30)))
    let stream = RandomStream(seed: 5, name: "accrual")
    var detector = HeartbeatDetector(policy)
    for beat in 0...50 { detector.heartbeat(at: .seconds(10 * beat)) }
    let suspected = try #require(detector.suspectAt)
    let times = stream.units(2000).map { (suspected - .seconds(500)).inSeconds - 10 * $0 }
    expectMean(times, policy.meanDetectionTime().inSeconds)
  }

  /// The figures that a fixed time-out of the same patience would have are bounds for a detector that learns of losses.
  @Test func `with losses the accrual rule is slower and wrong less often than its bounds`() throws {
    let policy = HeartbeatPolicy(
      interval: .seconds(10),
      rule: .accrual(
        AccrualPolicy(phiThreshold: .percent(300), acceptablePause: .seconds(15), sampleSize: 50)))
    let loss = Ratio.percent(20)
    var stream = RandomStream(seed: 5, name: "bounds")
    var detector = HeartbeatDetector(policy)
    detector.begin(at: .zero)
    var suspicions = 0.0
    for beat in 1...20_000 {
      var draw = stream.next()
      guard !draw.nextChance(numerator: 20, over: 100) else { continue }
      if !detector.heartbeat(at: .seconds(10 * beat)) { suspicions += 1 }
    }
    #expect(suspicions > 0)
    #expect(suspicions < policy.expectedFalseSuspicions(in: .seconds(200_000), loss: loss))
    let patience = try #require(detector.suspectAt) - (try #require(detector.lastHeartbeat))
    #expect(patience > policy.patience)
  }
}
