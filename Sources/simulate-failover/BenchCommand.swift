import ArgumentParser
import CommandSupport
import Compression
import Foundation
import LZ4Bench
import Scenarios

/// `bench`: what this hardware really gives on this data.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure compression on your files and say what it means for a failover.",
    discussion: """
      Files are pooled by what they hold. Rates are in MB/s (10⁶ bytes of content per second); every byte is \
      compared with the original after every measurement.

      Examples:
        simulate-failover bench my-models
        simulate-failover bench my-models --codec lz4:1,zstd:3 --filter none,bitshuffle --chunk 64KiB,4MiB --threads 1,2
        simulate-failover bench my-models --calibrate calibration.json
        simulate-failover bench --synthetic fp32 --claims
        simulate-failover bench my-models --pipeline --upload 150MB/s

      Exit codes: 0 fine, 1 it failed at run time, 64 usage or bad input.
      """)

  @Argument(help: "Files and folders to measure.", completion: .file())
  var paths: [String] = []

  @Option(
    help: "Codecs, separated by commas: lz4:N, lz4hc:N, zstd:N.",
    transform: list { try Codec(parsing: $0) })
  var codec: [Codec]?

  @Option(
    help:
      "Filters, separated by commas: none, shuffle, bitshuffle, with :1, :2, :4 or :8 for the element size.",
    transform: list { try BenchmarkPlan.FilterName($0) })
  var filter: [BenchmarkPlan.FilterName]?

  @Option(
    help: "Sizes compressed on their own, such as 64KiB,4MiB.", transform: list { try Quantity.bytes($0) })
  var chunk: [Int] = [4 << 20]

  @Option(help: "Numbers of threads, such as 1,2.", transform: list { try BenchmarkLimits.threads($0) })
  var threads: [Int] = [1]

  @Option(help: "Least time per measurement.", transform: { try Quantity.duration($0) })
  var time: Duration = .seconds(1)

  @Flag(help: "Measure whole frames as well, written and read as a stream with checksums.")
  var stream = false

  @Option(
    help: "Measure generated data as well: \(SyntheticData.allCases.map(\.rawValue).joined(separator: ",")).",
    transform: list { try BenchmarkLimits.synthetic($0) })
  var synthetic: [SyntheticData] = []

  @Option(help: "Size of each generated input.", transform: { try Quantity.bytes($0) })
  var size: Int = 64_000_000

  @Option(
    help:
      "The link's upload rate: for the estimates (default 150MB/s), and for --pipeline (default unlimited).",
    transform: { try Quantity.bytesPerSecond($0) })
  var upload: Int64?

  @Option(
    help: "The link's download rate, likewise (default 267MB/s).",
    transform: { try Quantity.bytesPerSecond($0) })
  var download: Int64?

  @Flag(
    help:
      "Save and restore one folder end to end: tar, filter, compress, upload and back, beside a shell's pipe."
  )
  var pipeline = false

  @Flag(help: "Answer the claims \"LZ4 decompresses at 4 GB/s\" and \"LZ4 + bitshuffle reduces 4x\".")
  var claims = false

  @Option(help: "Write what was measured as a calibration, for a scenario's snapshots.calibration.",
    completion: .file())
  var calibrate: String?

  @Option(help: "text, json, csv or markdown.")
  var format: ReportFormat = .text

  @Option(help: "Where the result goes; - is standard output.", completion: .file())
  var output = "-"

  @Flag(help: "No progress.")
  var quiet = false

  func validate() throws {
    if paths.isEmpty && synthetic.isEmpty {
      throw ValidationError("name a file or folder to measure, or --synthetic KIND")
    }
    if pipeline && (paths.count != 1 || claims || calibrate != nil || !synthetic.isEmpty) {
      throw ValidationError("--pipeline measures exactly one path and nothing else")
    }
    if pipeline && !FileManager.default.fileExists(atPath: paths[0]) {
      throw ValidationError("\(paths[0]): no such file or folder")
    }
  }

  func run() async throws {
    let progress = ProgressLine(isOn: !quiet)
    defer { progress.clear() }
    if pipeline { try await runPipeline(progress) } else { try runBenchmark(progress) }
  }

  private func runBenchmark(_ progress: ProgressLine) throws {
    var plan = BenchmarkPlan(chunkBytes: chunk, threads: threads, minimumTime: time)
    if let codec { plan.codecs = codec }
    plan.filters = filter
    plan.measuresStreams = stream
    let session = BenchmarkSession(
      paths: paths, synthetic: synthetic, syntheticBytes: Int64(size),
      plan: claims ? try Claims.plan(basedOn: plan) : plan,
      estimate: FailoverEstimate(uploadBytesPerSecond: upload, downloadBytesPerSecond: download))
    let outcome = try session.run(progress: progress.show)
    progress.clear()
    for problem in InputProblem.summary(outcome.report.problems) { say(problem) }
    guard !outcome.report.rows.isEmpty else {
      say("nothing could be measured")
      throw ExitCode(outcome.isBadInput ? 64 : 1)
    }
    if let calibrate {
      let calibration = try outcome.report.calibration(measuredAt: Date()).encoded()
      try Output.write(String(decoding: calibration, as: UTF8.self), to: calibrate)
      say("calibration written to \(calibrate)")
    }
    try Output.write(try outcome.rendered(as: format, claims: claims), to: output)
  }

  private func runPipeline(_ progress: ProgressLine) async throws {
    let pipeline = Pipeline(
      folder: paths[0], codecs: codec, filters: filter, threads: threads, uploadBytesPerSecond: upload,
      downloadBytesPerSecond: download)
    let report = try await pipeline.run(progress: progress.show)
    progress.clear()
    try Output.write(try report.rendered(as: format), to: output)
  }

  private func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("bench: \(text)\n".utf8))
  }
}

extension ReportFormat: ExpressibleByArgument {}

/// Reads values separated by commas.
private func list<Value>(
  _ parse: @escaping @Sendable (String) throws -> Value
) -> @Sendable (String) throws -> [Value] {
  { text in
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try parse(String($0)) }
  }
}
