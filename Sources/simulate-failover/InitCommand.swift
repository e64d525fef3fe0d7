import ArgumentParser
import CommandSupport
import Foundation
import Scenarios

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a commented scenario to begin with.",
    discussion: """
      Every section is there with its most important fields, each with its default, its help and its unit. The first line
      names a schema that is written beside the scenario, so that an editor with a YAML language server helps also without
      a network.

      Examples:
        simulate-failover init                                  (writes scenario.yaml and scenario.schema.json)
        simulate-failover init my-training.yaml --no-schema
        simulate-failover init mine.yaml --from warm-pool/incident
        simulate-failover init - | less

      Exit codes: 0 fine, 1 a file could not be written, 64 usage, a file that is there already, or no such scenario.
      """)

  @Argument(
    help: ArgumentHelp("The file to write; '-' is standard output.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file = "scenario.yaml"

  @Option(
    help: ArgumentHelp(
      "Copy this scenario instead: a file, or a name as list shows it, such as cpu-standby.", valueName: "name"),
    completion: .file(extensions: ["yaml", "yml"]))
  var from: String?

  @Flag(help: "Overwrite files that are there already.")
  var force = false

  @Flag(name: .customLong("no-schema"), help: "Write no schema, and no line that names it.")
  var withoutSchema = false

  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
  var quiet = false

  func run() throws {
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    let schemaFile = folder + ScenarioTemplate.schemaName
    // Standard output has nothing beside it.
    let writesSchema = !withoutSchema && file != "-"
    let schema = try FileKind.scenario.schema()
    if file != "-", !force, FileManager.default.fileExists(atPath: file) {
      throw ValidationError("\(file): is there already; --force overwrites it")
    }
    // The schema may be there from the scenario before.
    if writesSchema, !force, let found = FileManager.default.contents(atPath: schemaFile), found != Data(schema.utf8) {
      throw ValidationError(
        "\(schemaFile): is there already and is another schema; --force overwrites it, --no-schema leaves it")
    }
    let named = withoutSchema ? nil : ScenarioTemplate.schemaName
    let text = try from.map { try copy(of: $0, schema: named) } ?? ScenarioTemplate.text(schema: named)
    if writesSchema { try Output.write(schema, to: schemaFile) }
    try Output.write(text, to: file)
    if !quiet, file != "-" {
      let beside = writesSchema ? ", \(schemaFile) beside it" : ""
      Exit.say("\(file) written\(beside); play it with: simulate-failover run \(file)")
    }
  }

  private func copy(of name: String, schema: String?) throws -> String {
    let path = try ScenarioCatalogue.path(ofScenario: name, in: InstalledFiles.scenarioFolders)
    let names = try ScenarioCatalogue.filesNamed(by: path)
    if !quiet, !names.isEmpty {
      Exit.say("warning: it names other files relative to itself, from \(path): \(names.joined(separator: ", "))")
    }
    return ScenarioTemplate.text(of: try FileText(contentsOf: path), schema: schema)
  }
}

/// Where make install puts what belongs to the program.
enum InstalledFiles {
  /// The scenarios of the folder one is in, then those that were installed with the program.
  static var scenarioFolders: [String] {
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath()
    let installed = program?.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("share/simulate-failover/scenarios").path
    return ["scenarios"] + (installed.map { [$0] } ?? [])
  }
}
