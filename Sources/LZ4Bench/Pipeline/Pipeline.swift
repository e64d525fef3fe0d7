import Compression
import Foundation
import Subprocess

/// Saves a folder the way a snapshot is saved, and restores it: `tar`, filter, compress, upload; download,
/// decompress, undo the filter, `tar`. Everything streams, so memory does not grow with the folder.
///
/// The storage is a file in the temporary folder, held to the link's rates.
public struct Pipeline: Sendable {
  public var folder: String
  public var methods: [Compression.Method]
  public var threads: [Int]
  public var uploadBytesPerSecond: Int64?
  public var downloadBytesPerSecond: Int64?

  public init(
    folder: String, methods: [Compression.Method], threads: [Int], uploadBytesPerSecond: Int64? = nil,
    downloadBytesPerSecond: Int64? = nil
  ) {
    self.folder = folder
    self.methods = methods
    self.threads = threads
    self.uploadBytesPerSecond = uploadBytesPerSecond
    self.downloadBytesPerSecond = downloadBytesPerSecond
  }

  /// Every codec with every filter, as the command line names them; without any, LZ4 and zstd at level 1 as
  /// they are. A tar stream mixes kinds, so a filter without an element size takes 4 bytes.
  public init(
    folder: String, codecs: [Codec]?, filters: [BenchmarkPlan.FilterName]?, threads: [Int],
    uploadBytesPerSecond: Int64?, downloadBytesPerSecond: Int64?
  ) {
    let codecs = (codecs ?? [.lz4(acceleration: 1), .zstd(level: 1)]).filter { $0 != .copy }
    let filters = filters?.map { $0.filter(for: .other) } ?? [.none]
    self.init(
      folder: folder,
      methods: filters.flatMap { filter in codecs.map { Compression.Method(codec: $0, filter: filter) } },
      threads: threads, uploadBytesPerSecond: uploadBytesPerSecond,
      downloadBytesPerSecond: downloadBytesPerSecond)
  }

  /// What is compressed on its own; with two per thread under way this is what bounds memory.
  static let segmentBytes = 4 << 20

  /// Runs every method on every number of threads, and beside each codec what a shell gives.
  public func run(progress: @escaping @Sendable (String) -> Void = { _ in }) async throws -> PipelineReport {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw BenchmarkError(description: "\(folder): no such file or folder")
    }
    var report = PipelineReport(
      machine: .current(), libraries: .loaded, bytes: 0, uploadBytesPerSecond: uploadBytesPerSecond,
      downloadBytesPerSecond: downloadBytesPerSecond, runs: [], peakMemoryBytes: 0)
    for method in methods {
      for threads in threads {
        progress("in process: \(method), \(threads) thread(s)")
        let (run, bytes) = try await inProcess(method, threads: threads)
        report.runs.append(run)
        report.bytes = bytes
      }
      if method.filter == .none, let command = ShellCommand(method.codec) {
        progress("shell: \(command.name)")
        report.runs.append(try await shell(command, method))
      }
    }
    report.peakMemoryBytes = peakMemory()
    return report
  }

  private func inProcess(
    _ method: Compression.Method, threads: Int
  ) async throws -> (PipelineReport.Run, Int64) {
    try await withTemporaryFolder { scratch in
      let stored = scratch + "/snapshot"
      let (save, bytes) = try await save(to: stored, method, threads: threads)
      let restore = try await restore(from: stored, into: scratch + "/restored", threads: threads)
      let storedBytes = try size(of: stored)
      try compare(with: scratch + "/restored")
      let run = PipelineReport.Run(
        program: "in process", method: "\(method)", threads: threads, storedBytes: storedBytes,
        save: save, restore: restore)
      return (run, bytes)
    }
  }

  // MARK: In process

  private func save(
    to path: String, _ method: Compression.Method, threads: Int
  ) async throws -> (PipelineReport.Direction, Int64) {
    let watch = StageWatch(["tar", "filter", "compress", "upload"])
    try Data().write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let (parent, name) = place
    let outcome = try await Subprocess.run(
      .name("tar"), arguments: ["-cf", "-", "-C", parent, "--", name], input: .none, output: .sequence,
      error: .string(limit: 4_096)
    ) { execution in
      var stream = execution.standardOutput.makeAsyncIterator()
      var pacer = Pacer(rate: uploadBytesPerSecond)
      var total: Int64 = 0
      var rest: [UInt8] = []
      try await mapInOrder(
        threads: threads,
        next: {
          let start = ContinuousClock.now
          while rest.count < Self.segmentBytes, let piece = try await stream.next() {
            rest.append(piece.bytes)
          }
          watch.add("tar", since: start)
          guard !rest.isEmpty else { return [UInt8]?.none }
          let segment = Array(rest.prefix(Self.segmentBytes))
          rest.removeFirst(segment.count)
          total += Int64(segment.count)
          return segment
        },
        transform: { content in
          let filtered = watch.time("filter") {
            method.filter == .none ? content : method.filter.applied(content.span.bytes)
          }
          return try watch.time("compress") { try Segment.compress(filtered.span.bytes, with: method) }
        },
        deliver: { segment in
          let start = ContinuousClock.now
          try file.write(contentsOf: Data(segment))
          try await pacer.move(segment.count)
          watch.add("upload", since: start)
        })
      return total
    }
    try check(outcome.terminationStatus, "tar", outcome.standardError)
    return (watch.direction(), outcome.closureResult)
  }

  private func restore(
    from path: String, into folder: String, threads: Int
  ) async throws -> PipelineReport.Direction {
    let watch = StageWatch(["download", "decompress", "undo filter", "tar"])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let outcome = try await Subprocess.run(
      .name("tar"), arguments: ["-xf", "-", "-C", folder], input: .inputWriter, output: .discarded,
      error: .string(limit: 4_096)
    ) { execution in
      var splitter = SegmentSplitter()
      var pacer = Pacer(rate: downloadBytesPerSecond)
      let writer = execution.standardInputWriter
      try await mapInOrder(
        threads: threads,
        next: {
          let start = ContinuousClock.now
          defer { watch.add("download", since: start) }
          while true {
            if let segment = try splitter.next() { return segment }
            guard let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty else { break }
            try await pacer.move(piece.count)
            splitter.append(Array(piece))
          }
          try splitter.finish()
          return ArraySlice<UInt8>?.none
        },
        transform: { segment in
          let (filter, content) = try watch.time("decompress") {
            try Segment.decompress(segment.span.bytes)
          }
          return watch.time("undo filter") {
            filter == .none ? content : filter.undone(content.span.bytes)
          }
        },
        deliver: { content in
          let start = ContinuousClock.now
          _ = try await writer.write(content)
          watch.add("tar", since: start)
        })
      try await writer.finish()
    }
    try check(outcome.terminationStatus, "tar", outcome.standardError)
    return watch.direction()
  }

  // MARK: Shell

  private func shell(
    _ command: ShellCommand, _ method: Compression.Method
  ) async throws -> PipelineReport.Run {
    try await withTemporaryFolder { scratch in
      let (parent, name) = place
      let (stored, restored) = (scratch + "/snapshot", scratch + "/restored")
      try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
      let save = try await time(
        "tar -cf - -C \"$1\" -- \"$2\" | \(command.compress) > \"$3\"", parent, name, stored)
      let restore = try await time("\(command.decompress) < \"$1\" | tar -xf - -C \"$2\"", stored, restored)
      let storedBytes = try size(of: stored)
      try compare(with: restored)
      return PipelineReport.Run(
        program: isLimited ? "tar | \(command.compress) (not rate-limited)" : "tar | \(command.compress)",
        method: "\(method)", threads: 1, storedBytes: storedBytes,
        save: save, restore: restore)
    }
  }

  /// Runs a line of shell; a line that fails anywhere shows in what it restored, which is compared.
  private func time(_ line: String, _ arguments: String...) async throws -> PipelineReport.Direction {
    let start = ContinuousClock.now
    let outcome = try await Subprocess.run(
      .name("sh"), arguments: Arguments(["-c", line, "sh"] + arguments), output: .discarded,
      error: .string(limit: 4_096))
    try check(outcome.terminationStatus, "sh -c '\(line)'", outcome.standardError)
    return PipelineReport.Direction(seconds: seconds(start.duration(to: .now)), stages: [])
  }

  // MARK: Helpers

  private var isLimited: Bool { uploadBytesPerSecond != nil || downloadBytesPerSecond != nil }

  /// The folder that holds the one to save, and its name within.
  private var place: (parent: String, name: String) {
    let url = URL(fileURLWithPath: folder).standardizedFileURL
    return (url.deletingLastPathComponent().path, url.lastPathComponent)
  }

  private func compare(with restored: String) throws {
    let (parent, name) = place
    guard FileManager.default.contentsEqual(atPath: parent + "/" + name, andPath: restored + "/" + name)
    else {
      throw BenchmarkError(description: "\(folder): what was restored is not what was saved")
    }
  }

  private func size(of path: String) throws -> Int64 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.size] as? NSNumber)?.int64Value ?? 0
  }

  private func check(_ status: TerminationStatus, _ program: String, _ words: String?) throws {
    guard !status.isSuccess else { return }
    let words = (words ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    throw BenchmarkError(description: "\(program) failed (\(status)): \(words)")
  }

  private func withTemporaryFolder<Result>(
    _ body: (String) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
  }
}
