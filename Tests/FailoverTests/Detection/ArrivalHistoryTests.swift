import Testing

@testable import Failover

@Suite struct ArrivalHistoryTests {
  @Test(arguments: [1, 2, 7, 100])
  func `mean and deviation are those of the last so many intervals, to the nanosecond`(capacity: Int) {
    var random = TestGenerator(state: UInt64(capacity))
    var history = ArrivalHistory(capacity: capacity)
    var all: [Int64] = []
    for _ in 0..<1000 {
      let interval = random.below(1 << (1 + random.below(48)))
      all.append(interval)
      history.append(interval)
      let kept: [Int128] = all.dropFirst(max(0, all.count - capacity)).map { Int128($0) }
      let n = Int128(kept.count)
      var sum: Int128 = 0
      for interval in kept { sum += interval }
      #expect(history.mean == Int64(sum / n))
      // The variance is the mean of (x - Σx / n)², so that n³ times it is the sum of (n x - Σx)².
      var scaled: Int128 = 0
      for interval in kept { scaled += (n * interval - sum) * (n * interval - sum) }
      let (low, high) = (Int128(history.deviation), Int128(history.deviation) + 1)
      let cube = n * n * n
      #expect(low * low * cube <= scaled)
      #expect(high * high * cube > scaled)
    }
  }

  @Test func `the largest history of the longest intervals fits`() {
    var history = ArrivalHistory(capacity: .max)
    for index in 0..<2 * ArrivalHistory.largestCapacity { history.append(index.isMultiple(of: 2) ? 0 : .max) }
    #expect(history.count == ArrivalHistory.largestCapacity)
    #expect(history.mean == ArrivalHistory.longestInterval / 2)
    #expect(history.deviation == ArrivalHistory.longestInterval / 2)
  }

  @Test func `a history without intervals says zero`() {
    let history = ArrivalHistory(capacity: 0)
    #expect(history.capacity == 1)
    #expect(history.mean == 0)
    #expect(history.deviation == 0)
  }

  @Test func `the square root is the largest number whose square is not above`() {
    var random = TestGenerator(state: 3)
    let edges: [UInt128] = [0, 1, 2, 3, 4, 15, 16, 17, .max, .max - 1, 1 << 126, (1 << 126) - 1]
    let others = (0..<5000).map { _ in
      (UInt128(random.next()) << 64 | UInt128(random.next())) >> UInt128(random.below(128))
    }
    for x in edges + others {
      let root = ArrivalHistory.squareRoot(x)
      #expect(root * root <= x)
      let (next, overflow) = (root + 1).multipliedReportingOverflow(by: root + 1)
      #expect(overflow || next > x)
    }
  }
}
