import Failover
import FailoverSim
import Testing

private typealias UpRun = InterruptionTrace.UpRun

private func trace(_ runs: [UpRun], length: Duration) throws -> InterruptionTrace {
  try InterruptionTrace(runs: runs, length: length, source: "test")
}

@Suite struct InterruptionTraceTests {
  @Test func `an interruption is a run with an end`() throws {
    let up = try trace([UpRun(start: .zero, end: nil)], length: .seconds(10))
    #expect(up.interruptions == 0)
    let lost = try trace(
      [UpRun(start: .zero, end: .seconds(3)), UpRun(start: .seconds(5), end: nil)], length: .seconds(10))
    #expect(lost.interruptions == 1)
    #expect(try trace([], length: .seconds(10)).interruptions == 0)
  }

  @Test(arguments: [
    [InterruptionTrace.UpRun(start: .seconds(5), end: .seconds(4))],
    [InterruptionTrace.UpRun(start: .seconds(-1), end: .seconds(4))],
    [InterruptionTrace.UpRun(start: .seconds(1), end: .seconds(11))],
    [InterruptionTrace.UpRun(start: .seconds(11), end: nil)],
    [InterruptionTrace.UpRun(start: .seconds(1), end: .seconds(4), endWindow: .seconds(-1))],
    [
      InterruptionTrace.UpRun(start: .zero, end: .seconds(4)),
      InterruptionTrace.UpRun(start: .seconds(3), end: nil),
    ],
    [InterruptionTrace.UpRun(start: .zero, end: nil), InterruptionTrace.UpRun(start: .seconds(3), end: nil)],
  ])
  func `runs out of order are refused`(runs: [InterruptionTrace.UpRun]) {
    #expect(throws: TraceValueError.self) { try trace(runs, length: .seconds(10)) }
  }

  @Test func `a length that nanoseconds cannot hold is refused`() {
    #expect(throws: TraceValueError.self) { try trace([], length: .seconds(Int64.max)) }
    #expect(throws: TraceValueError.self) { try trace([], length: .seconds(-1)) }
  }

  @Test func `a fraction places a change between its poll and the one before`() throws {
    let sampled = try trace(
      [UpRun(start: .zero, end: .seconds(120), endWindow: .seconds(60)),
       UpRun(start: .seconds(300), end: nil, startWindow: .seconds(60))],
      length: .seconds(600))
    // Fraction 0 is the latest instant, a half the middle: 120 - 60/2 = 90 and 300 - 60/2 = 270 seconds.
    #expect(sampled.realized { _ in 0 }.runs == [
      UpRun(start: .zero, end: .seconds(120)), UpRun(start: .seconds(300), end: nil),
    ])
    #expect(sampled.realized { _ in 1 << 31 }.runs == [
      UpRun(start: .zero, end: .seconds(90)), UpRun(start: .seconds(270), end: nil),
    ])
    // The window is open at its early end.
    let earliest = try #require(sampled.realized { _ in .max }.runs[0].end)
    #expect(earliest > .seconds(60) && earliest < .seconds(61))
  }

  @Test func `a change keeps its number whether or not others exist`() throws {
    let runs = [
      UpRun(start: .seconds(10), end: .seconds(20)), UpRun(start: .seconds(30), end: .seconds(40)),
      UpRun(start: .seconds(50), end: nil),
    ]
    var asked: [UInt64] = []
    _ = try trace(runs, length: .seconds(60)).realized { asked.append($0); return 0 }
    #expect(asked == [0, 1, 2, 3, 4])
  }

  @Test func `an exact trace is its own realization`() throws {
    let exact = try trace(
      [UpRun(start: .zero, end: .seconds(3)), UpRun(start: .seconds(3), end: .seconds(7))],
      length: .seconds(10))
    var numbers = SplitMix64(seed: 7)
    #expect(exact.realized { _ in UInt32(truncatingIfNeeded: numbers.next()) } == exact)
  }

  @Test func `realized changes keep their order and their windows`() throws {
    var numbers = SplitMix64(seed: 1)
    for _ in 0..<2000 {
      // Random instants in order, each with a random window: some reach before the trace's start, some
      // overlap.
      var instants = (0..<numbers.below(12)).map { _ in Duration.milliseconds(numbers.below(1000)) }
      instants.sort()
      let windows = instants.map { _ in Duration.milliseconds(numbers.below(400)) }
      let runs = stride(from: 0, to: instants.count, by: 2).map { index in
        UpRun(
          start: instants[index], end: index + 1 < instants.count ? instants[index + 1] : nil,
          startWindow: windows[index], endWindow: index + 1 < instants.count ? windows[index + 1] : .zero)
      }
      let sampled = try trace(runs, length: .seconds(1))
      let placed = sampled.realized { _ in UInt32(truncatingIfNeeded: numbers.next()) }
      // Construction checks the order.
      _ = try trace(placed.runs, length: placed.length)
      let found = placed.runs.flatMap { [$0.start] + ($0.end.map { [$0] } ?? []) }
      #expect(found.count == instants.count)
      for (index, instant) in found.enumerated() {
        #expect(instant <= instants[index])
        #expect(instant > instants[index] - windows[index] || instant == instants[index] || instant == .zero)
        #expect(instant >= .zero)
      }
    }
  }

  @Test func `two changes in one window are two sorted uniform draws`() throws {
    // The earlier of two uniform draws from (0 s, 60 s] has mean 20 s, the later one 40 s, each with a
    // standard deviation of 60/sqrt(18) = 14.1 s: 0.1 s in a mean of 20000.
    let both = try trace(
      [UpRun(start: .zero, end: .seconds(60), endWindow: .seconds(60)),
       UpRun(start: .seconds(60), end: nil, startWindow: .seconds(60))],
      length: .seconds(100))
    var numbers = SplitMix64(seed: 3)
    var sums = (0.0, 0.0)
    let count = 20_000
    for _ in 0..<count {
      let runs = both.realized { _ in UInt32(truncatingIfNeeded: numbers.next() >> 32) }.runs
      sums.0 += (runs[0].end ?? .zero) / .seconds(1)
      sums.1 += runs[1].start / .seconds(1)
    }
    #expect(abs(sums.0 / Double(count) - 20) < 0.5)
    #expect(abs(sums.1 / Double(count) - 40) < 0.5)
  }
}

@Suite struct RepeatedTraceTests {
  @Test func `a run across the seam counts as one`() throws {
    let once = try trace(
      [UpRun(start: .zero, end: .seconds(3), endWindow: .seconds(1)), UpRun(start: .seconds(5), end: nil)],
      length: .seconds(10))
    let thrice = try once.repeated(toCover: .seconds(21))
    #expect(thrice.length == .seconds(30))
    #expect(thrice.interruptions == 3)
    #expect(thrice.runs == [
      UpRun(start: .zero, end: .seconds(3), endWindow: .seconds(1)),
      UpRun(start: .seconds(5), end: .seconds(13), endWindow: .seconds(1)),
      UpRun(start: .seconds(15), end: .seconds(23), endWindow: .seconds(1)),
      UpRun(start: .seconds(25), end: nil),
    ])
  }

  @Test func `a seat that is never lost stays one run`() throws {
    let always = try trace([UpRun(start: .zero, end: nil)], length: .seconds(10))
    let repeated = try always.repeated(toCover: .seconds(95))
    #expect(repeated.runs == [UpRun(start: .zero, end: nil)])
    #expect(repeated.length == .seconds(100))
  }

  @Test func `states that differ at the seam change there`() throws {
    let endsDown = try trace([UpRun(start: .zero, end: .seconds(3))], length: .seconds(10))
    #expect(try endsDown.repeated(toCover: .seconds(20)).runs == [
      UpRun(start: .zero, end: .seconds(3)), UpRun(start: .seconds(10), end: .seconds(13)),
    ])
    let beginsDown = try trace([UpRun(start: .seconds(4), end: nil)], length: .seconds(10))
    #expect(try beginsDown.repeated(toCover: .seconds(20)).runs == [
      UpRun(start: .seconds(4), end: .seconds(10)), UpRun(start: .seconds(14), end: nil),
    ])
  }

  @Test func `a trace long enough is left alone`() throws {
    let long = try trace([UpRun(start: .zero, end: .seconds(3))], length: .seconds(10))
    #expect(try long.repeated(toCover: .seconds(10)) == long)
  }

  @Test func `prices repeat with the trace`() throws {
    let cheap = HourlyPrice(perHour: .cents(10))
    let dear = HourlyPrice(perHour: .cents(30))
    let priced = try InterruptionTrace(
      runs: [], length: .seconds(10), source: "test",
      prices: [.init(at: .zero, price: cheap), .init(at: .seconds(4), price: dear)])
    #expect(try priced.repeated(toCover: .seconds(20)).prices == [
      .init(at: .zero, price: cheap), .init(at: .seconds(4), price: dear),
      .init(at: .seconds(10), price: cheap), .init(at: .seconds(14), price: dear),
    ])
  }

  @Test func `a repetition that cannot end or cannot fit is refused`() throws {
    let none = try trace([], length: .zero)
    #expect(throws: TraceValueError.self) { try none.repeated(toCover: .seconds(1)) }
    let short = try trace([UpRun(start: .zero, end: .nanoseconds(1))], length: .nanoseconds(2))
    #expect(throws: TraceValueError.self) { try short.repeated(toCover: .seconds(1)) }
    #expect(throws: TraceValueError.self) { try short.repeated(toCover: .seconds(Int64.max)) }
    let long = try trace([], length: .nanoseconds(Int64.max / 2 + 2))
    #expect(throws: TraceValueError.self) { try long.repeated(toCover: .nanoseconds(Int64.max)) }
  }
}

/// The generator of the same name (Steele, Lea, Flood 2014): small, and the same numbers everywhere.
private struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
