import FailoverSim
import Scenarios
import Testing

@Suite struct LifetimesTraceTests {
  private func curve(_ text: String) throws -> SurvivalCurve {
    guard case .lifetimes(let curve) = try TraceFile.parse(Array(text.utf8), file: "trace") else {
      throw TraceTestFailure("expected lifetimes")
    }
    return curve
  }

  @Test func `a stopped instance is censored and decimals are exact`() throws {
    let curve = try curve("""
      zone,lifetime_seconds,ended_by
      a,10.123456789,preempted
      a,20,stop
      b,30.5,preempted

      """)
    // 3 at risk, then 1: 2/3 and 0.
    #expect(curve.steps.map(\.age) == [.nanoseconds(10_123_456_789), .milliseconds(30_500)])
    #expect(curve.steps.map(\.survival) == [2.0 / 3, 0])
    #expect(curve.source == "trace (lifetimes of 3 instances)")
  }

  @Test(arguments: [
    ("lifetime_seconds\n1\n", "trace:1:1: error: expected exactly one column named \"ended_by\""),
    ("ended_by,lifetime_seconds,ended_by\n", "trace:1:1: error: expected exactly one column named"),
    ("lifetime_seconds,ended_by\n", "trace:2:1: error: expected at least one lifetime after the header"),
    ("lifetime_seconds,ended_by\n1\n", "trace:2:1: error: expected 2 fields (as many as the header)"),
    ("lifetime_seconds,ended_by\n-1,stop\n", "trace:2:1: error: expected a lifetime, seconds from 0 to 92"),
    ("lifetime_seconds,ended_by\n1.,stop\n", "trace:2:1: error: expected a lifetime"),
    ("lifetime_seconds,ended_by\n.5,stop\n", "trace:2:1: error: expected a lifetime"),
    ("lifetime_seconds,ended_by\n1e3,stop\n", "trace:2:1: error: expected a lifetime"),
    ("lifetime_seconds,ended_by\n1.0000000001,stop\n", "trace:2:1: error: expected a lifetime"),
    ("lifetime_seconds,ended_by\n9223372036,stop\n", "trace:2:1: error: expected a lifetime"),
    ("lifetime_seconds,ended_by\n1,killed\n", "trace:2:3: error: expected \"preempted\" or \"stop\", found"),
  ])
  func `what is wrong is said with its place`(text: String, message: String) {
    #expect(traceRefusal(text).hasPrefix(message), "\(traceRefusal(text))")
  }

  @Test func `lifetimes have no seat to follow`() {
    let text = "lifetime_seconds,ended_by\n1,stop\n"
    #expect(traceRefusal(text, follow: .atLeast(2)).contains("no node can be followed"))
    #expect(traceRefusal(text, follow: .node("a")).contains("no node can be followed"))
  }
}

@Suite(.enabled(if: RecordedTraces.areThere, RecordedTraces.missing))
struct RecordedLifetimesTraceTests {
  /// The same estimate by Efron's way: each stopped instance hands its weight to all that lived longer.
  private func redistributed(_ lifetimes: [(seconds: Double, preempted: Bool)]) -> [(Double, Double)] {
    let sorted = lifetimes.sorted { ($0.seconds, $0.preempted ? 0 : 1) < ($1.seconds, $1.preempted ? 0 : 1) }
    var weights = [Double](repeating: 1 / Double(sorted.count), count: sorted.count)
    for (index, lifetime) in sorted.enumerated() where !lifetime.preempted {
      let later = sorted.count - index - 1
      for heir in (index + 1)..<sorted.count { weights[heir] += weights[index] / Double(later) }
      weights[index] = 0
    }
    return zip(sorted, weights).map { ($0.seconds, $1) }
  }

  @Test func `preemptible machines survive as published`() throws {
    let file = "gcp-preemptible-2019/lifetimes.csv"
    guard case .lifetimes(let curve) = try TraceFile.read(path: RecordedTraces.path(file)) else {
      throw TraceTestFailure("expected lifetimes")
    }
    #expect(curve.count == 1442)
    for (hours, survival) in [(1, 0.85), (3, 0.77), (12, 0.68)] {
      #expect(abs(curve.survival(at: .seconds(hours * 3600)) - survival) < 0.005)
    }
    let rows = try RecordedTraces.lines(file).dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let lifetimes = try rows.map { (seconds: try #require(Double($0[4])), preempted: $0[5] == "preempted") }
    let weights = redistributed(lifetimes)
    for minutes in stride(from: 5, through: 1500, by: 5) {
      let expected = 1 - weights.filter { $0.0 <= Double(minutes) * 60 }.reduce(0) { $0 + $1.1 }
      #expect(abs(curve.survival(at: .seconds(minutes * 60)) - expected) < 1e-9)
    }
    // The product's cap of 24 h took the last one: nothing is left beyond.
    #expect(curve.quantiles.tail == nil)
    #expect(curve.quantiles.points.last == .init(probability: 1, seconds: 89398.235))
  }
}
