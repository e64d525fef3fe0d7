import Testing

@testable import FailoverSim

@Suite struct TimerQueueTests {
  @Test func `timers leave by time, and ties in the order in which they came`() {
    var queue = TimerQueue()
    for (sequence, time) in [5, 3, 5, 1, 3, 1].enumerated() {
      queue.insert(.init(time: Int64(time), sequence: UInt64(sequence + 1), slot: sequence))
    }
    let order = (0..<6).map { _ in queue.popFirst().slot }
    #expect(order == [3, 5, 1, 4, 0, 2])
    #expect(queue.count == 0)
    #expect(queue.earliestTime == .max)
  }

  /// Against the simplest thing that is right: a sorted array.
  @Test(arguments: [1, 2, 7, 63, 500]) func `any mix of inserts and pops agrees with a sorted array`(size: Int) {
    var stream = RandomStream(seed: UInt64(size), name: "timer queue test")
    var queue = TimerQueue()
    var reference: [(time: Int64, sequence: UInt64)] = []
    for sequence in 1...(size * 40) {
      var draw = stream.next()
      if reference.count < size || draw.nextInteger(below: 2) == 0 {
        let time = Int64(draw.nextInteger(below: 50))
        queue.insert(.init(time: time, sequence: UInt64(sequence), slot: sequence % 100))
        let place = reference.firstIndex { $0.time > time } ?? reference.count
        reference.insert((time, UInt64(sequence)), at: place)
      } else {
        let expected = reference.removeFirst()
        let entry = queue.popFirst()
        #expect(entry.time == expected.time && entry.sequence == expected.sequence)
      }
      #expect(queue.count == reference.count)
      #expect(queue.earliestTime == reference.first?.time ?? .max)
    }
  }

  @Test func `compaction drops what is stale and keeps the order of the rest`() {
    var queue = TimerQueue()
    for sequence in 1...200 {
      queue.insert(.init(time: Int64((sequence * 37) % 101), sequence: UInt64(sequence), slot: sequence))
    }
    _ = queue.popFirst()
    queue.compact { $0.slot.isMultiple(of: 3) }
    var previous: (Int64, UInt64) = (-1, 0)
    var count = 0
    while queue.count > 0 {
      let entry = queue.popFirst()
      #expect(!entry.slot.isMultiple(of: 3))
      #expect(previous < (entry.time, entry.sequence))
      previous = (entry.time, entry.sequence)
      count += 1
    }
    #expect(count == (1...200).count { !$0.isMultiple(of: 3) && ($0 * 37) % 101 != 0 })
  }
}
