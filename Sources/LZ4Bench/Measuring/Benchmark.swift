import Compression

/// What to measure.
public struct BenchmarkPlan: Sendable {
  public var codecs: [Codec]
  /// `nil` leaves the choice to the kind of data: arrays of numbers in both kinds of planes and as they are,
  /// everything else as it is.
  public var filters: [FilterName]?
  /// Sizes compressed on their own, in bytes. Chunks longer than a segment (64 MiB) become segments.
  public var chunkBytes: [Int]
  public var threads: [Int]
  /// The least time spent on each measurement.
  public var minimumTime: Duration
  /// Whether whole frames are measured as well, written and read as a stream (unfiltered, on one thread).
  public var measuresStreams = false

  public init(
    codecs: [Codec] = [
      .lz4(acceleration: 1), .lz4HC(level: 9), .zstd(level: 1), .zstd(level: 3),
    ],
    filters: [FilterName]? = nil, chunkBytes: [Int] = [4 << 20], threads: [Int] = [1],
    minimumTime: Duration = .seconds(1)
  ) {
    self.codecs = codecs
    self.filters = filters
    self.chunkBytes = chunkBytes
    self.threads = threads
    self.minimumTime = minimumTime
  }

  /// A filter as the user writes it; without an element size, that of the data at hand, else 4.
  public struct FilterName: Hashable, Sendable {
    let text: String
    public init(_ text: String) throws(MethodNameError) {
      _ = try Filter(parsing: text)
      self.text = text
    }

    func filter(for kind: DataKind) -> Filter {
      (try? Filter(parsing: text, defaultSize: kind.elementSize ?? .four)) ?? .none
    }
  }

  /// The filters to try on a kind of data.
  func filters(for kind: DataKind) -> [Filter] {
    if let filters {
      var seen: Set<Filter> = []
      return filters.map { $0.filter(for: kind) }.filter { seen.insert($0).inserted }
    }
    guard let size = kind.elementSize else { return [.none] }
    return [.none, .bytePlanes(size), .bitPlanes(size)]
  }

  /// Everything to measure on a kind of data; the plain copy first, because it is the yardstick of the rest.
  func configurations(for kind: DataKind) -> [Configuration] {
    threads.flatMap { threads in
      let copy = Configuration(
        method: Method(codec: .copy), chunkBytes: chunkBytes.max() ?? 4 << 20, threads: threads)
      return [copy]
        + chunkBytes.flatMap { chunk in
          filters(for: kind).flatMap { filter in
            // A filter before a plain copy tells what the filter itself costs.
            codecs.filter { $0 != .copy || filter != .none }.map {
              Configuration(
                method: Method(codec: $0, filter: filter), chunkBytes: chunk, threads: threads)
            }
          }
        }
    }
  }
}

/// One way to compress.
struct Configuration: Hashable, Sendable {
  var method: Method
  var chunkBytes: Int
  var threads: Int
}

/// Measures inputs. Nothing is ever measured but what was verified: after the last pass of every measurement
/// the output is compared with the content, all of it, byte by byte.
public struct Benchmark: Sendable {
  public var plan: BenchmarkPlan
  /// Called with a word on what is measured next.
  public var progress: @Sendable (String) -> Void

  public init(_ plan: BenchmarkPlan, progress: @escaping @Sendable (String) -> Void = { _ in }) {
    self.plan = plan
    self.progress = progress
  }

  /// Measures `inputs`, each byte of each of them, and notes the files that could not be read.
  public func run(_ inputs: [Input], problems: [InputProblem] = []) throws -> BenchmarkReport {
    var report = BenchmarkReport(
      machine: .current(), libraries: .loaded, rows: [], problems: problems)
    for input in inputs {
      let (rows, problems) = try measure(input)
      report.rows += rows
      report.problems += problems
    }
    return report
  }

  private func measure(_ input: Input) throws -> ([BenchmarkRow], [InputProblem]) {
    let configurations = plan.configurations(for: input.kind)
    var results = Array(repeating: Result(), count: configurations.count)
    var reader = InputReader(input)
    var measured: Int64 = 0
    while true {
      let segment = reader.next()
      if segment.isEmpty { break }
      measured += Int64(segment.count)
      for (index, configuration) in configurations.enumerated() {
        progress(
          "\(input.name): \(configuration.method), \(configuration.threads) thread(s), "
            + "\(Format.bytes(measured)) of \(Format.bytes(input.byteCount))")
        let share = Double(segment.count) / Double(max(input.byteCount, 1))
        try results[index].add(
          segment, configuration, repetition(share), measuresStreams: plan.measuresStreams)
      }
    }
    guard measured > 0 else { return ([], reader.problems) }
    var rows = zip(configurations, results).map {
      BenchmarkRow(input: input, bytes: measured, configuration: $0, result: $1)
    }
    markStored(&rows)
    return (rows, reader.problems)
  }

  /// A segment gets its share of the time. Three passes at least, unless the input is so large that one over
  /// every segment already averages over many.
  private func repetition(_ share: Double) -> Repetition {
    Repetition(
      minimumTime: .nanoseconds(Int64(seconds(plan.minimumTime) * share * 1e9)),
      minimumPasses: share > 0.2 ? 3 : 1)
  }

  /// Data that did not shrink and comes back nearly as fast as a copy was stored as it is; calling that a
  /// decompression rate would be wrong.
  private func markStored(_ rows: inout [BenchmarkRow]) {
    for index in rows.indices {
      let copy = rows.first { $0.isPlainCopy && $0.threads == rows[index].threads }
      guard let copy, rows[index].codec != "memcpy" else { continue }
      rows[index].stored =
        rows[index].ratio <= 1.01 && rows[index].decompress.median >= copy.decompress.median / 2
    }
  }

  /// The timings of one configuration, added up over the segments.
  struct Result {
    var compressedBytes: Int64 = 0
    var compress = Timing()
    var decompress = Timing()
    var fresh = Timing()
    /// Writing and reading as a stream, where that was measured.
    var stream: (compress: Timing, decompress: Timing)?

    mutating func add(
      _ segment: [UInt8], _ configuration: Configuration, _ repetition: Repetition,
      measuresStreams: Bool
    ) throws {
      if measuresStreams, configuration.threads == 1, configuration.method.filter == .none {
        try addStream(segment, configuration.method.codec, repetition)
      }
      let team = try WorkerTeam(
        content: segment, chunkBytes: configuration.chunkBytes, threads: configuration.threads,
        method: configuration.method)
      func verify(_ what: String) throws {
        guard team.isOutputRight() else {
          throw BenchmarkError(
            description: "\(configuration.method): the \(what) output is not what was compressed")
        }
      }
      compress = compress + (try repetition.measure { try team.compress() })
      compressedBytes += Int64(team.compressedBytes)
      team.spoilOutput()
      decompress = decompress + (try repetition.measure { try team.decompress() })
      try verify("warm")
      let once = Repetition(
        minimumTime: repetition.minimumTime / 2, minimumPasses: repetition.minimumPasses)
      fresh =
        fresh
        + (try once.measure(isRepeatable: false, prepare: { try team.forgetOutputPages() }) {
          try team.decompress()
        })
      try verify("fresh")
    }

    private mutating func addStream(
      _ segment: [UInt8], _ codec: Codec, _ repetition: Repetition
    ) throws {
      guard let format = codec.format else { return }
      var worker = try StreamWorker(segment, codec, format)
      let before = stream ?? (Timing(), Timing())
      let compress = try repetition.measure { try worker.compress() }
      let decompress = try repetition.measure { try worker.decompress() }
      stream = (before.compress + compress, before.decompress + decompress)
      guard worker.isOutputRight() else {
        throw BenchmarkError(description: "\(codec): the stream's output is not what was compressed")
      }
    }
  }
}
