import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct BootstrapTests {
  @Test func `the interval of a mean difference is the normal one, as the central limit theorem has it`() throws {
    // 400 differences of an exponential with mean 1000: the standard error is a twentieth of the deviation.
    let stream = RandomStream(seed: 3, name: "differences")
    let before = (0..<400).map { [Int64($0 % 7) * 100] }
    let changes = (0..<400).map { index -> Int64 in
      var draw = stream.draw(UInt64(index))
      return Int64(-1_000 * ExactMath.log(draw.nextUnit()))
    }
    let after = zip(before, changes).map { [$0[0] + $1] }
    let mean = Double(changes.reduce(0, +)) / 400
    let variance = changes.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 399
    let error = (variance / 400).squareRoot()
    let estimate = try #require(
      Bootstrap(seeds: 400, seed: 1).difference(from: SeedSeries(before, .mean), to: SeedSeries(after, .mean)))
    #expect(abs(estimate.value - mean) < 1e-6)
    let low = try #require(estimate.low)
    let high = try #require(estimate.high)
    #expect(abs((mean - low) / (2.576 * error) - 1) < 0.15)
    #expect(abs((high - mean) / (2.576 * error) - 1) < 0.15)
  }

  @Test func `a mean over incidents counts each incident once, a quantile is that of all incidents`() {
    let values: [[Int64]] = [[10, 20, 30], [], [100]]
    #expect(SeedSeries(values, .mean).value == 40)
    #expect(SeedSeries(values, .p50).value == 20)
    #expect(SeedSeries(values, .p95).value == 100)
    #expect(SeedSeries([[], []], .mean).value == nil)
    // The last seed twice, the first not at all.
    #expect(SeedSeries(values, .mean).value([0, 1, 2][...]) == 100)
    #expect(SeedSeries(values, .p50).value([1, 0, 4][...]) == 100)
    #expect(SeedSeries(values, .p5).value([0, 3, 0][...]) == nil)
  }

  @Test func `a quantile of repeated seeds is that of the repeated values`() {
    var random = TestRandom(state: 8)
    for _ in 0..<200 {
      let values = (0..<8).map { _ in
        (0..<Int.random(in: 0...4, using: &random)).map { _ in Int64.random(in: 0...9, using: &random) }
      }
      let times = (0..<8).map { _ in UInt16.random(in: 0...3, using: &random) }
      let repeated = zip(values, times).flatMap { Array(repeating: $0, count: Int($1)).joined() }.sorted()
      for (statistic, p) in [(Statistic.p5, 0.05), (.p50, 0.5), (.p95, 0.95), (.p99, 0.99)] {
        let rank = repeated.isEmpty ? 0 : max(1, Int((p * Double(repeated.count) - 1e-9).rounded(.up)))
        let expected = repeated.isEmpty ? nil : Double(repeated[rank - 1])
        #expect(SeedSeries(values, statistic).value(times[...]) == expected)
      }
    }
  }

  @Test func `the same seeds give the same interval every time, other draws another one`() throws {
    let before = SeedSeries((0..<30).map { [Int64($0 * $0)] }, .p50)
    let after = SeedSeries((0..<30).map { [Int64($0 * 31 % 37 * 25)] }, .p50)
    let first = Bootstrap(seeds: 30, seed: 5).difference(from: before, to: after)
    #expect(first == Bootstrap(seeds: 30, seed: 5).difference(from: before, to: after))
    #expect(first?.low != nil)
    let mean = SeedSeries((0..<30).map { [Int64($0 * $0)] }, .mean)
    #expect(
      Bootstrap(seeds: 30, seed: 5).standardError(of: mean) != Bootstrap(seeds: 30, seed: 6).standardError(of: mean))
  }

  @Test func `one seed has no interval, and nothing to compare has no difference`() {
    let bootstrap = Bootstrap(seeds: 1, seed: 1)
    let difference = bootstrap.difference(from: SeedSeries([[5]], .mean), to: SeedSeries([[9]], .mean))
    #expect(difference == Estimate(value: 4))
    #expect(bootstrap.difference(from: SeedSeries([[]], .mean), to: SeedSeries([[9]], .mean)) == nil)
    #expect(bootstrap.standardError(of: SeedSeries([[5]], .mean)) == nil)
  }
}

/// What a check promises: to see a change of 5 %, and to cry wolf in one comparison of twenty at most.
@Suite struct CheckPowerTests {
  private static let measures = ["mttrFull.mean", "mttrFull.p95"]

  /// What a check with so many seeds says of every measure, with its own tolerances.
  private func verdicts(_ old: SeedSamples, _ new: SeedSamples, _ bootstrap: Bootstrap) throws -> [String: Verdict] {
    var verdicts: [String: Verdict] = [:]
    for name in Self.measures {
      let measure = try Measure.test(name)
      guard let before = old.series(measure), let after = new.series(measure) else { continue }
      let stored = Tolerance.derived(from: before, bootstrap)
      verdicts[name] = Judgement(
        measure, from: before, to: after, tolerance: nil, stored: stored, bootstrap)?.verdict
    }
    return verdicts
  }

  @Test func `of 1,000 comparisons without a change at most 50 raise an alarm, even with luck that is not shared`() throws {
    let played = try StoredReplications.unchanged.get()
    let bootstrap = Bootstrap(seeds: 20, seed: 1, resamples: 100)
    let alarms = try Workers().map(1_000) { comparison -> Bool in
      var random = TestRandom(state: UInt64(comparison))
      let chosen = played.indices(40, using: &random)
      let found = try verdicts(
        played.choosing(Array(chosen[..<20])), played.choosing(Array(chosen[20...])), bootstrap)
      return found.values.contains(.regressed)
    }.count { $0 }
    #expect(alarms <= 50, "\(alarms)")
  }

  @Test func `shared luck shows a change of 5 % of MTTR with 80 seeds, which luck of its own would hide`() throws {
    // A check every second: four more failures until the GPU counts as down are 4 s of 79.
    let before = try StoredReplications.unchanged.get()
    let after = try StoredReplications.play(["healthCheck.failureThreshold=5"])
    let mean = try Measure.test("mttrFull.mean")
    let change = try #require(after.series(mean)?.value) / #require(before.series(mean)?.value)
    #expect((1.045...1.055).contains(change), "\(change)")
    let bootstrap = Bootstrap(seeds: 80, seed: 1, resamples: 400)
    var (paired, unpaired) = (0, 0)
    for experiment in 0..<8 {
      var random = TestRandom(state: UInt64(experiment) + 77)
      let chosen = before.indices(160, using: &random)
      let (mine, others) = (Array(chosen[..<80]), Array(chosen[80...]))
      if try verdicts(before.choosing(mine), after.choosing(mine), bootstrap)["mttrFull.mean"] == .regressed { paired += 1 }
      if try verdicts(before.choosing(mine), after.choosing(others), bootstrap)["mttrFull.mean"] == .regressed {
        unpaired += 1
      }
    }
    #expect(paired == 8, "\(paired)")
    #expect(unpaired < 6, "\(unpaired)")
  }
}

extension SeedSamples {
  /// So many different seeds, in any order.
  fileprivate func indices(_ number: Int, using random: inout TestRandom) -> [Int] {
    var all = Array(0..<count)
    for place in 0..<number { all.swapAt(place, Int.random(in: place..<count, using: &random)) }
    return Array(all[..<number])
  }
}
