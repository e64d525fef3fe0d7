import Foundation
import Testing

/// A scenario, its baseline, and what becomes of the two.
private final class CheckedScenario {
  let folder = try? TemporaryFolder()
  let path: String
  let baseline: String

  /// One GPU lost in three hours; the standby serves. The file says nothing of the threshold, so that the default counts.
  init(seeds: Int = 12) throws {
    let folder = try #require(folder)
    path = try folder.write(try Self.text(), to: "scenario.yaml")
    baseline = folder.file("baseline.json")
    if seeds == 12 {
      try folder.write(try Self.twelveSeeds.get(), to: "baseline.json")
    } else {
      try Self.make(baseline, of: path, seeds: seeds)
    }
  }

  private static func text() throws -> String {
    let original = Command.root.appendingPathComponent("scenarios/cpu-standby/failover-only.yaml")
    return try String(contentsOf: original, encoding: .utf8)
      .replacing("schemaVersion: 1\n", with: "schemaVersion: 1\n# threshold\n")
  }

  private static func make(_ baseline: String, of scenario: String, seeds: Int) throws {
    let made = try Command.run("baseline", "update", baseline, "--scenario", scenario, "--seeds", "\(seeds)")
    try #require(made.status == 0, "\(made.errors)")
  }

  /// Made once: a baseline names its scenario from its own folder, so that both can be copied elsewhere.
  private static let twelveSeeds = Result {
    let folder = try TemporaryFolder()
    let scenario = try folder.write(try text(), to: "scenario.yaml")
    try make(folder.file("baseline.json"), of: scenario, seeds: 12)
    return try String(contentsOfFile: folder.file("baseline.json"), encoding: .utf8)
  }

  func edit(_ old: String, _ new: String, in file: String? = nil) throws {
    let file = file ?? path
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try #require(text.contains(old))
    try text.replacing(old, with: new).write(toFile: file, atomically: false, encoding: .utf8)
  }

  func threshold(_ number: Int) throws { try edit("# threshold", "healthCheck: {failureThreshold: \(number)}") }
}

/// What happens to a scenario or its baseline between making the baseline and checking.
enum Change: String, CaseIterable {
  case none, comment, threshold4, threshold2, network, name, deleted, modelVersion, format, damaged, scenarioGone
  case scenarioBroken
}

/// The script of the GitHub action, run as a step runs it.
@Suite struct CheckActionTests {
  private func run(_ environment: [String: String]) throws -> (status: Int32, page: String, output: String) {
    let folder = try TemporaryFolder()
    for name in ["page", "output", "log"] { try folder.write("", to: name) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [".github/actions/check/check.sh"]
    process.currentDirectoryURL = Command.root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.merging([
      "PROGRAM": Command.program.path, "GITHUB_STEP_SUMMARY": folder.file("page"),
      "GITHUB_OUTPUT": folder.file("output"),
    ]) { $1 }
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("log"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("log"))
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, try String(contentsOfFile: folder.file("page"), encoding: .utf8),
      try String(contentsOfFile: folder.file("output"), encoding: .utf8)
    )
  }

  @Test func `the page of the step has the verdict first, and the step ends as the check did`() throws {
    let checked = try CheckedScenario()
    let fine = try run(["BASELINES": checked.baseline])
    #expect(fine.status == 0)
    #expect(fine.page.hasPrefix("## Failover check: 1 fine\n"))
    #expect(fine.output == "status=0\n")
    try checked.threshold(4)
    let worse = try run(["BASELINES": checked.baseline.replacing("baseline.json", with: "*.json"), "STRICT": "true"])
    #expect(worse.status == 2)
    #expect(worse.page.hasPrefix("## Failover check: 1 regressed\n"))
    #expect(worse.output == "status=2\n")
    let allowed = try run(["BASELINES": checked.baseline, "LIMITS": "mttd<1min\n\nmttd<1s\n"])
    #expect(allowed.status == 2)
    #expect(allowed.page.contains("limit mttd.mean &lt; 1s"))
  }

  @Test func `a pattern without a file and a bad option are never silently passed`() throws {
    let missing = try run(["BASELINES": "no-such-folder/*.json"])
    #expect(missing.status == 5)
    #expect(missing.page.contains("not comparable"))
    let bad = try run(["LIMITS": "$(touch /tmp/never)"])
    #expect(bad.status == 64)
    #expect(bad.page.hasPrefix("## Failover check: not made\n"))
    #expect(bad.output == "status=64\n")
  }
}

@Suite struct CheckCommandTests {
  @Test(arguments: [
    (.none, [], 0, ["no change"]),
    (.none, ["--strict"], 0, ["no change"]),
    (.comment, [], 0, ["no change"]),
    (.threshold4, [], 2, [
      "mttd.mean", "where: detection +", "everything else unchanged", "healthCheck.failureThreshold: 3 → 4",
    ]),
    (.threshold4, ["--strict"], 2, ["where: detection +"]),
    (.threshold4, ["--tolerance", "mttd=1ms"], 2, ["mttd.mean"]),
    (.threshold2, [], 0, ["improved", "simulate-failover baseline update "]),
    (.threshold2, ["--strict"], 4, ["improved", "simulate-failover baseline update "]),
    (.none, ["--limit", "mttd<1s"], 2, ["limit broken: mttd.mean < 1s"]),
    (.none, ["--limit", "mttd<1min", "--limit", "availability.serving>99%"], 0, ["no change"]),
    (.threshold2, ["--limit", "mttd<1s", "--strict"], 2, ["limit broken"]),
    (.none, ["--set", "healthCheck.failureThreshold=4"], 2, ["where: detection +"]),
    (.none, ["--set", "network.rsync=5MB/s"], 5, ["(network)"]),
    (.network, [], 5, ["the world is another one (network)"]),
    (.name, [], 5, ["baseline of another scenario, 'failover-only'"]),
    (.deleted, [], 5, ["there is no such baseline", "baseline update"]),
    (.modelVersion, [], 5, ["version 99991 of the simulated world"]),
    (.format, [], 5, ["its format has version 99991"]),
    (.damaged, [], 64, []),
    (.scenarioGone, [], 64, []),
    (.scenarioBroken, [], 64, []),
    (.none, ["--limit", "mttd<5"], 64, []),
    (.none, ["--limit", "mttx<5s"], 64, []),
    (.none, ["--tolerance", "mttd=x"], 64, []),
    (.none, ["--format", "yaml"], 64, []),
    (.none, ["--jobs", "0"], 64, []),
    (.none, ["--set", "healthCheck.failureThreshold=0"], 64, []),
    (.none, ["--output", "/no/such/folder/out.txt"], 1, []),
  ] as [(Change, [String], Int32, [String])])
  func `every ending of a check has its exit code and says why`(
    change: Change, options: [String], status: Int32, said: [String]
  ) throws {
    let checked = try CheckedScenario()
    switch change {
    case .none: break
    case .comment: try checked.edit("# threshold", "# another comment")
    case .threshold4: try checked.threshold(4)
    case .threshold2: try checked.threshold(2)
    case .network: try checked.edit("# threshold", "network: {rsync: 5MB/s}")
    case .name: try checked.edit("name: failover-only", "name: another")
    case .deleted: try FileManager.default.removeItem(atPath: checked.baseline)
    case .modelVersion: try checked.edit("\"modelVersion\": ", "\"modelVersion\": 9999", in: checked.baseline)
    case .format: try checked.edit("\"schemaVersion\": ", "\"schemaVersion\": 9999", in: checked.baseline)
    case .damaged: try checked.edit("\"seeds\"", "\"sedes\"", in: checked.baseline)
    case .scenarioGone: try FileManager.default.removeItem(atPath: checked.path)
    case .scenarioBroken: try checked.edit("# threshold", "healthChek: {}")
    }
    let outcome = try Command.run(["check", "--baseline", checked.baseline] + options)
    #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
    for words in said { #expect(outcome.output.contains(words), "\(words) in \(outcome.output)") }
    if said.isEmpty {
      #expect(!outcome.errors.isEmpty && outcome.output.isEmpty)
      #expect(!outcome.errors.contains("Fatal error"))
    }
  }

  @Test func `run twice on unchanged code a check says the same, and an update writes the same bytes`() throws {
    let checked = try CheckedScenario()
    let check = ["check", "--baseline", checked.baseline, "--format", "json"]
    let (first, second) = (try Command.run(check), try Command.run(check))
    #expect(first.status == 0)
    #expect(first.output == second.output)
    let before = try String(contentsOfFile: checked.baseline, encoding: .utf8)
    let updated = try Command.run("baseline", "update", checked.baseline, "--jobs", "1")
    #expect(updated.status == 0)
    #expect(try String(contentsOfFile: checked.baseline, encoding: .utf8) == before)
  }

  @Test func `after the update that a check advises it is content, even if it is strict`() throws {
    let checked = try CheckedScenario()
    try checked.threshold(2)
    let check = ["check", "--baseline", checked.baseline, "--strict"]
    #expect(try Command.run(check).status == 4)
    #expect(try Command.run("baseline", "update", checked.baseline).status == 0)
    #expect(try Command.run(check).status == 0)
  }

  @Test func `a single seed is compared exactly`() throws {
    let checked = try CheckedScenario(seeds: 1)
    #expect(try Command.run("check", "--baseline", checked.baseline).status == 0)
    try checked.threshold(4)
    let worse = try Command.run("check", "--baseline", checked.baseline)
    #expect(worse.status == 2)
    #expect(worse.output.contains("exact"))
  }

  @Test(arguments: [
    (["check"], 64), (["baseline"], 0), (["baseline", "update"], 64), (["baseline", "update", "no-such.json"], 5),
    (["baseline", "show", "no-such.json"], 5), (["baseline", "show", "Package.swift"], 64),
    (["baseline", "update", "x.json", "--scenario", "no-such.yaml"], 64),
    (["baseline", "update", "x.json", "y.json", "--scenario", "scenarios/cpu-standby.yaml"], 64),
    (["baseline", "update", "x.json", "--set", "a=1"], 64), (["baseline", "update", "x.json", "--seeds", "0"], 64),
    (["baseline", "update", "/no/such/folder/x.json", "--scenario", "scenarios/report-18.63.yaml", "--seeds", "1"], 1),
    (["baseline", "update", "x.json", "--scenario", "scenarios/report-18.63.yaml", "--until", "1d"], 64),
    (["check", "--help"], 0), (["baseline", "update", "--help"], 0), (["baseline", "show", "--help"], 0),
  ] as [([String], Int32)])
  func `a baseline that cannot be had has its exit code`(arguments: [String], status: Int32) throws {
    let outcome = try Command.run(arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty == (status == 0))
  }

  @Test func `the project's own baselines can be shown`() throws {
    let folder = Command.root.appendingPathComponent("baselines")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
    #expect(names.count >= 3)
    let outcome = try Command.run(["baseline", "show"] + names.map { "baselines/\($0)" })
    #expect(outcome.status == 0, "\(outcome.errors)")
    for name in names {
      #expect(outcome.output.contains("baselines/\(name)"))
      let size = try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)[.size] as? Int
      #expect(size ?? .max < 16_000)
    }
  }
}
