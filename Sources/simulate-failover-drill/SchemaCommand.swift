import ArgumentParser
import Drills
import Scenarios

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a kind of file of drills.",
    discussion: """
      That of the settings file is made from the code that reads the file. An editor with a YAML language server shows help,
      completions and mistakes by it when the file begins with: # yaml-language-server: $schema=drill.schema.json

      Kinds:
      \(DrillFileKind.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      Examples:
        simulate-failover drill schema --output drill.schema.json
        simulate-failover drill schema comparison

      Exit codes: 0 fine, 1 the result could not be written, 64 usage.
      """)

  @Argument(help: "The kind of file.")
  var kind = DrillFileKind.settings

  @Option(
    name: .shortAndLong,
    help: "Write the schema to FILE instead of standard output ('-'). FILE appears only when it is complete.",
    completion: .file())
  var output = "-"

  func run() throws {
    try Output.write(kind.schema(), to: output)
  }
}

extension DrillFileKind: ExpressibleByArgument {}
