import Failover
import Testing

@testable import Scenarios

@Suite struct ScoreCurveTests {
  private func curve(_ points: [(MetricValue, Int64)]) throws -> ScoreCurve {
    let made = try points.map { try #require(ScoreCurve.Point($0.0, .tenths($0.1))) }
    return ScoreCurve(try #require(made.first), Array(made.dropFirst()))
  }

  @Test func `marks lie on straight lines, level beyond the ends`() throws {
    let curve = try curve([
      (.duration(.seconds(60)), 100), (.duration(.seconds(1200)), 70), (.duration(.seconds(7200)), 0),
    ])
    let expected: [(seconds: Int, tenths: Int64)] = [
      (0, 100), (60, 100), (630, 85), (1200, 70), (4200, 35), (7200, 0), (1_000_000, 0),
    ]
    for (seconds, tenths) in expected {
      #expect(curve.score(of: .duration(.seconds(seconds))) == .tenths(tenths), "\(seconds) s")
    }
  }

  @Test func `a figure of another unit has no mark`() throws {
    let curve = try curve([(.share(.zero), 0), (.share(.one), 100)])
    #expect(curve.score(of: .count(1)) == nil)
  }

  /// By another road: with the mark `m` known, the figure must lie nearer to `m` than half a billionth, which
  /// multiplication alone can tell.
  @Test func `a mark is the nearest billionth to the exact quotient`() throws {
    var random = TestRandom(state: 1)
    for _ in 0..<3_000 {
      let low = Int64.random(in: 0...1_000_000, using: &random)
      let width = Int64.random(in: 1...1_000_000, using: &random)
      let marks = (Int64.random(in: 0...100, using: &random), Int64.random(in: 0...100, using: &random))
      let curve = try curve([
        (.bytes(ByteCount(low)), marks.0), (.bytes(ByteCount(low + width)), marks.1),
      ])
      let at = Int64.random(in: 0...width, using: &random)
      let score = try #require(curve.score(of: .bytes(ByteCount(low + at))))
      // (mark - first) * width = rise * at, in billionths.
      let error = (score.billionths - marks.0 * 100_000_000) * width - (marks.1 - marks.0) * 100_000_000 * at
      #expect(error.magnitude * 2 <= width.magnitude)
    }
  }

  /// Where the products need more than 128 bits, floating-point numbers are the other road.
  @Test func `shares of a long run are marked without overflow`() throws {
    var random = TestRandom(state: 2)
    for _ in 0..<3_000 {
      let bounds = [Int64.random(in: 0...999_999_999, using: &random), 1_000_000_000]
      let marks = (Int64.random(in: 0...100, using: &random), Int64.random(in: 0...100, using: &random))
      let curve = try curve([
        (.share(ratio(bounds[0], 1_000_000_000)), marks.0), (.share(.one), marks.1),
      ])
      let whole = Int64.random(in: 1...Int64.max, using: &random)
      let share = ratio(Int64.random(in: 0...whole, using: &random), whole)
      let score = try #require(curve.score(of: .share(share)))
      let low = Double(bounds[0]) / 1e9
      let place = min(1.0, max(0.0, (share.value - low) / (1.0 - low)))
      let expected = (Double(marks.0) + Double(marks.1 - marks.0) * place) / 10
      #expect(abs(Double(score.billionths) / 1e9 - expected) < 1e-5, "\(share) from \(bounds[0])")
    }
  }

  @Test func `the widest and finest points there are do not trap`() throws {
    let ends: [(MetricValue, MetricValue)] = [
      (.duration(.zero), .duration(.nanoseconds(Int64.max))), (.bytes(.zero), .bytes(ByteCount(.max))),
      (.money(.zero), .money(Money(nanodollars: .max))), (.share(.zero), .share(ratio(9_000_000_000, 1))),
    ]
    for (low, high) in ends {
      let curve = try curve([(low, 0), (high, 100)])
      #expect(curve.score(of: low) == .zero)
      #expect(curve.score(of: high) == .best)
    }
    let steep = try curve([(.share(.zero), 0), (.share(ratio(1, 1_000_000_000)), 100)])
    // 10¹⁹ billionths of a point for the whole; one part in 9.22·10¹⁸ is worth 1.08 of them.
    #expect(steep.score(of: .share(ratio(1, Int64.max)))?.billionths == 1)
    #expect(steep.score(of: .share(ratio(1, 2_000_000_000))) == .tenths(50))
  }
}

@Suite struct ScoreMeanTests {
  @Test func `a mean by weights is exact, whole or not`() {
    #expect(Score.mean([(.tenths(90), .percent(50)), (.tenths(80), .percent(50))]) == .tenths(85))
    #expect(
      Score.mean([(.tenths(100), ratio(1, 3)), (.tenths(70), ratio(1, 3)), (.tenths(10), ratio(1, 3))]) == .tenths(60))
    #expect(Score.mean([(.tenths(100), ratio(1, 3)), (.zero, ratio(2, 3))])?.billionths == 3_333_333_333)
    // What is missing makes the rest count for more.
    #expect(Score.mean([(.tenths(60), .percent(10)), (.tenths(90), .percent(20))]) == .tenths(80))
    #expect(Score.mean([]) == nil)
  }

  @Test func `weights have a common denominator, or there is none within a billion`() throws {
    let thirds = try #require(CommonDenominator([ratio(1, 3), ratio(1, 6), ratio(1, 2)]))
    #expect(thirds.denominator == 6 && thirds.numerators == [2, 1, 3] && thirds.total == .one)
    #expect(CommonDenominator([ratio(1, 99_991), ratio(1, 99_989)]) == nil)
    #expect(CommonDenominator([ratio(1, Int64.max), ratio(1, Int64.max - 1)]) == nil)
  }

  @Test func `marks beyond 0 and 10 do not exist`() {
    #expect(Score(billionths: -1) == nil && Score(billionths: 10_000_000_001) == nil)
    #expect(Score(billionths: 10_000_000_000) == .best)
  }
}
