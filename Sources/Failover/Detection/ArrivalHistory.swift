/// The times between the last so many heartbeats, with their mean and standard deviation kept up to date.
///
/// Whole nanoseconds and whole-number arithmetic throughout: a detector decides by these figures, and sums that are
/// exact cannot drift however many heartbeats come and go.
struct ArrivalHistory: Sendable {
  /// With more, the sums of squares would no longer fit 128 bits.
  static let largestCapacity = 10_000
  /// A longer time between two heartbeats counts as this, 2⁴⁹ ns or six and a half days, for the same reason.
  static let longestInterval: Int64 = 1 << 49

  /// How many intervals are kept; at least 1.
  let capacity: Int
  /// A ring once it is full: the next interval takes the place of the oldest.
  private var intervals: [Int64] = []
  private var oldest = 0
  private var sum: Int128 = 0
  private var sumOfSquares: Int128 = 0

  /// Brings `capacity` into 1...10,000.
  init(capacity: Int) {
    self.capacity = min(max(1, capacity), Self.largestCapacity)
  }

  var count: Int { intervals.count }

  /// Adds an interval in nanoseconds, not negative, and forgets the oldest when there is no room.
  mutating func append(_ interval: Int64) {
    let interval = min(interval, Self.longestInterval)
    if intervals.count < capacity {
      intervals.append(interval)
    } else {
      let forgotten = Int128(intervals[oldest])
      sum -= forgotten
      sumOfSquares -= forgotten * forgotten
      intervals[oldest] = interval
      oldest = oldest + 1 == capacity ? 0 : oldest + 1
    }
    sum += Int128(interval)
    sumOfSquares += Int128(interval) * Int128(interval)
  }

  /// The mean in nanoseconds, rounded down; zero without an interval.
  var mean: Int64 { count == 0 ? 0 : Int64(sum / Int128(count)) }

  /// The standard deviation of the intervals as a whole population, in nanoseconds, rounded down; zero without one.
  var deviation: Int64 {
    guard count > 0 else { return 0 }
    // n² times the variance is n Σx² - (Σx)²: exact, and never negative.
    let n = Int128(count)
    return Int64(Self.squareRoot(UInt128(n * sumOfSquares - sum * sum)) / UInt128(n))
  }

  /// The square root, rounded down.
  ///
  /// Newton's iteration from a power of two that is not below the root: it falls until it has arrived.
  static func squareRoot(_ x: UInt128) -> UInt128 {
    guard x > 1 else { return x }
    var root = UInt128(1) << ((129 - x.leadingZeroBitCount) / 2)
    while true {
      let next = (root + x / root) / 2
      if next >= root { return root }
      root = next
    }
  }
}
