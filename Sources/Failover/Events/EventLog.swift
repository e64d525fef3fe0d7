import Synchronization

/// Everything that happened in a run, in order, and how often the routine succeeded.
///
/// Timeline, metrics, cost and fingerprint are all computed from what is in here.
public final class EventLog: Sendable {
  private struct Storage {
    var events: [Event] = []
    var counts = RoutineCounts()
    var lastSync: SyncPoint?
    var isSealed = false

    /// A copy that holds less than an earlier one changes nothing.
    mutating func advance(to point: SyncPoint) {
      if let lastSync, lastSync.started >= point.started { return }
      lastSync = point
    }
  }

  private let storage = Mutex(Storage())
  /// Whether every routine success is an event of its own.
  public let logsRoutine: Bool

  public init(logsRoutine: Bool = false) { self.logsRoutine = logsRoutine }

  /// Appends an event, unless the log is sealed.
  public func record(_ kind: EventKind, on lane: Lane, at time: Duration) {
    storage.withLock {
      guard !$0.isSealed else { return }
      $0.events.append(Event(time: time, lane: lane, kind: kind))
    }
  }

  /// Counts a check that passed, and logs it when the log keeps the routine.
  public func checkPassed(after duration: Duration, on lane: Lane, at time: Duration) {
    storage.withLock {
      guard !$0.isSealed else { return }
      $0.counts.checksPassed += 1
      guard logsRoutine else { return }
      $0.events.append(Event(time: time, lane: lane, kind: .checkPassed(after: duration)))
    }
  }

  /// Counts checks that passed and were not made one by one.
  public func checksPassed(_ count: Int) {
    storage.withLock { if !$0.isSealed { $0.counts.checksPassed += count } }
  }

  /// Counts passes of the sync that succeeded and were not made one by one.
  ///
  /// - Parameter last: when the last of them was.
  public func syncsCompleted(_ skipped: SkippedSyncs, last: SyncPoint) {
    storage.withLock {
      guard !$0.isSealed else { return }
      $0.counts.add(skipped)
      $0.advance(to: last)
    }
  }

  /// Counts a pass of the sync that succeeded, and logs it when the log keeps the routine.
  ///
  /// - Parameter started: when the pass began: what was written before is durable from now on.
  public func syncCompleted(_ report: SyncReport, started: Duration, on lane: Lane, at time: Duration) {
    storage.withLock {
      guard !$0.isSealed else { return }
      $0.counts.add(report)
      $0.advance(to: SyncPoint(started: started, completed: time))
      guard logsRoutine else { return }
      $0.events.append(Event(time: time, lane: lane, kind: .syncCompleted(report)))
    }
  }

  /// Counts a snapshot that was saved, and logs it when the log keeps the routine.
  public func snapshotSaved(_ record: SnapshotRecord, on lane: Lane, at time: Duration) {
    storage.withLock {
      guard !$0.isSealed else { return }
      $0.counts.snapshots.add(record.report, at: time)
      $0.advance(to: record.point)
      guard logsRoutine else { return }
      $0.events.append(Event(time: time, lane: lane, kind: .snapshotSaved(record.report)))
    }
  }

  /// Counts a snapshot that was deleted, and logs it when the log keeps the routine.
  public func snapshotDeleted(_ record: SnapshotRecord, on lane: Lane, at time: Duration) {
    storage.withLock {
      guard !$0.isSealed else { return }
      $0.counts.snapshots.remove(record.report, at: time)
      guard logsRoutine else { return }
      $0.events.append(Event(time: time, lane: lane, kind: .snapshotDeleted(record.id)))
    }
  }

  /// Notes that two copies have been found equal without a sync of the routine, as at the end of a failback.
  ///
  /// - Parameter point: one that is older than what is known to be durable already changes nothing.
  public func markDurable(_ point: SyncPoint) {
    storage.withLock {
      if !$0.isSealed { $0.advance(to: point) }
    }
  }

  /// Notes that the newest copy is gone: nothing is durable until the next one is made.
  public func forgetCopy() {
    storage.withLock {
      if !$0.isSealed { $0.lastSync = nil }
    }
  }

  /// Ends the log: what is recorded later (by tasks that are being cancelled) is not part of the run.
  public func seal() { storage.withLock { $0.isSealed = true } }

  public var events: [Event] { storage.withLock { $0.events } }
  public var counts: RoutineCounts { storage.withLock { $0.counts } }

  /// The newest moment at which some copy, the standby's or a snapshot, was known to hold everything, if any.
  public var lastSync: SyncPoint? { storage.withLock { $0.lastSync } }

  /// Over every event and count so far.
  public var fingerprint: Fingerprint {
    storage.withLock {
      var fingerprint = Fingerprint()
      for event in $0.events { fingerprint.add(event) }
      fingerprint.add($0.counts)
      return fingerprint
    }
  }
}

/// When the newest durable copy was taken.
public struct SyncPoint: Sendable, Hashable, Codable {
  /// Everything written before this instant is in the copy.
  public var started: Duration
  public var completed: Duration

  public init(started: Duration, completed: Duration) {
    self.started = started
    self.completed = completed
  }
}

/// How often the routine succeeded.
public struct RoutineCounts: Sendable, Hashable {
  public var checksPassed = 0
  public var syncsCompleted = 0
  public var bytesSynced = ByteCount.zero
  /// The sum, the shortest and the longest of all completed passes.
  public var syncTime = Duration.zero
  public var shortestSync: Duration?
  public var longestSync: Duration?
  public var snapshots = SnapshotCounts()

  public init() {}

  /// Those of two logs together.
  public static func + (a: RoutineCounts, b: RoutineCounts) -> RoutineCounts {
    var sum = a
    sum.checksPassed += b.checksPassed
    sum.syncsCompleted += b.syncsCompleted
    sum.bytesSynced += b.bytesSynced
    sum.syncTime += b.syncTime
    sum.shortestSync = [a.shortestSync, b.shortestSync].compactMap { $0 }.min()
    sum.longestSync = [a.longestSync, b.longestSync].compactMap { $0 }.max()
    return sum
  }

  mutating func add(_ skipped: SkippedSyncs) {
    syncsCompleted += skipped.count
    bytesSynced += skipped.bytesSent
    syncTime += skipped.time
    shortestSync = min(shortestSync ?? skipped.shortest, skipped.shortest)
    longestSync = max(longestSync ?? skipped.longest, skipped.longest)
  }

  mutating func add(_ report: SyncReport) {
    let time = report.duration
    add(SkippedSyncs(count: 1, bytesSent: report.bytesSent, time: time, shortest: time, longest: time, last: time))
  }
}
