import Failover

/// The object store, and the way a workspace takes into it and back: read, compress and upload; download, decompress
/// and write. All stages of a way work at the same time, chunk after chunk.
public struct SnapshotModel: Sendable, Hashable {
  /// The service's name, for reports.
  public var storage = "B2"
  /// What the service takes and gives at most, whatever the host's link. 150 and 267 MB/s are what the documents of the
  /// failover system state for B2.
  public var upload = DataRate.megabytesPerSecond(150)
  public var download = DataRate.megabytesPerSecond(267)
  /// What `tar` reads from and writes to the host's disk. Measured: an archive of 136 MB read in 0.23 s and written in
  /// 0.40 s (reports/compression-pipeline.md, LZ4, one thread).
  public var read = DataRate.megabytesPerSecond(590)
  public var write = DataRate.megabytesPerSecond(340)
  /// What is handed from stage to stage: 4 MiB, as the pipeline that was measured does.
  public var chunk = ByteCount.mebibytes(4)
  public var compression = CompressionProfile.none
  /// One question to the service, in seconds: to begin an upload or a download, to list, to delete. An assumption, that
  /// of the other interfaces.
  public var request = Distribution.uniform(low: 0.2, high: 0.5)
  /// The share of snapshots that turn out to be damaged when they are restored.
  public var damaged = Ratio.zero

  public init() {}

  /// How long saving takes, from the first byte that is read to the last that is sent.
  ///
  /// - Parameters:
  ///   - content: how much of the workspace is saved.
  ///   - link: what the host's link carries.
  /// - Returns: `nil` when it would never end.
  public func saving(_ content: ByteCount, over link: DataRate) -> PipelineTime? {
    let stored = compression.stored(for: content)
    guard let read = read.duration(for: content), let upload = min(upload, link).duration(for: stored) else {
      return nil
    }
    return PipelineTime(
      stages: [read, compression.compressing(content), upload], content: content, chunk: chunk)
  }

  /// How long each stage of a restore works, and how long all of them take together.
  ///
  /// - Parameters:
  ///   - content: what is written in the end.
  ///   - stored: what is fetched: the snapshot, and what it builds on.
  /// - Returns: `nil` when it would never end.
  public func restoring(
    _ content: ByteCount, from stored: ByteCount, over link: DataRate
  ) -> (download: Duration, decompress: Duration, unpack: Duration, whole: PipelineTime)? {
    guard let download = min(download, link).duration(for: stored), let unpack = write.duration(for: content)
    else { return nil }
    let decompress = compression.decompressing(content)
    let whole = PipelineTime(stages: [download, decompress, unpack], content: content, chunk: chunk)
    return (download, decompress, unpack, whole)
  }
}

/// What a row of stages takes that work at the same time: the slowest of them, and until it has its first chunk and the
/// last one is through, the others' time for one chunk.
///
/// Exact for chunks of equal size and stages that can wait for each other without limit; where the last chunk is a
/// shorter one, too long by less than what that chunk is short of, at all stages.
public struct PipelineTime: Sendable, Hashable {
  /// How long the slowest stage works.
  public let slowest: Duration
  /// What the others need for one chunk.
  public let fill: Duration

  public var total: Duration { fill + slowest }

  /// - Parameters:
  ///   - stages: how long each takes for everything.
  ///   - content: everything; what one chunk is a part of.
  public init(stages: [Duration], content: ByteCount, chunk: ByteCount) {
    let slowest = stages.indices.max { stages[$0] < stages[$1] }
    let first = min(chunk, content)
    var fill = Duration.zero
    for index in stages.indices where index != slowest && content > .zero {
      fill += stages[index].scaled(by: first.bytes, over: content.bytes)
    }
    self.slowest = slowest.map { stages[$0] } ?? .zero
    self.fill = fill
  }
}

/// What compressing one workspace gives and costs, over all of its files; a part of it is taken to be like the whole.
public struct CompressionProfile: Sendable, Hashable {
  /// The method, such as `lz4:1`.
  public var name: String
  /// The workspace for which the other figures hold; zero means that nothing is compressed.
  public var content: ByteCount
  public var stored: ByteCount
  public var compress: Duration
  public var decompress: Duration

  public init(
    name: String, content: ByteCount, stored: ByteCount, compress: Duration, decompress: Duration
  ) {
    self.name = name
    self.content = content
    self.stored = stored
    self.compress = compress
    self.decompress = decompress
  }

  /// Data is sent as it is.
  public static let none = CompressionProfile(
    name: "none", content: .zero, stored: .zero, compress: .zero, decompress: .zero)

  /// What so much of the workspace becomes, rounded up to a byte.
  public func stored(for amount: ByteCount) -> ByteCount {
    guard content > .zero, amount > .zero else { return amount }
    let product = Int128(amount.bytes) * Int128(stored.bytes)
    return ByteCount(Int64(clamping: (product + Int128(content.bytes) - 1) / Int128(content.bytes)))
  }

  public func compressing(_ amount: ByteCount) -> Duration { part(of: compress, for: amount) }
  public func decompressing(_ amount: ByteCount) -> Duration { part(of: decompress, for: amount) }

  private func part(of duration: Duration, for amount: ByteCount) -> Duration {
    content > .zero ? duration.scaled(by: amount.bytes, over: content.bytes) : .zero
  }
}

/// Starting a model on a machine that has just been filled, in seconds.
public struct InferenceModel: Sendable, Hashable {
  /// Until the server takes questions. An assumption.
  public var serverStart = Distribution.uniform(low: 1, high: 3)
  /// Loading the model. Measured in production for diffusion base models (Alibaba cluster trace 2026, n = 7531: p10
  /// 2.6, p25 3.1, p50 22.7, p75 36.9, p90 42.0, p99 51.8, longest 79.4 s); a language model of 0.5 billion parameters
  /// is smaller, one of 30 billion larger (34 s).
  public var load = Distribution.empirical([
    .init(probability: 0, value: 2.6), .init(probability: 0.1, value: 2.6), .init(probability: 0.25, value: 3.1),
    .init(probability: 0.5, value: 22.7), .init(probability: 0.75, value: 36.9), .init(probability: 0.9, value: 42),
    .init(probability: 0.99, value: 51.8), .init(probability: 1, value: 79.4),
  ])
  /// From loaded to the first answer. An assumption.
  public var answer = Distribution.uniform(low: 0.5, high: 2)
  /// The share of starts after which there is no answer.
  public var failures = Ratio.zero

  public init() {}
}
