import ArgumentParser
import CommandSupport
import Foundation
import Scenarios

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check scenario files without playing them; every mistake is named at once.",
    discussion: """
      Examples:
        simulate-failover validate scenarios/*.yaml
        simulate-failover validate mine.yaml --set healthCheck.interval=5s
      """)

  @Argument(help: ArgumentHelp("Scenario files.", valueName: "scenario"), completion: .file(extensions: ["yaml", "yml"]))
  var scenarios: [String]

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a value before checking. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @OptionGroup var common: CommonOptions

  func run() throws {
    var lines: [String] = []
    var isValid = true
    for path in scenarios {
      do throws(InvalidFile) {
        let (name, warnings) = try ScenarioCatalogue.check(path, overrides: overrides)
        common.warn(warnings)
        lines.append("\(path): \(name) is valid")
      } catch {
        Exit.say("\(error)")
        isValid = false
      }
    }
    if !lines.isEmpty { try Output.write(lines.joined(separator: "\n") + "\n", to: common.output) }
    if !isValid { throw ExitCode(Exit.badInput) }
  }
}
