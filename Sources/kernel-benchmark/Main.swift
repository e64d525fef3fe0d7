import FailoverSim

/// What one event costs in the kernel, beside a textbook binary heap as the floor.
///
/// The hold model: a queue of N timers; each step takes the earliest and sets it again a random time later. Every
/// figure is the fastest and the median of several measurements.
@main struct KernelBenchmark {
  static func main() throws {
    print("                                             ns per event")
    print("what                                 N     fastest    median")
    for size in [1, 1_000, 100_000] {
      report("binary heap in an array", size) { HoldModel.binaryHeap(size: size, events: $0) }
      report("timer queue of the kernel", size) { HoldModel.timerQueue(size: size, events: $0) }
    }
    for size in [1, 1_000, 100_000] {
      try report("callbacks", size) { try Sleepers.callbacks($0, count: size) }
    }
    for size in [1_000, 10_000] {
      try report("async sleepers", size) { try Sleepers.sleepers($0, count: size) }
    }
    try report("lone periodic loop", 1) { try Sleepers.lone($0) }
    try report("lone sleep unless a signal", 1) { try Transfers.sleepsInstead($0) }
    try report("lone transfer", 1) { try Transfers.lone($0) }
    for size in [2, 10] {
      try report("transfers over one link", size) { try Transfers.shared($0, count: size) }
    }
  }

  /// Runs `measure` with a fixed number of events and prints a row.
  private static func report(_ what: String, _ size: Int, _ measure: (Int) throws -> Void) rethrows {
    let events = 1_000_000
    var nanoseconds: [Double] = []
    for _ in 0..<7 {
      let clock = ContinuousClock()
      let start = clock.now
      try measure(events)
      let (seconds, attoseconds) = start.duration(to: clock.now).components
      nanoseconds.append((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(events))
    }
    nanoseconds.sort()
    print(
      padded(what, 30) + right("\(size)", 8) + right(rounded(nanoseconds[0]), 12)
        + right(rounded(nanoseconds[nanoseconds.count / 2]), 10))
  }

  private static func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// A cheap source of delays (xorshift64), so that little of what is measured is chance.
struct Delays {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// Up to about 1 s, in nanoseconds.
  @inline(__always) mutating func next() -> Int64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int64(state >> 34)
  }
}
