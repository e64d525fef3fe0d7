import Drills
import Foundation

/// JSON Schema by somebody else: the Python library jsonschema, behind `Tests/schemas/run`.
enum SchemaCheck {
  /// What is wrong with a JSON text; an empty text when nothing is. `nil` where there is no such Python, unless
  /// `REQUIRE_VALIDATOR` says that there is.
  static func problems(of text: String, as kind: DrillFileKind) async throws -> String? {
    let folder = try TemporaryFolder()
    let schema = try folder.write(kind.schema(), to: "schema.json")
    let list = try folder.write(folder.write(text, to: "text.json") + "\n", to: "list")
    let (outcome, _) = try await DrillProgram.run(
      ["-c", #"Tests/schemas/run "$1" <"$2""#, "shell", schema, list], program: "/bin/sh")
    if outcome.status == 69, ProcessInfo.processInfo.environment["REQUIRE_VALIDATOR"] == nil { return nil }
    guard outcome.status == 0 else { return outcome.errors }
    return try JSONDecoder().decode([String].self, from: Data(outcome.output.utf8)).joined(separator: "\n")
  }
}
