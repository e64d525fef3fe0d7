/// The pending timers of a simulation, earliest first; timers due at the same instant leave in the order in which
/// they came.
///
/// A 4-ary heap in an array, for three reasons that were each measured (`kernel-benchmark`): four children share a
/// cache line, comparing (time, sequence) as one 128-bit number needs no branch, and `popFirst` leaves a hole at the
/// root that the next `insert` usually fills with a single sift, since most timers are followed by another.
package struct TimerQueue {
  /// One timer: 16 bytes.
  package struct Entry {
    /// When it is due, in nanoseconds of virtual time.
    package var time: Int64
    /// The sequence number in the upper 40 bits and the waiter's slot in the lower 24. Sequence numbers only grow,
    /// so that the key alone decides between equal times.
    ///
    /// A wait of the routine has the highest bit set and its rank in the ten bits below: at equal times it comes after
    /// everything else, and those of the routine come by their rank, whenever each was set. So whoever skips a part of
    /// the routine finds the same order as whoever does not.
    var key: UInt64

    package init(time: Int64, sequence: UInt64, slot: Int) {
      self.time = time
      key = sequence << 24 | UInt64(slot)
    }

    /// The sequence number of a wait of the routine.
    ///
    /// - Parameters:
    ///   - rank: from 0 to 1023.
    ///   - number: makes it unique.
    static func sequence(rank: Int, number: UInt64) -> UInt64 {
      1 << 39 | UInt64(rank & 0x3FF) << 29 | number & 0x1FFF_FFFF
    }

    /// The rank of a wait of the routine; `nil` for any other.
    var rank: Int? { key >> 63 == 0 ? nil : Int(key >> 53 & 0x3FF) }

    package var slot: Int { Int(key & 0xFF_FFFF) }
    package var sequence: UInt64 { key >> 24 }

    /// Times are never negative, so their bit patterns order as the numbers do.
    @inline(__always) static func precedes(_ a: Entry, _ b: Entry) -> Bool {
      (UInt128(UInt64(bitPattern: a.time)) << 64 | UInt128(a.key))
        < (UInt128(UInt64(bitPattern: b.time)) << 64 | UInt128(b.key))
    }
  }

  /// The largest number of waiters that a key can name.
  static let maximumSlots = 1 << 24

  private var heap: ContiguousArray<Entry> = []
  /// Whether the root has been popped and not been replaced yet.
  private var rootIsHole = false

  package init() { heap.reserveCapacity(256) }

  var count: Int { heap.count - (rootIsHole ? 1 : 0) }

  /// When the earliest timer is due; `Int64.max` when there is none.
  var earliestTime: Int64 {
    @inline(__always) get {
      if !rootIsHole { return heap.isEmpty ? .max : heap[0].time }
      var earliest = Int64.max
      for child in 1..<max(1, min(5, heap.count)) { earliest = min(earliest, heap[child].time) }
      return earliest
    }
  }

  /// When the earliest of the timers is due that count; `Int64.max` when there is none.
  func earliestTime(of counts: (Entry) -> Bool) -> Int64 {
    var earliest = Int64.max
    for entry in heap.dropFirst(rootIsHole ? 1 : 0) where entry.time < earliest && counts(entry) {
      earliest = entry.time
    }
    return earliest
  }

  @inline(__always) package mutating func insert(_ entry: Entry) {
    if rootIsHole {
      rootIsHole = false
      siftDown(entry)
      return
    }
    heap.append(entry)
    var index = heap.count - 1
    while index > 0 {
      let parent = (index - 1) >> 2
      let above = heap[parent]
      guard Entry.precedes(entry, above) else { break }
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  /// Removes and returns the earliest timer. There must be one.
  @inline(__always) package mutating func popFirst() -> Entry {
    closeHole()
    rootIsHole = true
    return heap[0]
  }

  /// Drops the entries that `isStale` names, in one pass.
  mutating func compact(_ isStale: (Entry) -> Bool) {
    closeHole()
    heap.removeAll(where: isStale)
    // A sorted array is a heap, and compaction is rare enough for the simplest thing that is right.
    heap.sort(by: Entry.precedes)
  }

  @inline(__always) private mutating func closeHole() {
    guard rootIsHole else { return }
    rootIsHole = false
    let last = heap.removeLast()
    if !heap.isEmpty { siftDown(last) }
  }

  /// Puts `entry` where it belongs, starting from the root, whose present value is not needed any more.
  @inline(__always) private mutating func siftDown(_ entry: Entry) {
    let count = heap.count
    var index = 0
    while true {
      let first = 4 &* index &+ 1
      var smallest = first
      if first &+ 3 < count {
        let left = first &+ (Entry.precedes(heap[first &+ 1], heap[first]) ? 1 : 0)
        let right = first &+ 2 &+ (Entry.precedes(heap[first &+ 3], heap[first &+ 2]) ? 1 : 0)
        smallest = Entry.precedes(heap[right], heap[left]) ? right : left
      } else {
        if first >= count { break }
        var child = first &+ 1
        while child < count {
          if Entry.precedes(heap[child], heap[smallest]) { smallest = child }
          child &+= 1
        }
      }
      let candidate = heap[smallest]
      guard Entry.precedes(candidate, entry) else { break }
      heap[index] = candidate
      index = smallest
    }
    heap[index] = entry
  }
}
