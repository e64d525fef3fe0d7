import Foundation
import Testing

@Suite struct SweepCommandTests {
  private static let short = ["sweep", "scenarios/cpu-standby.yaml", "--until", "1h", "--replications", "2"]

  @Test(arguments: [
    ([], 64),
    (["--vary", "healthCheck.interval"], 64),
    (["--vary", "healthCheck.intervall=5s"], 64),
    (["--vary", "healthCheck.interval=5s..9s"], 64),
    (["--vary", "healthCheck.interval=5s", "--constraint", "healthCheck.interval >"], 64),
    (["--vary", "healthCheck.interval=5s", "--constraint", "healthCheck.interval > 6s"], 64),
    (["--vary", "healthCheck.interval=5s", "--sample", "sobol"], 64),
    (["--vary", "healthCheck.interval=5s", "--cells", "5"], 64),
    (["--vary", "healthCheck.interval=5s", "--jobs", "0"], 64),
    (["--vary", "healthCheck.interval=5s", "--metric", "mttx"], 64),
    (["--vary", "healthCheck.interval=5s", "--until-precision", "mttd"], 64),
    (["--vary", "healthCheck.interval=5s", "--resume", "Package.swift"], 64),
    (["--vary", "healthCheck.interval=5s", "--resume", "/no/such/folder/record"], 1),
    (["--vary", "healthCheck.failureThreshold=0,1"], 1),
    (["--vary", "healthCheck.failureThreshold=1,2"], 0),
    (["--vary", "healthCheck.interval=5s..9s", "--sample", "random", "--cells", "2"], 0),
    (["--vary", "healthCheck.interval=2s..30s:n15", "--vary", "healthCheck.failureThreshold=1..5:1", "--dry-run"], 0),
  ] as [([String], Int32)])
  func `every ending has its exit code`(arguments: [String], status: Int32) throws {
    let outcome = try Command.run(Self.short + ["--quiet"] + arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty == (status == 0))
    #expect(!outcome.errors.contains("Fatal error"))
  }

  @Test func `a dry run lists the 75 cells of the example and says how long they would take`() throws {
    let outcome = try Command.run(
      Self.short + ["--vary", "healthCheck.interval=2s..30s:n15", "--vary", "healthCheck.failureThreshold=1..5:1", "--dry-run"])
    #expect(outcome.output.hasPrefix("cpu-standby: 75 cells of 2 replications"))
    #expect(outcome.output.split(separator: "\n").count == 77)
  }

  @Test func `what cannot be played is told at once and in the report, beside what can`() throws {
    let outcome = try Command.run(Self.short + ["--vary", "healthCheck.failureThreshold=0,2", "--quiet"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("cell 1: --vary healthCheck.failureThreshold=0: error: "))
    #expect(outcome.output.contains("Cells that could not be played"))
    #expect(outcome.output.contains("MTTR full"))
  }

  @Test(arguments: ["json", "csv"])
  func `machine formats are alone on standard output and the same for any number of jobs`(format: String) throws {
    let arguments = Self.short + ["--vary", "sync.route=relay,direct", "--format", format, "--quiet"]
    let (first, second) = (try Command.run(arguments + ["--jobs", "1"]), try Command.run(arguments + ["--jobs", "3"]))
    #expect(first.status == 0)
    #expect(first.output == second.output)
    #expect(!first.output.isEmpty)
  }

  @Test func `a sweep that is killed and resumed gives the bytes of an undisturbed one`() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "sweep", "scenarios/cpu-standby.yaml", "--until", "4h", "--replications", "2", "--vary",
      "healthCheck.interval=4s..24s:n11", "--format", "json", "--quiet", "--jobs", "2",
    ]
    let expected = try Command.run(arguments).output
    let record = folder.file("record")
    // Killed as soon as the record has grown, again and again, until it is whole.
    var kills = 0
    while kills < 2 {
      try Command.kill(arguments + ["--resume", record, "--output", folder.file("partial")]) {
        let lines = (try? String(contentsOfFile: record, encoding: .utf8))?.split(separator: "\n").count ?? 0
        return lines > (kills + 1) * 3
      }
      kills += 1
    }
    let resumed = try Command.run(arguments + ["--resume", record])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.output == expected)
    #expect(!FileManager.default.fileExists(atPath: folder.file("partial")))
  }

  @Test func `Ctrl-C keeps what is finished and says so`() throws {
    let folder = try TemporaryFolder()
    let (record, output) = (folder.file("record"), folder.file("output"))
    let status = try Command.kill(
      [
        "sweep", "scenarios/cpu-standby.yaml", "--until", "6h", "--replications", "2", "--vary",
        "healthCheck.interval=2s..40s:n191", "--format", "json", "--quiet", "--resume", record, "--output", output,
      ], with: SIGINT
    ) {
      ((try? String(contentsOfFile: record, encoding: .utf8))?.split(separator: "\n").count ?? 0) > 3
    }
    #expect(status == 1)
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: output)))
    let cells = try #require((document as? [String: Any])?["cells"] as? [Any])
    #expect(cells.count >= 3 && cells.count < 191)
    #expect((document as? [String: Any])?["complete"] as? Bool == false)
  }
}

extension Command {
  /// Runs the program and sends it a signal as soon as `isTime`, asked every few milliseconds, says so.
  ///
  /// - Returns: its exit code; of a program that was killed, the signal's number below zero.
  @discardableResult
  static func kill(_ arguments: [String], with signal: Int32 = SIGKILL, when isTime: () -> Bool) throws -> Int32 {
    let process = try start(arguments)
    while process.isRunning, !isTime() { usleep(2_000) }
    if process.isRunning { Foundation.kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
  }

  /// Starts the program in the repository's root, with what it says thrown away.
  static func start(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }
}
