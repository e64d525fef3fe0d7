import Failover
import SystemPackage

/// Measures a snapshot and its restore beside the stages they consist of, each alone, in one run.
///
/// The stages of the real thing work at the same time, so it should take hardly longer than the slowest one
/// alone. On a machine on which all of them share few processors they also wait for those; how long the processors
/// were at work is measured too, so that one can be told from the other.
public struct SnapshotBenchmark: Sendable {
  /// One of several measurements: the one whose duration is their median.
  public struct Row: Sendable, Hashable {
    public var name: String
    /// What moved, before compression.
    public var content: ByteCount
    public var duration: Duration
    public var processors: ProcessorTime
    /// The most memory this process has held meanwhile, in any of the measurements; `nil` where the kernel does not say.
    public var peakMemory: ByteCount?

    /// 10⁶ bytes per second.
    public var megabytesPerSecond: Double {
      Double(content.bytes) / 1e6 / max(duration.inSeconds, 1e-9)
    }

    /// The least time in which as much work can be done by `count` processors, all of them busy to the end; `nil` where
    /// the kernel does not say how much work it was.
    public func leastDuration(processors count: Int) -> Duration? { processors.machine.map { $0 / max(1, count) } }
  }

  /// A whole and its stages.
  public struct Part: Sendable, Hashable {
    public var stages: [Row]
    public var whole: Row

    /// The slowest stage's time over the time of the whole: 1 when it cannot be better.
    public var shareOfSlowest: Double {
      let slowest = stages.map(\.duration).max() ?? .zero
      return slowest.inSeconds / max(whole.duration.inSeconds, 1e-9)
    }
  }

  public struct Outcome: Sendable, Hashable {
    public var save: Part
    public var restore: Part
    public var stored: ByteCount

    /// The most memory this process has held during a snapshot or a restore.
    public var peakMemory: ByteCount? {
      guard let save = save.whole.peakMemory, let restore = restore.whole.peakMemory else { return nil }
      return max(save, restore)
    }
  }

  public var store: ObjectSnapshotStore
  public var host: HostAddress
  /// The workspace that is saved.
  public var path: String
  /// Where it is restored to; removed before each measurement, as on a new machine.
  public var target: String
  /// A directory on this machine, with room for the workspace twice.
  public var scratch: String
  /// At least 1.
  public var repetitions: Int

  public init(
    store: ObjectSnapshotStore, host: HostAddress, path: String, target: String, scratch: String,
    repetitions: Int = 3
  ) {
    self.store = store
    self.host = host
    self.path = path
    self.target = target
    self.scratch = scratch
    self.repetitions = max(1, repetitions)
  }

  static let limit = Duration.seconds(1800)

  public func run() async throws(PortError) -> Outcome {
    let names = try await self.names()
    let archive = scratch + "/archive"
    let packed = scratch + "/packed"
    // Once without measuring: files come into the page cache.
    let first = try await store.save(SnapshotRequest(source: host, path: path), timeout: Self.limit)
    let manifest = try await store.manifest(of: first.id)
    let content = ByteCount(manifest.contentBytes)
    try await write(archive) { sink throws(PortError) in
      try await read(names) { block throws(PortError) in try sink(block) }
    }
    try await write(packed) { sink throws(PortError) in
      try await fetch(manifest) { part throws(PortError) in try sink(part) }
    }

    let key = "\(store.keys.folder)-benchmark"
    let saved = Shared<SnapshotID?>(nil)
    let save = Part(
      stages: [
        try await row("tar and ssh", content) { () throws(PortError) in
          try await read(names) { _ throws(PortError) in }
        },
        try await row("compress", content) { () throws(PortError) in try await compress(archive) },
        try await row("upload", content) { () throws(PortError) in
          try await upload(packed, as: key)
        } after: { () throws(PortError) in
          try await store.client.delete(key, timeout: Self.limit)
        },
      ],
      whole: try await row("snapshot", content) { () throws(PortError) in
        let report = try await store.save(SnapshotRequest(source: host, path: path), timeout: Self.limit)
        saved.update { $0 = report.id }
      } after: { () throws(PortError) in
        if let id = saved.read() { try await store.delete(id, timeout: Self.limit) }
      })
    let restore = Part(
      stages: [
        try await row("download", content) { () throws(PortError) in
          try await fetch(manifest) { _ throws(PortError) in }
        },
        try await row("decompress", content) { () throws(PortError) in try await decompress(packed) },
        try await row("ssh and tar", content) { () throws(PortError) in
          try await unpack(archive)
        } before: { () throws(PortError) in
          try await runOnHost(["mkdir", "-p", "--", target])
        } after: { () throws(PortError) in
          try await runOnHost(RemoteArchive.discard(target))
        },
      ],
      whole: try await row("restore", content) { () throws(PortError) in
        _ = try await store.restore(first.id, to: host, path: target, timeout: Self.limit)
      } after: { () throws(PortError) in
        try await runOnHost(RemoteArchive.discard(target))
      })
    return Outcome(save: save, restore: restore, stored: first.stored)
  }

  /// - Parameters:
  ///   - before, after: what is not measured, for each measurement.
  private func row(
    _ name: String, _ content: ByteCount, _ body: () async throws(PortError) -> Void,
    before: () async throws(PortError) -> Void = { () throws(PortError) in },
    after: () async throws(PortError) -> Void = { () throws(PortError) in }
  ) async throws(PortError) -> Row {
    var rows: [Row] = []
    for _ in 0..<repetitions {
      try await before()
      ResidentMemory.resetPeak()
      let processors = ProcessorTime.now
      let start = ContinuousClock.now
      try await body()
      let duration = start.duration(to: .now)
      rows.append(
        Row(
          name: name, content: content, duration: duration, processors: .now - processors,
          peakMemory: ResidentMemory.peak.map { ByteCount($0) }))
      try await after()
    }
    rows.sort { $0.duration < $1.duration }
    var median = rows[rows.count / 2]
    median.peakMemory = rows.compactMap(\.peakMemory).max()
    return median
  }
}
