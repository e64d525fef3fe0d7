import ArgumentParser
import Foundation
import LZ4Bench
import Scenarios

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of a kind of file.",
    discussion: """
      The schema of a file that is read is made from the code that reads it. An editor with a YAML language server shows
      help, completions and mistakes by it while one types; init writes a scenario that names its schema.

      Kinds:
      \(FileDescription.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      Examples:
        simulate-failover schema scenario
        simulate-failover schema scenario --output scenario.schema.json
        simulate-failover schema run | jq '.["$defs"].incident.properties | keys'

      Exit codes: 0 fine, 1 the result could not be written, 64 usage.
      """)

  @Argument(help: "The kind of file.", completion: .list(FileDescription.all.map(\.name)))
  var kind: FileDescription

  @Option(
    name: .shortAndLong,
    help: "Write the schema to FILE instead of standard output ('-'). FILE appears only when it is complete.",
    completion: .file())
  var output = "-"

  func run() throws {
    try Output.write(kind.schema(), to: output)
  }
}

/// A kind of file by its name on the command line.
struct FileDescription: ExpressibleByArgument {
  let name: String
  let summary: String
  let schema: @Sendable () throws -> String

  static let all: [FileDescription] =
    FileKind.allCases.map { kind in
      FileDescription(name: kind.rawValue, summary: kind.summary) { try kind.schema() }
    }
    + BenchmarkDocument.allCases.map { document in
      FileDescription(name: document.rawValue, summary: document.summary) { document.schema }
    }

  private init(name: String, summary: String, schema: @escaping @Sendable () throws -> String) {
    self.name = name
    self.summary = summary
    self.schema = schema
  }

  init?(argument: String) {
    guard let known = Self.all.first(where: { $0.name == argument }) else { return nil }
    self = known
  }

  static var allValueStrings: [String] { all.map(\.name) }
}
