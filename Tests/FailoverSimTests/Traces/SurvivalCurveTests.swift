import FailoverSim
import Testing

@Suite struct SurvivalCurveTests {
  private func curve(_ lifetimes: [(Int, Bool)]) throws -> SurvivalCurve {
    try SurvivalCurve(
      lifetimes.map { .init(.seconds($0.0), wasInterrupted: $0.1) }, source: "test")
  }

  @Test func `stopped instances leave the number at risk and not the curve`() throws {
    let mixed = try curve([
      (9, false), (2, true), (5, true), (3, false), (3, true), (8, false), (5, true), (9, true),
    ])
    // By hand: 7/8 at 2 s; x 6/7 at 3 s, where the stopped one still counts; x 3/5 at 5 s; x 1/2 at 9 s.
    #expect(mixed.steps.map(\.age) == [.seconds(2), .seconds(3), .seconds(5), .seconds(9)])
    #expect(mixed.steps.map(\.atRisk) == [8, 7, 5, 2])
    #expect(mixed.steps.map(\.interruptions) == [1, 1, 2, 1])
    for (step, survival) in zip(mixed.steps, [0.875, 0.75, 0.45, 0.225]) {
      #expect(abs(step.survival - survival) < 1e-15)
    }
    #expect(mixed.survival(at: .milliseconds(1999)) == 1)
    #expect(mixed.survival(at: .seconds(2)) == mixed.steps[0].survival)
    #expect(mixed.survival(at: .seconds(8)) == mixed.steps[2].survival)
    #expect(mixed.survival(at: .seconds(100)) == mixed.steps[3].survival)
    #expect(mixed.count == 8 && mixed.longest == .seconds(9))
  }

  @Test func `without censoring it is the empirical distribution`() throws {
    let all = try curve([(4, true), (1, true), (3, true), (2, true)])
    #expect(all.steps.map(\.survival) == [0.75, 0.5, 0.25, 0])
    #expect(all.quantiles.points.map(\.probability) == [0.25, 0.5, 0.75, 1])
    #expect(all.quantiles.points.map(\.seconds) == [1, 2, 3, 4])
    #expect(all.quantiles.tail == nil)
    #expect(all.lifetime(atProbability: 0) == .seconds(1))
    #expect(all.lifetime(atProbability: 0.2499) == .seconds(1))
    #expect(all.lifetime(atProbability: 0.25) == .seconds(2))
    #expect(all.lifetime(atProbability: 0.9999) == .seconds(4))
  }

  @Test func `what was never interrupted stays as a tail`() throws {
    let stopped = try curve([(1, true), (2, false), (5, false), (2, true)])
    // 4 at risk at 1 s, 3 at 2 s: 3/4, then 3/4 x 2/3 = 1/2; the last is stopped at 5 s.
    #expect(stopped.quantiles.points == [
      .init(probability: 0.25, seconds: 1), .init(probability: 0.5, seconds: 2),
    ])
    #expect(stopped.quantiles.tail == .init(probability: 0.5, seconds: 5))
    #expect(stopped.lifetime(atProbability: 0.49) == .seconds(2))
    #expect(stopped.lifetime(atProbability: 0.5) == nil)
  }

  @Test func `nothing but stopped instances is all tail`() throws {
    let stopped = try curve([(1, false), (2, false)])
    #expect(stopped.steps.isEmpty)
    #expect(stopped.survival(at: .seconds(2)) == 1)
    #expect(stopped.quantiles == QuantileTable(points: [], tail: .init(probability: 1, seconds: 2)))
    #expect(stopped.lifetime(atProbability: 0) == nil)
  }

  @Test func `no lifetimes and negative lifetimes are refused`() {
    #expect(throws: TraceValueError.self) { try curve([]) }
    #expect(throws: TraceValueError.self) { try curve([(-1, true)]) }
  }
}
