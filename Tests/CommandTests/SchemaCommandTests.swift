import Foundation
import Testing

@Suite struct SchemaCommandTests {
  @Test(arguments: [
    (["schema", "scenario"], 0), (["schema", "bench-pipeline"], 0), (["schema", "--help"], 0), (["init", "--help"], 0),
    (["init", "-"], 0), (["init", "/"], 64), (["init", "-", "--from", "cpu-standby"], 0),
    (["init", "-", "--from", "rubrics/failover.yaml"], 64),
    (["init", "-", "--from", "cpu-standbye"], 64), (["init", "README.md"], 64), (["init", "/no/such/folder/a.yaml", "-q"], 1),
    (["schema"], 64), (["schema", "scenarios"], 64), (["schema", "run", "--output", "/dev/full"], 1),
    (["manual"], 0), (["--generate-completion-script", "bash"], 0),
  ] as [([String], Int32)])
  func `every ending has its exit code`(arguments: [String], status: Int32) throws {
    let outcome = try Command.run(arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty == (status == 0), "\(outcome.errors)")
    #expect(outcome.output.isEmpty == (status != 0))
    #expect(!outcome.errors.contains("Fatal error"))
  }

  @Test func `an unknown name is answered with the nearest one`() throws {
    #expect(try Command.run("init", "-", "--from", "cpu-standbye").errors.contains("did you mean cpu-standby?"))
  }

  @Test func `every kind that --help lists has a schema that is JSON`() throws {
    let help = try Command.run("schema", "--help").output
    let kinds = [
      "scenario", "rubric", "calibration", "run", "trace", "compare", "sweep", "sweep-cells", "sweep-record", "bench",
      "bench-claims", "bench-pipeline",
    ]
    for kind in kinds {
      #expect(help.contains("  \(kind): "))
      let schema = try Command.run("schema", kind).output
      let object = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
      #expect(object["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    }
  }

  @Test func `init writes a scenario that validates and runs as it is, with the schema beside it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("mine.yaml")
    let outcome = try Command.run("init", path)
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(path))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("# yaml-language-server: $schema=scenario.schema.json\n"))
    let schema = try String(contentsOfFile: folder.file("scenario.schema.json"), encoding: .utf8)
    #expect(try schema == Command.run("schema", "scenario").output)
    #expect(try Command.run("validate", path).status == 0)
    let run = try Command.run("run", path, "--until", "5d")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { !$0.hasPrefix("o") } == [
      "mine.yaml", "scenario.schema.json",
    ])
  }

  @Test func `init leaves alone what is there, unless it is forced`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("precious", to: "mine.yaml")
    let refused = try Command.run("init", path)
    #expect(refused.status == 64)
    #expect(refused.errors.contains("--force"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    #expect(!FileManager.default.fileExists(atPath: folder.file("scenario.schema.json")))
    #expect(try Command.run("init", path, "--force", "--quiet").status == 0)
    #expect(try Command.run("validate", path).status == 0)
    // A schema that is the same is no obstacle, another one is.
    #expect(try Command.run("init", folder.file("second.yaml")).status == 0)
    try folder.write("{}", to: "scenario.schema.json")
    #expect(try Command.run("init", folder.file("third.yaml")).status == 64)
    #expect(!FileManager.default.fileExists(atPath: folder.file("third.yaml")))
    #expect(try Command.run("init", folder.file("third.yaml"), "--no-schema").status == 0)
  }

  @Test func `a copied scenario plays as the original does`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("copy.yaml")
    #expect(try Command.run("init", path, "--from", "cpu-standby", "--quiet").errors.isEmpty)
    let arguments = ["--until", "2d", "--format", "json"]
    let copy = try Command.run(["run", path] + arguments)
    #expect(copy.status == 0)
    #expect(try copy.output == Command.run(["run", "scenarios/cpu-standby.yaml"] + arguments).output)
    // One that plays its production scenario says where that is.
    let drill = try Command.run("init", folder.file("drill.yaml"), "--from", "report-18.63", "--no-schema")
    #expect(drill.errors.contains("warning: it names other files relative to itself"))
  }

  @Test func `the manual page tells of every command, with its options and examples`() throws {
    let page = try Command.run("manual").output
    for command in ["run", "validate", "list", "compare", "sweep", "verify", "bench", "schema", "init"] {
      #expect(page.contains(".SS \"\(command)\"\n"))
      #expect(page.contains("simulate\\-failover \(command)"))
    }
    #expect(!page.contains(".SS \"manual\""))
    #expect(page.contains("\\-\\-seed"))
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS"] {
      #expect(page.contains(".SH \"\(section)\"\n"))
    }
  }

  @Test(arguments: ["run", "validate", "list", "compare", "sweep", "verify", "bench", "schema", "init"])
  func `every command's help has examples`(command: String) throws {
    let help = try Command.run(command, "--help").output
    #expect(help.contains("Examples:"))
    #expect(help.contains("  simulate-failover \(command)"))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")))
  func `bash completes commands, options and files`() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write(Command.run("--generate-completion-script", "bash").output, to: "completion.bash")
    try folder.write("", to: "mine.yaml")
    try folder.write("", to: "other.txt")
    let helper = try folder.write(
      """
      cd "$1"; shift; source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
      function=$(complete -p simulate-failover | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      "$function" simulate-failover "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """, to: "complete.sh")
    func complete(_ words: String...) throws -> [String] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["--norc", helper, folder.path, script, "simulate-failover"] + words
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let answer = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isNewline)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(try complete("va") == ["validate"])
    #expect(try complete("run", "--se") == ["--seed", "--set"] || Set(complete("run", "--se")) == ["--seed", "--set"])
    #expect(try complete("schema", "sweep-r") == ["sweep-record"])
    let files = try complete("run", "")
    #expect(files.contains("mine.yaml"))
    #expect(!files.contains("other.txt"))
  }
}

/// The validator in `Tests/schemas`, which is not ours.
private enum SchemaValidator {
  private static let validator = Command.root.appendingPathComponent("Tests/schemas/run")

  static let isThere: Bool =
    ProcessInfo.processInfo.environment["REQUIRE_VALIDATOR"] != nil || (try? validate(["--check"], "")) != nil

  static func validate(_ arguments: [String], _ input: String) throws -> [String] {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = validator
    process.arguments = arguments
    process.standardInput = FileHandle(forReadingAtPath: try folder.write(input, to: "list"))
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    return arguments == ["--check"] ? [] : try JSONDecoder().decode([String].self, from: answer)
  }
}

/// What bench writes, and calibrations, against their schemas.
@Suite(.enabled(if: SchemaValidator.isThere, "no Python with jsonschema and PyYAML here; make setup-test installs them"))
struct BenchSchemaTests {
  @Test func `every document of bench is valid by its schema, and one that lacks a member is not`() throws {
    let folder = try TemporaryFolder()
    let calibration = folder.file("calibration.json")
    let quick = ["bench", "--quiet", "--format", "json", "--time", "1ms", "--codec", "lz4:1", "--size", "200kB"]
    let text = try folder.write(String(repeating: "one two three\n", count: 5_000), to: "words.txt")
    let reports = try [
      ("bench", quick + [text, folder.file("nothing"), "--stream"]),
      ("calibration", quick + ["--synthetic", "csv", "--calibrate", calibration]),
      ("bench-claims", quick + ["--synthetic", "fp32", "--claims"]),
      ("bench-pipeline", ["bench", "--quiet", "--format", "json", "--codec", "lz4:1", "--pipeline", text]),
    ].map { kind, arguments in (kind: kind, outcome: try Command.run(arguments)) }
    for (kind, outcome) in reports {
      #expect(outcome.status == 0, "\(kind): \(outcome.errors)")
      let document = kind == "calibration" ? try String(contentsOfFile: calibration, encoding: .utf8) : outcome.output
      let whole = try folder.write(document, to: kind + ".json")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
      let broken = try ["schemaVersion", "machine", "libraries"].map { key in
        let rest = try JSONSerialization.data(withJSONObject: object.filter { $0.key != key })
        return try folder.write(String(decoding: rest, as: UTF8.self), to: "\(kind)-\(key).json")
      }
      let schema = try folder.write(Command.run("schema", kind).output, to: kind + "-schema.json")
      let problems = try SchemaValidator.validate([schema], ([whole] + broken).map { $0 + "\n" }.joined())
      #expect(problems.first == "", "\(kind)")
      #expect(problems.dropFirst().allSatisfy { !$0.isEmpty })
    }
  }
}
