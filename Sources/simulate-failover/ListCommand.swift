import ArgumentParser
import CommandSupport
import Foundation
import Scenarios

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the scenarios of a folder with what they show.",
    discussion: """
      Examples:
        simulate-failover list
        simulate-failover list scenarios/warm-pool
        simulate-failover list --ledger      (every entry of the ledger with the scenarios that show it)
      """)

  @Argument(help: ArgumentHelp("A folder; its subfolders are searched too.", valueName: "folder"), completion: .directory)
  var folder = "scenarios"

  @Flag(help: "List what the reference documents describe, and which scenarios show it; exit code 1 if any is missing.")
  var ledger = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let (entries, problems) = try ScenarioCatalogue.entries(of: folder)
    problems.forEach { Exit.say("\($0)") }
    if ledger {
      let (text, missing) = ScenarioCatalogue.ledgerListing(entries, style: common.style)
      try Output.write(text, to: common.output)
      if !missing.isEmpty {
        Exit.say("error: no scenario shows " + missing.map(\.id).joined(separator: ", "))
        throw ExitCode(problems.isEmpty ? Exit.failure : Exit.badInput)
      }
    } else {
      try Output.write(ScenarioCatalogue.listing(entries, style: common.style), to: common.output)
    }
    if !problems.isEmpty { throw ExitCode(Exit.badInput) }
  }
}
