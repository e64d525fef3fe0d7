import ArgumentParser
import CommandSupport
import Drills
import Foundation
import Scenarios

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show the drills that have been played, and how they compare.",
    discussion: """
      A drill with --config is added to the file that the settings name (history; drill-history.jsonl beside the settings
      file). One with --lab is added to a file only when --history names it.

      Examples:
        simulate-failover drill history --config drill.yaml
        simulate-failover drill history --config drill.yaml --last 20
        simulate-failover drill history drills.jsonl --format json

      Exit codes: 0 fine, 1 the result could not be written, 64 usage or bad input.
      """)

  @Argument(help: ArgumentHelp("The history's file.", valueName: "file"), completion: .file())
  var file: String?

  @Option(
    help: ArgumentHelp("The settings file that names the history.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(help: ArgumentHelp("Only the last so many drills.", valueName: "count"))
  var last: Int?

  @Option(help: "text or json.")
  var format = HistoryReport.Format.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (file == nil) != (config == nil) else {
      throw ValidationError("say which: a history's file, or --config FILE for the one that its settings name")
    }
    if let last, last < 1 { throw ValidationError("--last: at least 1, not \(last)") }
  }

  func run() throws {
    var records = try DrillHistory(path: path()).records()
    if let last { records = Array(records.suffix(last)) }
    try Output.write(HistoryReport(records).render(format, style: common.style), to: common.output)
  }

  private func path() throws -> String {
    if let file { return file }
    let environment = ProcessInfo.processInfo.environment
    let (settings, warnings) = try BackendSettings.read(contentsOf: config ?? "", environment: environment)
    common.warn(warnings)
    return settings.historyPath
  }
}

extension HistoryReport.Format: ExpressibleByArgument {}
