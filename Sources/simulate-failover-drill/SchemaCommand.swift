import ArgumentParser
import Drills
import Scenarios

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of the settings file that --config names.",
    discussion: """
      It is made from the code that reads the file. An editor with a YAML language server shows help, completions and
      mistakes by it when the file begins with: # yaml-language-server: $schema=drill.schema.json

      Examples:
        simulate-failover drill schema --output drill.schema.json

      Exit codes: 0 fine, 1 the result could not be written, 64 usage.
      """)

  @Option(
    name: .shortAndLong,
    help: "Write the schema to FILE instead of standard output ('-'). FILE appears only when it is complete.",
    completion: .file())
  var output = "-"

  func run() throws {
    try Output.write(BackendSettings.schema(), to: output)
  }
}
