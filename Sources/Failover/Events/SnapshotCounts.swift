/// What the snapshots of a run came to: how many, how much was sent, and how much was kept for how long.
public struct SnapshotCounts: Sendable, Hashable {
  public private(set) var saved = 0
  /// Those that are whole by themselves.
  public private(set) var whole = 0
  public private(set) var deleted = 0
  /// Bytes read from the workspace, and bytes sent to the store.
  public private(set) var content = ByteCount.zero
  public private(set) var stored = ByteCount.zero
  /// The sum, the shortest and the longest of all that were saved.
  public private(set) var saveTime = Duration.zero
  public private(set) var shortestSave: Duration?
  public private(set) var longestSave: Duration?
  /// What is in the store at present.
  public private(set) var kept = ByteCount.zero

  /// Bytes times nanoseconds up to `settledAt`.
  private var keptTime: Int128 = 0
  private var settledAt = Duration.zero

  public init() {}

  mutating func add(_ report: SnapshotReport, at time: Duration) {
    settle(at: time)
    saved += 1
    if report.base == nil { whole += 1 }
    content += report.content
    stored += report.stored
    saveTime += report.duration
    shortestSave = min(shortestSave ?? report.duration, report.duration)
    longestSave = max(longestSave ?? report.duration, report.duration)
    kept += report.stored
  }

  mutating func remove(_ report: SnapshotReport, at time: Duration) {
    settle(at: time)
    deleted += 1
    kept = kept - report.stored
  }

  private mutating func settle(at time: Duration) {
    keptTime += Int128(kept.bytes) * Int128((time - settledAt).wholeNanoseconds)
    settledAt = time
  }

  /// Rounded down to a nanosecond; `nil` when none was saved.
  public var meanSave: Duration? {
    saved > 0 ? .nanoseconds(saveTime.wholeNanoseconds / Int64(saved)) : nil
  }

  /// What was kept on average from the start of the log to `end`, rounded down to a byte; zero for no time at all.
  ///
  /// - Parameter end: not before the last snapshot that was saved or deleted.
  public func meanKept(until end: Duration) -> ByteCount {
    guard end > .zero else { return .zero }
    let sum = keptTime + Int128(kept.bytes) * Int128((end - settledAt).wholeNanoseconds)
    return ByteCount(Int64(clamping: sum / Int128(end.wholeNanoseconds)))
  }
}
