import ArgumentParser
import Foundation
import Scenarios

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the scenarios of a folder with what they show.",
    discussion: "Example:\n  simulate-failover list scenarios")

  @Argument(help: ArgumentHelp("A folder; its subfolders are searched too.", valueName: "folder"))
  var folder = "scenarios"

  @OptionGroup var common: CommonOptions

  func run() throws {
    let (text, problems) = try ScenarioCatalogue.listing(folder, style: common.style)
    problems.forEach { Exit.say("\($0)") }
    try Output.write(text, to: common.output)
    if !problems.isEmpty { throw ExitCode(Exit.badInput) }
  }
}
