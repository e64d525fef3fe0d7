import Testing

@testable import FailoverSim

@Suite struct StableHashTests {
  @Test func `FNV-1a gives the published values`() {
    #expect(StableHash.fnv1a64("".utf8) == 0xcbf2_9ce4_8422_2325)
    #expect(StableHash.fnv1a64("a".utf8) == 0xaf63_dc4c_8601_ec8c)
    #expect(StableHash.fnv1a64("foobar".utf8) == 0x8594_4171_f739_67e8)
  }

  @Test func `the finaliser gives the first numbers of SplitMix64 with the seed 1234567`() {
    var state: UInt64 = 1_234_567
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for number in expected {
      state &+= 0x9e37_79b9_7f4a_7c15
      #expect(StableHash.finalise(state) == number)
    }
  }

  @Test func `a thousand streams and seeds have a thousand keys`() {
    var keys: Set<UInt64> = []
    for seed in 0..<40 as Range<UInt64> {
      for number in 0..<25 { keys.insert(StableHash.streamKey(seed: seed, name: "gpu-\(number)")) }
    }
    #expect(keys.count == 1000)
  }
}

@Suite struct RandomStreamTests {
  @Test func `the n-th draw by number is the n-th in sequence`() {
    let direct = RandomStream(seed: 42, name: "probe")
    var walking = direct
    for index in 0..<1000 as Range<UInt64> {
      #expect(walking.position == index)
      var (one, other) = (direct.draw(index), walking.next())
      #expect(other.index == index)
      for _ in 0..<3 {
        let (word, same) = (one.nextWord(), other.nextWord())
        #expect(word == same)
      }
    }
    #expect(direct.position == 0)
  }

  @Test func `a position set by hand continues from there`() {
    var stream = RandomStream(seed: 42, name: "probe")
    stream.position = .max
    let (last, first) = (stream.next(), stream.next())
    #expect(last.index == .max)
    #expect(first.index == 0)
    #expect(stream.position == 1)
  }

  @Test func `the words of a draw are Philox blocks counted by draw and by block`() {
    let stream = RandomStream(seed: 42, name: "probe")
    var draw = stream.draw(7)
    for block in 0..<4 as Range<UInt64> {
      let expected = Philox4x32.block(counterLow: 7, counterHigh: block, key: stream.key)
      let (first, second) = (draw.nextWord(), draw.nextWord())
      #expect(first == expected.low)
      #expect(second == expected.high)
    }
  }

  @Test func `drawing from one stream, or adding one, leaves another as it was`() {
    var alone = RandomStream(seed: 9, name: "sync")
    let expected = (0..<100).map { _ in
      var draw = alone.next()
      return draw.nextWord()
    }
    var watched = RandomStream(seed: 9, name: "sync")
    var neighbour = RandomStream(seed: 9, name: "market")
    for (index, word) in expected.enumerated() {
      for _ in 0..<index % 3 {
        var other = neighbour.next()
        for _ in 0..<index % 5 { _ = other.nextWord() }
      }
      var draw = watched.next()
      let same = draw.nextWord()
      #expect(same == word)
    }
  }

  @Test func `streams of different names, seeds or neighbouring draws are uncorrelated`() {
    let count = 4000
    let streams = ["gpu", "gpu-0", "gpu-1", "0-gpu", ""].map { RandomStream(seed: 1, name: $0) }
      + [0, 2, 1 << 63].map { RandomStream(seed: $0, name: "gpu") }
    let samples = streams.map { $0.units(count) }
    // A correlation of independent samples has a standard error of 1/√n; 5 of them are passed twice in a
    // million cases.
    let limit = 5 / Double(count).squareRoot()
    for first in samples.indices {
      for second in 0..<first { #expect(abs(correlation(samples[first], samples[second])) < limit) }
      let shifted = Array(samples[first].dropFirst())
      #expect(abs(correlation(Array(samples[first].dropLast()), shifted)) < limit)
    }
  }

  @Test func `the words of one draw are uncorrelated`() {
    let count = 4000
    let stream = RandomStream(seed: 1, name: "gpu")
    var columns: [[Double]] = Array(repeating: [], count: 5)
    for index in 0..<UInt64(count) {
      var draw = stream.draw(index)
      for column in columns.indices { columns[column].append(draw.nextUnit()) }
    }
    for first in columns.indices {
      for second in 0..<first {
        #expect(abs(correlation(columns[first], columns[second])) < 5 / Double(count).squareRoot())
      }
    }
  }

  @Test func `units are odd multiples of 2⁻⁵³ strictly between 0 and 1`() {
    #expect(Draw.unit(0) == 0x1p-53)
    #expect(Draw.unit(0xfff) == 0x1p-53)
    #expect(Draw.unit(0x1000) == 0x3p-53)
    #expect(Draw.unit(1 << 63) == 0.5 + 0x1p-53)
    #expect(Draw.unit(.max) == 1 - 0x1p-53)
    #expect(Draw.unit(.max) < 1)
  }

  @Test func `units are uniform`() {
    let units = RandomStream(seed: 5, name: "uniform").units(20_000)
    #expect(kolmogorovSmirnov(units) { $0 } < kolmogorovSmirnovLimit(units.count))
  }

  @Test func `an antithetic stream has one minus each unit, exactly`() {
    let plain = RandomStream(seed: 3, name: "boot")
    let mirrored = RandomStream(seed: 3, name: "boot", antithetic: true)
    for index in 0..<1000 as Range<UInt64> {
      var (draw, other) = (plain.draw(index), mirrored.draw(index))
      for _ in 0..<3 {
        let (unit, opposite) = (draw.nextUnit(), other.nextUnit())
        #expect(opposite == 1 - unit)
      }
    }
  }
}

@Suite struct IntegerDrawTests {
  @Test(arguments: [2, 3, 10, 1000, 1 << 32, .max] as [UInt64])
  func `an integer is below its bound`(bound: UInt64) {
    var draw = RandomStream(seed: 8, name: "integers").draw(0)
    var largest: UInt64 = 0
    for _ in 0..<2000 { largest = max(largest, draw.nextInteger(below: bound)) }
    #expect(largest < bound)
    #expect(Double(largest) > 0.99 * Double(bound - 1))
  }

  @Test func `a bound of nought or one leaves only zero`() {
    var draw = RandomStream(seed: 8, name: "integers").draw(0)
    let integers = [draw.nextInteger(below: 0), draw.nextInteger(below: 1)]
    #expect(integers == [0, 0])
  }

  @Test func `each face of a die is equally likely`() {
    var draw = RandomStream(seed: 8, name: "die").draw(0)
    var faces: [Double] = Array(repeating: 0, count: 6)
    let throwsOfTheDie = 60_000
    for _ in 0..<throwsOfTheDie { faces[Int(draw.nextInteger(below: 6))] += 1 }
    let expected = Double(throwsOfTheDie) / 6
    let chiSquare = faces.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    #expect(chiSquare < 20.515)  // critical value for 5 degrees of freedom at 0.001
  }

  /// With two thirds of 2⁶⁴ as the bound, a method that threw no word away would give each even number twice
  /// as often as each odd one.
  @Test func `a bound near the number of words is not biased`() {
    let bound: UInt64 = 0xaaaa_aaaa_aaaa_aaab
    var draw = RandomStream(seed: 8, name: "large").draw(0)
    let count = 20_000.0
    var even = 0.0
    for _ in 0..<Int(count) where draw.nextInteger(below: bound) % 2 == 0 { even += 1 }
    #expect(abs(even / count - 0.5) < 6 * 0.5 / count.squareRoot())
  }

  @Test func `a chance comes true as often as its ratio says`() {
    var draw = RandomStream(seed: 8, name: "chance").draw(0)
    var hits = 0.0
    let count = 20_000.0
    for _ in 0..<Int(count) where draw.nextChance(numerator: 3, over: 100) { hits += 1 }
    #expect(abs(hits / count - 0.03) < 6 * (0.03 * 0.97 / count).squareRoot())
  }

  @Test func `a chance of nought never and a chance of one always comes true`() {
    var draw = RandomStream(seed: 8, name: "chance").draw(0)
    for _ in 0..<100 {
      let chances = [
        draw.nextChance(numerator: 0, over: 7), draw.nextChance(numerator: 0, over: 0),
        draw.nextChance(numerator: 7, over: 7), draw.nextChance(numerator: 8, over: 7),
        draw.nextChance(numerator: 1, over: 0),
      ]
      #expect(chances == [false, false, true, true, true])
    }
  }

  /// The same luck and a greater probability: what happened still happens.
  @Test func `raising a chance never undoes an event`() {
    let stream = RandomStream(seed: 8, name: "chance")
    for index in 0..<1000 as Range<UInt64> {
      var (rarer, likelier) = (stream.draw(index), stream.draw(index))
      let (before, after) = (
        rarer.nextChance(numerator: 10, over: 100), likelier.nextChance(numerator: 20, over: 100)
      )
      #expect(after || !before)
    }
  }
}
