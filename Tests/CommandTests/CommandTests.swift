import Foundation
import Testing

@Suite struct CommandTests {
  @Test(arguments: [
    (["run", "scenarios/report-18.63.yaml"], 0),
    (["run", "scenarios/warm-pool/incident.yaml", "--until", "1h"], 0),
    (["validate", "scenarios/report-18.63.yaml", "scenarios/cpu-standby.yaml"], 0),
    (["list"], 0),
    (["--help"], 0),
    (["run", "--help"], 0),
    (["--version"], 0),
    ([], 0),
    (["run"], 64),
    (["run", "no-such-file.yaml"], 64),
    (["run", "scenarios"], 64),
    (["run", "/dev/zero"], 64),
    (["run", "Package.swift"], 64),
    (["run", "scenarios/report-18.63.yaml", "--format", "yaml"], 64),
    (["run", "scenarios/report-18.63.yaml", "--seed", "-1"], 64),
    (["run", "scenarios/report-18.63.yaml", "--set", "clock.overshot=1ms"], 64),
    (["run", "scenarios/report-18.63.yaml", "--set", "clock.overshoot"], 64),
    (["run", "scenarios/cpu-standby.yaml", "--until", "soon"], 64),
    (["run", "scenarios/cpu-standby.yaml", "--until", "0s"], 64),
    (["run", "scenarios/report-18.63.yaml", "--until", "1d"], 64),
    (["run", "scenarios/trace-replay.yaml"], 64),
    (["run", "scenarios/trace-replay.yaml", "--trace", "no-such-trace.csv"], 64),
    (["run", "scenarios/trace-replay.yaml", "--trace", "Package.swift"], 64),
    (["run", "scenarios/report-18.63.yaml", "--output", "/dev/full"], 1),
    (["run", "scenarios/report-18.63.yaml", "--output", "/no/such/folder/out.txt"], 1),
    (["run", "scenarios/report-18.63.yaml", "--output", "scenarios"], 1),
    (["list", "no-such-folder"], 64),
    (["no-such-command"], 64),
  ] as [([String], Int32)])
  func `every ending has its exit code, and a failure says something on standard error only`(
    arguments: [String], status: Int32
  ) throws {
    let outcome = try Command.run(arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty == (status == 0))
    #expect(outcome.output.isEmpty == (status != 0))
    #expect(!outcome.errors.contains("Fatal error"))
  }

  @Test func `the drill's text ends with what the report claims of production`() throws {
    let outcome = try Command.run("run", "scenarios/report-18.63.yaml")
    #expect(outcome.output.contains("total (active time)"))
    #expect(outcome.output.contains("54 of 54 figures equal"))
    #expect(outcome.output.contains("In production"))
    #expect(!outcome.output.contains("DIFFERS"))
  }

  @Test func `without overshoot the total reads 18.60`() throws {
    let outcome = try Command.run("run", "scenarios/report-18.63.yaml", "--set", "clock.overshoot=0ms")
    #expect(outcome.output.contains("18.60 s  DIFFERS"))
  }

  @Test func `the environment's settings of a warm pool are used and told, a bad one is refused by its name`() throws {
    let run = ["run", "scenarios/warm-pool/incident.yaml", "--until", "1h"]
    let used = try Command.run(run, environment: ["WARM_POOL_MIN_GPUS": "3"])
    #expect(used.status == 0)
    #expect(used.errors == "WARM_POOL_MIN_GPUS=3 from the environment, for warmPool.minimumGPUs\n")
    let quiet = try Command.run(run + ["--quiet"], environment: ["WARM_POOL_MIN_GPUS": "3"])
    #expect(quiet.errors.isEmpty)
    let refused = try Command.run(run, environment: ["WARM_POOL_MIN_GPUS": "1"])
    #expect(refused.status == 64)
    #expect(refused.errors.hasPrefix("WARM_POOL_MIN_GPUS=1: error: warmPool.minimumGPUs: must be between 2 and 64"))
  }

  @Test func `all mistakes of a file are named at once, with line and column`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      schemaVersion: 1
      name: broken
      summary: everything is wrong
      duration: 30d
      healthCheck:
        intervall: 10s
        timeout: 5
        failureThreshold: 0
      sync: {interval: -30s, route: direkt}
      network: {link: 10MB}
      """, to: "broken.yaml")
    let outcome = try Command.run("validate", path)
    #expect(outcome.status == 64)
    let lines = outcome.errors.split(separator: "\n").map { $0.replacing(path, with: "broken.yaml") }
    #expect(
      lines == [
        "broken.yaml:6:3: error: unknown key 'intervall'; did you mean 'interval'? Known here: failureThreshold, "
          + "initialDelay, interval, intervalJitter, methods, require, successThreshold, timeout",
        "broken.yaml:7:12: error: healthCheck.timeout: '5' has no unit; write 5s, 5ms or 5min",
        "broken.yaml:8:21: error: healthCheck.failureThreshold: must be at least 1, found 0",
        "broken.yaml:9:18: error: sync.interval: must be greater than 0s, found -30s",
        "broken.yaml:9:31: error: sync.route: unknown value 'direkt'; did you mean 'direct'? Known: direct, relay",
        "broken.yaml:10:17: error: network.link: 'MB' is a unit of size; expected a rate such as 150MB/s or 100Mbit/s",
      ])
  }

  @Test(arguments: ["", "\u{0}\u{1}\u{2}binary", "just text", "- a\n- list", "name: x\nname: y", "a: [1, 2"])
  func `a file that is no scenario gives a message and not a crash`(text: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try Command.run("run", try folder.write(text, to: "odd.yaml"))
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("odd.yaml"))
  }

  @Test func `a file of 100 MB is refused by its size`() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "large.yaml")
    let handle = try #require(FileHandle(forWritingAtPath: folder.file("large.yaml")))
    try handle.truncate(atOffset: 100_000_000)
    let outcome = try Command.run("run", folder.file("large.yaml"))
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasSuffix("the file is larger than 1MiB, the most that is read\n"))
  }

  @Test func `an existing file stays whole when the new result cannot be written`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("what was here before", to: "result.txt")
    let refused = try Command.run("run", "scenarios/cpu-standby.yaml", "--set", "a=1", "--output", path)
    #expect(refused.status == 64)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "what was here before")
    let written = try Command.run("run", "scenarios/report-18.63.yaml", "--output", path)
    #expect(written.status == 0)
    #expect(written.output.isEmpty)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("report-18.63"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["result.txt"])
  }

  @Test func `colours appear only when asked for`() throws {
    let plain = try Command.run("run", "scenarios/report-18.63.yaml")
    #expect(!plain.output.contains("\u{1B}["))
    let forced = try Command.run("run", "scenarios/report-18.63.yaml", "--color", "always")
    #expect(forced.output.contains("\u{1B}["))
    let never = try Command.run("run", "scenarios/report-18.63.yaml", "--color", "never", environment: ["NO_COLOR": ""])
    #expect(never.output == plain.output)
  }

  @Test(arguments: ["json", "csv", "trace"])
  func `machine formats are alone on standard output and the same for the same seed`(format: String) throws {
    let arguments = ["run", "scenarios/cpu-standby.yaml", "--until", "3d", "--seed", "2", "--format", format]
    let (first, second) = (try Command.run(arguments), try Command.run(arguments))
    #expect(first.errors.isEmpty)
    #expect(!first.output.isEmpty)
    #expect(first.output == second.output)
    if format != "csv" { _ = try JSONSerialization.jsonObject(with: Data(first.output.utf8)) }
  }
}

/// The real interruptions of a public trace, where the folder beside the repository holds them.
enum PublicTrace {
  static let p3 = Command.root.appendingPathComponent("../shared/traces/bamboo/p3-trace.csv").standardizedFileURL
  static var isThere: Bool { FileManager.default.fileExists(atPath: p3.path) }
}

@Suite(.enabled(if: PublicTrace.isThere, "skipped: the folder shared/traces is not there"))
struct TraceReplayTests {

  /// Counted from the end of the file backwards: a seat's last node is one that is never removed, or the last removed.
  private func interruptionsOfFirstSeat() throws -> Int {
    let lines = try String(contentsOf: PublicTrace.p3, encoding: .utf8)
      .split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
    var taken = 0
    var node = lines[0][2]
    var position = 0
    while let removal = lines[position...].firstIndex(where: { $0[1] == "remove" && $0[2] == node }) {
      taken += 1
      guard let next = lines[removal...].firstIndex(where: { $0[1] == "add" }) else { break }
      node = lines[next][2]
      position = next
    }
    return taken
  }

  @Test func `every interruption of the followed seat is played`() throws {
    let outcome = try Command.run(
      "run", "scenarios/trace-replay.yaml", "--trace", PublicTrace.p3.path, "--format", "json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let events = try #require(report["events"] as? [[String: Any]])
    let played = events.count { $0["kind"] as? String == "capacityLost" }
    let expected = try interruptionsOfFirstSeat()
    #expect(played == expected)
    #expect(expected > 1)
    #expect((report["violations"] as? [Any])?.isEmpty == true)
  }

  @Test func `played again and again a trace of hours fills a month`() throws {
    let outcome = try Command.run(
      "run", "scenarios/trace-replay.yaml", "--trace", PublicTrace.p3.path, "--set", "interruptions.repeat=true")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("trace-replay  30 d 0 h"))
  }
}

@Suite struct CalibrationCommandTests {
  @Test func `what bench measures is what a scenario reckons with`() throws {
    let folder = try TemporaryFolder()
    let calibration = folder.file("here.json")
    let bench = try Command.run(
      "bench", "--synthetic", "fp32", "--size", "1MB", "--codec", "lz4:1,zstd:1", "--filter", "none", "--time", "1ms",
      "--calibrate", calibration)
    #expect(bench.status == 0, "\(bench.errors)")
    let run = try Command.run(
      "run", "scenarios/snapshots/example-70s.yaml", "--set", "snapshots.calibration=\(calibration)", "--set",
      "snapshots.method=zstd:1", "--set", "expect=[]")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("(zstd:1)"))
    let refused = try Command.run(
      "run", "scenarios/snapshots/example-70s.yaml", "--set", "snapshots.calibration=\(calibration)", "--set",
      "snapshots.method=zstd:9")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("zstd:9 has not been measured on weights-fp32; measured: lz4:1, zstd:1"))
  }
}
