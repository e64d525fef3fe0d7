import FailoverSim

/// The hold model on bare queues, without tasks.
enum HoldModel {
  static func timerQueue(size: Int, events: Int) {
    var queue = TimerQueue()
    var delays = Delays(seed: size)
    var sequence: UInt64 = 0
    for slot in 0..<size {
      sequence += 1
      queue.insert(.init(time: delays.next(), sequence: sequence, slot: slot))
    }
    for _ in 0..<events {
      let entry = queue.popFirst()
      sequence += 1
      queue.insert(.init(time: entry.time &+ delays.next(), sequence: sequence, slot: entry.slot))
    }
  }

  static func binaryHeap(size: Int, events: Int) {
    var heap = BinaryHeap()
    var delays = Delays(seed: size)
    var sequence: UInt64 = 0
    for _ in 0..<size {
      sequence += 1
      heap.push((delays.next(), sequence))
    }
    for _ in 0..<events {
      let entry = heap.pop()
      sequence += 1
      heap.push((entry.time &+ delays.next(), sequence))
    }
  }
}

/// The heap of the textbooks.
struct BinaryHeap {
  private var entries: [(time: Int64, sequence: UInt64)] = []

  mutating func push(_ entry: (time: Int64, sequence: UInt64)) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0, entries[child] < entries[(child - 1) / 2] {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> (time: Int64, sequence: UInt64) {
    entries.swapAt(0, entries.count - 1)
    let first = entries.removeLast()
    var parent = 0
    while true {
      var smallest = parent
      let (left, right) = (2 * parent + 1, 2 * parent + 2)
      if left < entries.count, entries[left] < entries[smallest] { smallest = left }
      if right < entries.count, entries[right] < entries[smallest] { smallest = right }
      if smallest == parent { return first }
      entries.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
