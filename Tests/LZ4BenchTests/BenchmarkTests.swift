import Compression
import Foundation
import Testing

@testable import LZ4Bench

@Suite struct BenchmarkTests {
  static let quick = BenchmarkPlan(
    codecs: [.lz4(acceleration: 1), .zstd(level: 1)], chunkBytes: [4_096, 1 << 20], threads: [1, 2],
    minimumTime: .milliseconds(1))

  @Test func `sizes are those of the library, for every filter, chunk and number of threads`() throws {
    let folder = try TemporaryFolder()
    let content = weights(5_000)
    try folder.write(content, to: "model.safetensors")
    let outcome = try BenchmarkSession(paths: [folder.path], plan: Self.quick).run()
    let rows = outcome.report.rows
    // Per number of threads: the copy, and 3 filters x 2 codecs x 2 chunks.
    #expect(rows.count == 2 * (1 + 12))
    for row in rows {
      let method = try #require(row.method)
      let compressor = try BlockCompressor(method.codec)
      var expected = 0
      for start in stride(from: 0, to: content.count, by: row.chunkBytes) {
        let chunk = Array(content[start..<min(start + row.chunkBytes, content.count)])
        let filtered = method.filter.applied(chunk.span.bytes)
        var room = try PageBuffer(count: BlockCompressor.bound(for: chunk.count))
        var target = room.mutableBytes
        expected += try compressor.compress(filtered.span.bytes, into: &target)
      }
      #expect(row.compressedBytes == expected, "\(row.codec) \(row.filter)")
      #expect(row.bytes == content.count)
      #expect(row.compress.fastest >= row.compress.median && row.compress.median > 0)
      #expect(row.decompress.fastest >= row.decompress.median && row.decompressFresh > 0)
    }
  }

  @Test func `a filter before a plain copy is measured, the copy alone only once`() throws {
    let plan = BenchmarkPlan(codecs: [.copy], filters: [try .init("none"), try .init("shuffle")])
    #expect(
      plan.configurations(for: .weightsFP32).map(\.method) == [
        Method(codec: .copy), Method(codec: .copy, filter: .bytePlanes(.four)),
      ])
  }

  @Test func `an input longer than a segment is measured to its last byte`() throws {
    // 64 MiB and a bit of data that compresses to a known size: zeroes in chunks of 32 MiB.
    let folder = try TemporaryFolder()
    let path = try folder.write([], to: "zeroes.bin")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(InputReader.segmentBytes) + 5)
    try file.close()
    let plan = BenchmarkPlan(
      codecs: [.lz4(acceleration: 1)], chunkBytes: [32 << 20], minimumTime: .milliseconds(1))
    let report = try BenchmarkSession(paths: [path], plan: plan).run().report
    #expect(report.rows.map(\.bytes) == [67_108_869, 67_108_869])
    #expect(report.problems.isEmpty)
  }

  @Test func `output that was spoilt, or differs in one byte, is not accepted`() throws {
    let content = text(10_000)
    let worker = try ChunkWorker(
      content: content, chunks: [0..<5_000, 5_000..<10_000], method: Method(codec: .lz4(acceleration: 1)))
    try worker.compress()
    try worker.decompress()
    #expect(worker.isOutputRight())
    worker.spoilOutput()
    #expect(!worker.isOutputRight())
    try worker.forgetOutputPages()
    #expect(!worker.isOutputRight())
    try worker.decompress()
    #expect(worker.isOutputRight())
  }

  @Test func `streams are measured where asked for: unfiltered, on one thread`() throws {
    var plan = Self.quick
    plan.measuresStreams = true
    plan.filters = [try .init("none"), try .init("shuffle")]
    let report = try Benchmark(plan).run([.synthetic(.csv, byteCount: 100_000)])
    for row in report.rows {
      let isExpected = row.codec != "memcpy" && row.filter == "none" && row.threads == 1
      #expect((row.streamCompress != nil) == isExpected)
      #expect((row.streamDecompress?.median ?? 1) > 0)
    }
  }

  @Test func `one byte is a clear row`() throws {
    let folder = try TemporaryFolder()
    try folder.write([65], to: "one.txt")
    let outcome = try BenchmarkSession(paths: [folder.path], plan: Self.quick).run()
    #expect(outcome.report.rows.allSatisfy { $0.bytes == 1 })
    #expect(!outcome.report.rows.isEmpty)
    #expect(try outcome.rendered(as: .text, claims: false).contains("Too little data"))
  }

  @Test func `missing paths are bad input, an empty file is not`() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write([], to: "empty")
    #expect(try BenchmarkSession(paths: ["/nonexistent"]).run().isBadInput)
    let outcome = try BenchmarkSession(paths: [empty]).run()
    #expect(!outcome.isBadInput && outcome.report.rows.isEmpty)
  }

  @Test func `arrays of numbers get planes of their size, text none, a filter asked for is used`() throws {
    let plan = BenchmarkPlan()
    #expect(plan.filters(for: .weightsBF16) == [.none, .bytePlanes(.two), .bitPlanes(.two)])
    #expect(plan.filters(for: .source) == [.none])
    let asked = BenchmarkPlan(filters: [try .init("shuffle"), try .init("bitshuffle:8")])
    #expect(asked.filters(for: .weightsFP16) == [.bytePlanes(.two), .bitPlanes(.eight)])
    #expect(asked.filters(for: .text) == [.bytePlanes(.four), .bitPlanes(.eight)])
  }
}

@Suite struct StopwatchTests {
  @Test func `the middle of an even count lies between the middle two`() {
    #expect(median([1, 2, 10]) == 2)
    #expect(median([1, 2, 4, 10]) == 3)
    #expect(median([]).isNaN)
  }

  @Test func `a measurement repeats often enough and prepares every time`() {
    var (prepared, passes) = (0, 0)
    let repetition = Repetition(minimumTime: .zero, minimumPasses: 4)
    let timing = repetition.measure(isRepeatable: false, prepare: { prepared += 1 }) { passes += 1 }
    #expect((prepared, passes) == (4, 4))
    #expect(timing.fastest <= timing.median)
  }

  @Test func `short passes are timed several at a time`() {
    var (clockReadings, passes) = (0, 0)
    let repetition = Repetition(minimumTime: .milliseconds(5), minimumPasses: 3)
    _ = repetition.measure(prepare: { clockReadings += 1 }) { passes += 1 }
    #expect(passes > clockReadings)
  }
}

@Suite struct ReportTests {
  @Test func `the JSON has the fields the format promises`() throws {
    let json = try report([try row()]).json()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(Set(object.keys) == ["schemaVersion", "machine", "libraries", "rows", "problems"])
    #expect(Set((object["libraries"] as? [String: Any] ?? [:]).keys) == ["lz4", "zstd"])
    let row = try #require((object["rows"] as? [[String: Any]])?.first)
    #expect(
      Set(row.keys).isSuperset(of: [
        "input", "kind", "synthetic", "bytes", "codec", "filter", "chunkBytes", "threads", "ratio",
        "compress", "decompress", "decompressFresh", "stored",
      ]))
    #expect(Set((row["compress"] as? [String: Any] ?? [:]).keys) == ["fastest", "median", "cpu"])
  }

  @Test func `generated data is labelled in every format`() throws {
    let input = Input.synthetic(.random, byteCount: 50_000)
    let plan = BenchmarkPlan(codecs: [.lz4(acceleration: 1)], minimumTime: .milliseconds(1))
    let report = try Benchmark(plan).run([input])
    let outcome = BenchmarkSession.Outcome(report: report, estimate: FailoverEstimate(), isBadInput: false)
    for format in ReportFormat.allCases {
      #expect(try outcome.rendered(as: format, claims: false).contains("synthetic random"))
      #expect(try outcome.rendered(as: format, claims: true).contains("synthetic random"))
    }
    let areLabelled = report.calibration(measuredAt: .now).entries.allSatisfy { $0.synthetic }
    #expect(areLabelled)
  }

  @Test func `every line of the CSV has as many fields as its heading`() throws {
    var odd = try row()
    odd.input = "a \"b\", c"
    let csv = BenchmarkRenderer(report([try row(), odd])).csv()
    #expect(csv.contains("\"a \"\"b\"\", c\","))
    let lines = csv.replacing("\"a \"\"b\"\", c\"", with: "abc").split(separator: "\n")
    #expect(Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }) == [20])
  }

  @Test func `the table begins with the quickest way there and back`() throws {
    let rows = [
      try row(codec: "memcpy", ratio: 1, compress: 10_000, decompress: 10_000, fresh: 2_000),
      try row(codec: "zstd:3", ratio: 4, compress: 300, decompress: 1_000, fresh: 900),
      try row(codec: "lz4:1", ratio: 2),
    ]
    let text = BenchmarkRenderer(report(rows)).text()
    let order = ["zstd:3  ", "lz4:1   ", "memcpy  "].map { text.range(of: "\n" + $0)?.lowerBound }
    #expect(order.compactMap { $0 }.count == 3)
    #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted())
    #expect(text.contains("zstd:3 is quickest"))
  }

  @Test func `a row whose passes differ by a fifth is called unsteady`() throws {
    var unsteady = try row()
    #expect(!unsteady.isUnsteady)
    unsteady.compress.median = 0.79 * unsteady.compress.fastest
    #expect(unsteady.isUnsteady)
    #expect(BenchmarkRenderer(report([unsteady])).text().contains("unsteady"))
  }

  @Test func `an estimate is bound by the slower of codec and link`() throws {
    let estimate = FailoverEstimate(uploadBytesPerSecond: 100_000_000, downloadBytesPerSecond: 400_000_000)
    let fast = try row(ratio: 2, compress: 1_000, fresh: 2_000)
    #expect(abs(estimate.saveSeconds(fast) - 5) < 1e-9)  // 500 MB over 100 MB/s
    #expect(abs(estimate.restoreSeconds(fast) - 1.25) < 1e-9)  // 500 MB over 400 MB/s
    let slow = try row(ratio: 10, compress: 50, fresh: 200)
    #expect(abs(estimate.saveSeconds(slow) - 20) < 1e-9)  // 1000 MB at 50 MB/s
    #expect(abs(estimate.restoreSeconds(slow) - 5) < 1e-9)
  }

  @Test func `claims hold at their figure, not below, and never by storing`() throws {
    let verdicts = Claims.verdicts(
      report([
        try row(.text, decompress: 3_999), try row(.csv, decompress: 4_000),
        try row(.weightsFP32, ratio: 1, decompress: 9_000, stored: true),
        try row(.text, filter: "bitshuffle:4", ratio: 3.99), try row(.csv, filter: "bitshuffle:4", ratio: 4),
      ]))
    #expect(verdicts.map(\.holds) == [false, true, false, false, true])
    #expect(verdicts[2].figures.contains("did not shrink"))
  }

  @Test func `a calibration carries the measured figures and reads back`() throws {
    var measured = try row(.csv, codec: "zstd:1", compress: 412.5, decompress: 1_300, fresh: 800)
    measured.compressedBytes = 500_000
    let calibration = report([measured]).calibration(measuredAt: Date(timeIntervalSince1970: 0))
    let read = try Calibration(parsing: calibration.encoded(), name: "c.json")
    #expect(read == calibration)
    #expect(read.measuredAt == "1970-01-01T00:00:00Z")
    let entry = try #require(read.entry(for: .csv, method: Method(codec: .zstd(level: 1)), threads: 1))
    #expect(entry.compressBytesPerSecond == 412_500_000)
    #expect(entry.decompressFreshBytesPerSecond == 800_000_000)
    #expect(entry.compressedBytes(for: 4_000_000) == 1_000_000)
  }

  @Test(arguments: [
    (0.0, "0.0000"), (0.5, "0.50"), (12.345, "12.3"), (123.5, "124"), (.nan, "-"), (-1.5, "-1.5000"),
  ])
  func `numbers are given with about three digits`(value: Double, text: String) {
    #expect(Format.significant(value) == text)
  }
}

@Suite struct PipelineTests {
  @Test func `a folder comes back byte for byte, with and without a filter, beside the shell's way`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write(text(100_000), to: "a/notes.txt")
    try folder.write(weights(30_000), to: "model.safetensors")
    try folder.write([], to: "empty")
    let pipeline = Pipeline(
      folder: folder.path, codecs: [.lz4(acceleration: 1)],
      filters: [try .init("none"), try .init("shuffle")], threads: [1, 2], uploadBytesPerSecond: nil,
      downloadBytesPerSecond: nil)
    let report = try await pipeline.run()
    let shellRuns = ShellCommand(.lz4(acceleration: 1)) == nil ? 0 : 1
    #expect(report.runs.count == 4 + shellRuns)
    #expect(report.bytes > 220_000)
    #expect(report.runs.allSatisfy { $0.storedBytes > 0 && $0.storedBytes < report.bytes })
    #expect(report.runs[0].save.stages.map(\.name) == ["tar", "filter", "compress", "upload"])
    for format in ReportFormat.allCases { #expect(try report.rendered(as: format).contains("in process")) }
  }

  @Test func `a link of a given rate is never faster than that`() async throws {
    var pacer = Pacer(rate: 10_000_000)
    let start = ContinuousClock.now
    for _ in 0..<5 { try await pacer.move(100_000) }
    #expect(start.duration(to: .now) >= .milliseconds(50))
  }

  @Test func `a folder that is not there, and a tar that fails, say so`() async throws {
    let pipeline = Pipeline(folder: "/nonexistent/x", methods: [Method(codec: .zstd(level: 1))], threads: [1])
    await #expect { try await pipeline.run() } throws: { "\($0)" == "/nonexistent/x: no such file or folder" }
  }
}
