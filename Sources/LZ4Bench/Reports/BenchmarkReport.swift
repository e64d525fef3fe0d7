import Compression
import Foundation

/// The result of a benchmark; its JSON form is the machine format of `bench`.
public struct BenchmarkReport: Hashable, Sendable, Codable {
  public var schemaVersion = 1
  public var machine: MachineDescription
  public var libraries: LibraryVersions
  public var rows: [BenchmarkRow]
  /// Files left out or cut short, with the reason.
  public var problems: [InputProblem]

  public init(
    machine: MachineDescription, libraries: LibraryVersions, rows: [BenchmarkRow],
    problems: [InputProblem]
  ) {
    self.machine = machine
    self.libraries = libraries
    self.rows = rows
    self.problems = problems
  }

  /// The report as JSON with sorted keys.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// What a scenario needs of it.
  public func calibration(measuredAt: Date) -> Calibration {
    let entries = rows.compactMap { row -> Calibration.Entry? in
      guard let method = row.method else { return nil }
      return Calibration.Entry(
        kind: row.kind, synthetic: row.synthetic, method: method, chunkBytes: row.chunkBytes,
        threads: row.threads, contentBytes: row.bytes, compressedBytes: row.compressedBytes,
        compressBytesPerSecond: wholeRate(row.compress.median),
        decompressBytesPerSecond: wholeRate(row.decompress.median),
        decompressFreshBytesPerSecond: wholeRate(row.decompressFresh))
    }
    return Calibration(
      measuredAt: measuredAt.ISO8601Format(), machine: machine, libraries: libraries, entries: entries)
  }

  /// MB/s as bytes per second; at least one, because a rate of nothing cannot be simulated.
  private func wholeRate(_ megabytes: Double) -> Int64 {
    Int64(max(1, min(megabytes * 1e6, 1e15).rounded()))
  }
}

/// One configuration on one input.
public struct BenchmarkRow: Hashable, Sendable, Codable {
  public var input: String
  public var kind: DataKind
  /// Whether the data was generated.
  public var synthetic: Bool
  /// The content's size.
  public var bytes: Int64
  public var compressedBytes: Int64
  public var codec: String
  public var filter: String
  public var chunkBytes: Int
  public var threads: Int
  /// Content over compressed size.
  public var ratio: Double
  public var compress: Rates
  /// Into memory that exists already.
  public var decompress: Rates
  /// Into memory the kernel has yet to provide: the median, in MB/s.
  public var decompressFresh: Double
  /// Whole frames with checksums, written and read as a stream; present where that was asked for.
  public var streamCompress: Rates?
  public var streamDecompress: Rates?
  /// The data did not shrink and comes back about as fast as a copy, so it was stored, not compressed.
  public var stored: Bool

  /// MB (10⁶ bytes) of content per second.
  public struct Rates: Hashable, Sendable, Codable {
    /// By the fastest pass, by the middle one, and per second of CPU time on all threads.
    public var fastest: Double
    public var median: Double
    public var cpu: Double
  }

  init(input: Input, bytes: Int64, configuration: Configuration, result: Benchmark.Result) {
    self.input = input.name
    kind = input.kind
    synthetic = input.isSynthetic
    self.bytes = bytes
    compressedBytes = result.compressedBytes
    codec = "\(configuration.method.codec)"
    filter = "\(configuration.method.filter)"
    chunkBytes = configuration.chunkBytes
    threads = configuration.threads
    ratio = rounded(Double(bytes) / Double(max(result.compressedBytes, 1)), 4)
    func rate(_ seconds: Double) -> Double { rounded(Double(bytes) / 1e6 / max(seconds, 1e-12), 1) }
    func rates(_ timing: Timing) -> Rates {
      Rates(fastest: rate(timing.fastest), median: rate(timing.median), cpu: rate(timing.cpu))
    }
    compress = rates(result.compress)
    decompress = rates(result.decompress)
    decompressFresh = rate(result.fresh.median)
    streamCompress = result.stream.map { rates($0.compress) }
    streamDecompress = result.stream.map { rates($0.decompress) }
    stored = false
  }

  /// The yardstick: neither compressed nor filtered.
  public var isPlainCopy: Bool { codec == "memcpy" && filter == "none" }

  /// Whether passes differed so much that the machine cannot have been left alone. A copy, which runs at the
  /// memory's pace, always varies and is not judged.
  public var isUnsteady: Bool {
    !stored && codec != "memcpy"
      && [compress, decompress].contains { $0.median < 0.8 * $0.fastest }
  }

  /// Codec and filter together, `nil` when a name is not known.
  public var method: Method? {
    guard let codec = try? Codec(parsing: codec), let filter = try? Filter(parsing: filter) else {
      return nil
    }
    return Method(codec: codec, filter: filter)
  }
}

/// Figures are given with as many digits as a repetition would confirm, and no more.
private func rounded(_ value: Double, _ digits: Int) -> Double {
  Double(Format.fixed(value, digits)) ?? value
}
