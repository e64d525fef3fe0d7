import Foundation

@testable import Scenarios

/// JSON Schema by somebody else: the Python library jsonschema, behind `Tests/schemas/run`.
enum Validator {
  private static let folder = Catalogue.folder.deletingLastPathComponent().appendingPathComponent("Tests/schemas")

  /// Whether there is a Python with jsonschema and PyYAML. Where the proof must not be skipped (`REQUIRE_VALIDATOR`) it
  /// counts as there, so that its absence fails.
  static let isThere: Bool =
    ProcessInfo.processInfo.environment["REQUIRE_VALIDATOR"] != nil || (try? ask(["--check"], "")) != nil

  static let absence = "no Python with jsonschema and PyYAML here; make setup-test installs them"

  /// What is wrong with each of some files by a schema; empty texts for those that are valid.
  static func problems(of paths: [String], by schema: String) throws -> [String] {
    let folder = try Workplace()
    let schema = try folder.write(schema, to: "schema.json")
    return try JSONDecoder().decode([String].self, from: ask([schema], paths.map { $0 + "\n" }.joined()))
  }

  /// The same for texts.
  static func problems(of texts: [String], suffix: String, by schema: String) throws -> [String] {
    let folder = try Workplace()
    let paths = try texts.enumerated().map { try folder.write($1, to: "\($0).\(suffix)") }
    return try problems(of: paths, by: schema)
  }

  private static func ask(_ arguments: [String], _ input: String) throws -> Data {
    let workplace = try Workplace()
    let list = try workplace.write(input, to: "list")
    let process = Process()
    process.executableURL = folder.appendingPathComponent("run")
    process.arguments = arguments
    process.standardInput = FileHandle(forReadingAtPath: list)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ValidatorFailure(status: process.terminationStatus) }
    return answer
  }
}

struct ValidatorFailure: Error, CustomStringConvertible {
  var status: Int32
  var description: String { "the validator ended with status \(status); see its own words on standard error" }
}

/// A folder that goes away with the last reference to it.
final class Workplace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("schema-test-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and returns its path.
  func write(_ text: String, to name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
