import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The built program, run as a user runs it, watched while it runs and ended when a test says so.
final class DrillProgram: Sendable {
  struct Outcome: Sendable {
    /// The exit code; negative for the number of the signal that ended it.
    var status: Int32
    var output: String
    var errors: String
    var told: [String] { errors.split(separator: "\n").map(String.init) }
  }

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program lies beside the test bundle.
  static let path = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("simulate-failover-drill").path

  /// A variable in the environment of the program and all it starts, by which they are found.
  static let mark = "DRILL_TEST"

  let mark = UUID().uuidString
  private let folder: TemporaryFolder
  private let ending: Ending
  let identifier: Int32

  /// How a process has ended; `nil` while it runs.
  private final class Ending: Sendable {
    let status = Mutex<Int32?>(nil)
  }

  /// Starts it in the repository's root.
  ///
  /// - Parameter environment: beside this process's own, without any credentials of a person's.
  init(
    _ arguments: [String], environment: [String: String] = [:], program: String = DrillProgram.path
  ) throws {
    folder = try TemporaryFolder()
    for name in ["output", "errors"] { try folder.write("", to: name) }
    try FileManager.default.createDirectory(atPath: folder.file("temporary"), withIntermediateDirectories: false)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = Self.root
    var variables = ProcessInfo.processInfo.environment
    for name in ["VAST_API_KEY", "GCP_PROJECT_ID", "GCP_ZONE", "GOOGLE_APPLICATION_CREDENTIALS", "B2_ENDPOINT",
      "B2_BUCKET", "B2_KEY_ID", "B2_APPLICATION_KEY"] { variables[name] = nil }
    variables[Self.mark] = mark
    variables["TMPDIR"] = folder.file("temporary")
    process.environment = variables.merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody empties would stop the program.
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("errors"))
    process.standardInput = FileHandle.nullDevice
    let ending = Ending()
    process.terminationHandler = { process in
      let status = process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
      ending.status.withLock { $0 = status }
    }
    try process.run()
    self.ending = ending
    identifier = process.processIdentifier
  }

  deinit { if !hasEnded { kill(identifier, SIGKILL) } }

  /// What it, or what it has started, has left in the folder for temporary files that it has to itself.
  var temporaryFiles: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: folder.file("temporary"))) ?? [] }

  var errors: String { (try? String(contentsOfFile: folder.file("errors"), encoding: .utf8)) ?? "" }
  var hasEnded: Bool { ending.status.withLock { $0 } != nil }

  /// Waits until it has told lines that contain these texts, in this order.
  ///
  /// - Returns: whether it has; `false` when it has ended before.
  func waits(for texts: [String], whileTelling: (String) async throws -> Void = { _ in }) async throws -> Bool {
    var told = 0
    var missing = texts[...]
    while true {
      let isOver = hasEnded
      // A line that is being written has no end yet.
      let lines = errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
      for line in lines[told...] {
        try await whileTelling(line)
        if let next = missing.first, line.contains(next) { missing.removeFirst() }
        if missing.isEmpty, !texts.isEmpty { return true }
      }
      told = lines.count
      if isOver { return missing.isEmpty }
      try await Task.sleep(for: .milliseconds(3))
    }
  }

  func signal(_ number: Int32) { kill(identifier, number) }

  /// Waits for its end.
  func outcome() async throws -> Outcome {
    while true {
      if let status = ending.status.withLock({ $0 }) {
        return Outcome(
          status: status, output: try String(contentsOfFile: folder.file("output"), encoding: .utf8), errors: errors)
      }
      try await Task.sleep(for: .milliseconds(3))
    }
  }

  static func run(
    _ arguments: [String], environment: [String: String] = [:], program: String = DrillProgram.path
  ) async throws -> (Outcome, DrillProgram) {
    let started = try DrillProgram(arguments, environment: environment, program: program)
    return (try await started.outcome(), started)
  }

  /// The processes that are left of it and all it has started, each with its command line, after they have had a moment: an
  /// ssh whose machine falls silent believes in it for 12 s (three questions, 3 s apart), and nobody is there to end it when
  /// the program has been killed.
  func leftovers(within limit: Duration = .seconds(20)) async throws -> [String] {
    let end = ContinuousClock.now + limit
    while true {
      let left = running
      if left.isEmpty || ContinuousClock.now > end { return left }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private var running: [String] {
    let files = FileManager.default
    let wanted = Data("\(Self.mark)=\(mark)".utf8)
    return ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { name in
      guard Int32(name) != nil, let environment = files.contents(atPath: "/proc/\(name)/environ"),
        environment.range(of: wanted) != nil
      else { return nil }
      let line = files.contents(atPath: "/proc/\(name)/cmdline").map { String(decoding: $0, as: UTF8.self) } ?? ""
      return "\(name) " + line.replacing("\0", with: " ")
    }
  }
}

/// A folder that goes away with the last reference to it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/drill-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: file(name), atomically: false, encoding: .utf8)
    return file(name)
  }
}
