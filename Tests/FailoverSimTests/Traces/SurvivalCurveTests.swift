import FailoverSim
import Testing

@Suite struct SurvivalCurveTests {
  private func curve(_ lifetimes: [(Int, Bool)]) throws -> SurvivalCurve {
    try SurvivalCurve(
      lifetimes.map { .init(.seconds($0.0), wasInterrupted: $0.1) }, source: "test")
  }

  @Test func `the remission times of Freireich are those of the textbooks`() throws {
    // 6-mercaptopurine group, 21 patients, weeks; censored ones marked false. Published estimates:
    // 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448.
    let remissions = try curve([
      (6, true), (6, true), (6, true), (6, false), (7, true), (9, false), (10, true), (10, false), (11, false),
      (13, true), (16, true), (17, false), (19, false), (20, false), (22, true), (23, true), (25, false),
      (32, false), (32, false), (34, false), (35, false),
    ])
    let published = [
      (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448),
    ]
    #expect(remissions.steps.map(\.age) == published.map { .seconds($0.0) })
    for (step, (_, survival)) in zip(remissions.steps, published) {
      #expect(abs(step.survival - survival) < 0.0006)
    }
    #expect(remissions.steps[0].atRisk == 21 && remissions.steps[0].interruptions == 3)
    #expect(remissions.survival(at: .seconds(5)) == 1)
    #expect(remissions.survival(at: .seconds(6)) == remissions.steps[0].survival)
    #expect(remissions.survival(at: .seconds(100)) == remissions.steps[6].survival)
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
