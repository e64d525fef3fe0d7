import FailoverSim
import Testing

@Suite struct DistributionTests {
  let stream = RandomStream(seed: 12, name: "distribution")

  @Test func `a constant is the same whatever the draw`() {
    let distribution = Distribution.constant(18.63)
    for value in distribution.sample(stream, count: 10) { #expect(value == 18.63) }
    #expect(distribution.mean == 18.63)
    #expect(distribution.variance == 0)
    #expect(distribution.quantile(0.3) == 18.63)
    #expect(distribution.probability(below: 18.63) == 0)
    #expect(distribution.probability(upTo: 18.63) == 1)
    #expect(distribution.lowerBound == 18.63)
    #expect(distribution.upperBound == 18.63)
  }

  @Test func `a sequence plays its values in order and repeats the last`() {
    let script = Distribution.sequence([3, 1, 2])
    #expect(script.sample(stream, count: 6) == [3, 1, 2, 2, 2, 2])
    #expect(script.sample(stream, at: .max) == 2)
    var walking = stream
    walking.position = 1
    #expect(script.sample(&walking) == 1)
    #expect(script.sample(&walking) == 2)
    #expect(script.mean == nil)
    #expect(script.variance == nil)
    #expect(script.quantile(0.5) == nil)
    #expect(script.probability(upTo: 2) == nil)
    #expect(script.lowerBound == 1)
    #expect(script.upperBound == 3)
  }

  @Test func `a Weibull distribution of shape 1 is the exponential one, bit for bit`() {
    let weibull = Distribution.weibull(shape: 1, scale: 30)
    #expect(weibull.sample(stream, count: 500)
      == Distribution.exponential(mean: 30).sample(stream, count: 500))
  }

  @Test func `a spread of nothing leaves one value`() {
    for distribution in [
      Distribution.uniform(low: 4, high: 4), .triangular(low: 4, mode: 4, high: 4),
      .lognormal(median: 4, sigma: 0),
      .empirical([.init(probability: 0, value: 4), .init(probability: 1, value: 4)]),
      .truncated(.uniform(low: 0, high: 9), low: 4, high: 4 + 1e-5),
    ] {
      #expect(throws: Never.self) { try distribution.validate() }
      for value in distribution.sample(stream, count: 100) { #expect(abs(value - 4) <= 1e-5) }
    }
    let point = Distribution.lognormal(median: 4, sigma: 0)
    #expect(point.lowerBound == 4)
    #expect(point.upperBound == 4)
    #expect(point.probability(below: 4) == 0)
    #expect(point.probability(upTo: 4) == 1)
  }

  /// The rank stays the same while a parameter changes: what common random numbers rest on.
  @Test func `a larger parameter makes every single value larger`() {
    let pairs: [(Distribution, Distribution)] = [
      (.exponential(mean: 30), .exponential(mean: 31)),
      (.lognormal(median: 25, sigma: 0.4), .lognormal(median: 26, sigma: 0.4)),
      (.weibull(shape: 1.5, scale: 40), .weibull(shape: 1.5, scale: 41)),
      (.uniform(low: 1, high: 2), .uniform(low: 1.5, high: 2.5)),
      (.gamma(shape: 2, scale: 3), .gamma(shape: 2, scale: 3.1)),
      (
        .truncated(.lognormal(median: 25, sigma: 0.4), low: 10, high: 60),
        .truncated(.lognormal(median: 26, sigma: 0.4), low: 10, high: 60)
      ),
    ]
    for (smaller, larger) in pairs {
      for index in 0..<500 as Range<UInt64> {
        #expect(smaller.sample(stream, at: index) < larger.sample(stream, at: index))
      }
    }
  }

  @Test func `repeated values of a table have a probability of their own`() {
    let table = Distribution.empirical([
      .init(probability: 0, value: 1), .init(probability: 0.25, value: 2),
      .init(probability: 0.75, value: 2), .init(probability: 1, value: 3),
    ])
    #expect(table.probability(below: 2) == 0.25)
    #expect(table.probability(upTo: 2) == 0.75)
    #expect(table.probability(upTo: 1.5) == 0.125)
    #expect(table.quantile(0.5) == 2)
    #expect(table.quantile(0) == 1)
    #expect(table.quantile(1) == 3)
    let kept = Distribution.truncated(table, low: 2, high: 2)
    #expect(throws: Never.self) { try kept.validate() }
    for value in kept.sample(stream, count: 100) { #expect(value == 2) }
    #expect(kept.probability(below: 2) == 0)
    #expect(kept.probability(upTo: 2) == 1)
  }

  @Test func `a long table is read as exactly as a short one`() {
    let rows = (0...1000).map { row in
      Distribution.QuantilePoint(probability: Double(row) / 1000, value: Double(row * row))
    }
    let table = Distribution.empirical(rows)
    for row in 0...1000 { #expect(table.quantile(Double(row) / 1000) == Double(row * row)) }
    #expect(abs((table.quantile(0.5005) ?? 0) - (250_000 + 251_001) / 2) < 1e-6)
  }

  /// One value in a million is kept, so that rejection all but never succeeds and the numerical inversion has
  /// to do it; the kept tail of an exponential distribution is exponential again.
  @Test func `a truncation that keeps next to nothing still samples exactly`() {
    let low = 13.8  // exp(-13.8) is 1.01e-6
    let mixture = Distribution.mixture([
      .init(weight: 1, distribution: .exponential(mean: 1)),
      .init(weight: 1, distribution: .exponential(mean: 1)),
    ])
    let tail = Distribution.truncated(mixture, low: low, high: .infinity)
    #expect(throws: Never.self) { try tail.validate() }
    let sample = tail.sample(stream, count: 1000)
    let expected = Distribution.exponential(mean: 1)
    let distance = kolmogorovSmirnov(sample) { expected.probability(upTo: $0 - low) ?? .nan }
    #expect(distance < kolmogorovSmirnovLimit(1000))
    #expect(sample.allSatisfy { $0 >= low })
  }

  @Test func `a truncated uniform distribution is uniform between the narrower limits`() {
    // Powers of two, so that every step is exact.
    let part = Distribution.truncated(.uniform(low: 4, high: 16), low: 1, high: 8)
    #expect(part.lowerBound == 4)
    #expect(part.upperBound == 8)
    #expect(part.mean == 6)
    #expect(part.variance == 16 / 12.0)
    #expect(part.quantile(0.5) == 6)
    #expect(part.probability(upTo: 5) == 0.25)
    let narrow = Distribution.uniform(low: 4, high: 8)
    for (value, other) in zip(part.sample(stream, count: 500), narrow.sample(stream, count: 500)) {
      #expect(abs(value - other) < 1e-14 * 16)
    }
  }

  @Test func `bounds are those of the parts`() {
    let mixed = Distribution.mixture([
      .init(weight: 1, distribution: .uniform(low: 2, high: 3)),
      .init(weight: 1, distribution: .truncated(.exponential(mean: 5), low: 1, high: 20)),
    ])
    #expect(mixed.lowerBound == 1)
    #expect(mixed.upperBound == 20)
    #expect(twoModes.lowerBound == 0)
    #expect(twoModes.upperBound == nil)
    #expect(Distribution.truncated(.exponential(mean: 1), low: -1, high: .infinity).lowerBound == 0)
  }

  @Test func `one draw can serve several values`() {
    var draw = stream.draw(3)
    let boot = Distribution.uniform(low: 30, high: 60).sample(&draw)
    let shell = Distribution.uniform(low: 30, high: 60).sample(&draw)
    #expect(boot == Distribution.uniform(low: 30, high: 60).sample(stream, at: 3))
    #expect(shell != boot)
  }
}

@Suite struct SampledDurationTests {
  let stream = RandomStream(seed: 12, name: "duration")

  /// Every number with up to nine decimals, read from text as a scenario is, must give its nanoseconds.
  @Test func `seconds written with up to nine decimals are met to the nanosecond`() {
    #expect(Distribution.constant(0.3).sampleDuration(stream, at: 0) == .nanoseconds(300_000_000))
    #expect(Distribution.duration(seconds: 5.95001) == .nanoseconds(5_950_010_000))
    #expect(Distribution.duration(seconds: 18.63) == .nanoseconds(18_630_000_000))
    var draw = stream.draw(0)
    for round in 0..<5000 {
      // From a second to 52 days, 2⁵² nanoseconds.
      let limit: UInt64 = 1 << (30 + UInt64(round) % 23)
      let nanoseconds = Int64(draw.nextInteger(below: limit))
      let fraction = String(1_000_000_000 + nanoseconds % 1_000_000_000).dropFirst()
      let seconds = Double("\(nanoseconds / 1_000_000_000).\(fraction)") ?? .nan
      #expect(Distribution.duration(seconds: seconds) == .nanoseconds(nanoseconds))
      let script = Distribution.sequence([1, seconds])
      #expect(script.sampleDuration(stream, at: 1) == .nanoseconds(nanoseconds))
    }
  }

  @Test func `half a nanosecond is rounded up`() {
    #expect(Distribution.duration(seconds: 0x1p-31) == .zero)  // 0.466 ns
    #expect(Distribution.duration(seconds: 0.5e-9) == .nanoseconds(1))
    #expect(Distribution.duration(seconds: 1.4e-9) == .nanoseconds(1))
    // 2⁻¹⁰ s is 976562.5 ns, exactly.
    #expect(Distribution.duration(seconds: 0x1p-10) == .nanoseconds(976_563))
    #expect(Distribution.duration(seconds: 1.999_999_999_9) == .seconds(2))
  }

  @Test func `durations stop at zero and at a century, and never trap`() {
    let century = Duration.seconds(36_525 * 86_400)
    #expect(Distribution.longestDuration == century)
    for seconds in [0, -0.0, -1, -.infinity, .nan, .signalingNaN, .leastNonzeroMagnitude] {
      #expect(Distribution.duration(seconds: seconds) == .zero)
    }
    for seconds in [3_155_760_000, 3_155_760_001, 1e18, .greatestFiniteMagnitude, .infinity] {
      #expect(Distribution.duration(seconds: seconds) == century)
    }
    #expect(Distribution.duration(seconds: 3_155_759_999) == century - .seconds(1))
    #expect(Distribution.duration(seconds: 3_155_759_999.999_999_9) <= century)
    #expect(Distribution.uniform(low: -2, high: -1).sampleDuration(stream, at: 0) == .zero)
  }

  @Test func `durations in sequence are durations by number`() {
    let distribution = Distribution.lognormal(median: 45, sigma: 0.3)
    var walking = stream
    for index in 0..<100 as Range<UInt64> {
      #expect(distribution.sampleDuration(&walking)
        == distribution.sampleDuration(stream, at: index))
    }
  }
}
