import ArgumentParser
import CommandSupport
import Scenarios

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Turn results that were written with --format json into a page.",
    discussion: """
      One result of run, compare, sweep, tune or check gives its page, the same as --format html of that command gives. Several results
      of run are laid over each other; the first is the baseline.

      Examples:
        simulate-failover run scenarios/cpu-standby.yaml --format json --output result.json
        simulate-failover report result.json --output result.html
        simulate-failover report before.json after.json --output difference.html
      """)

  @Argument(help: ArgumentHelp("A result; several, if they are results of run.", valueName: "result.json"))
  var results: [String]

  @Option(help: "html.")
  var format = PageFormat.html

  @OptionGroup var common: CommonOptions

  func run() throws {
    let files = try results.map { try ResultFile(path: $0) }
    switch format {
    case .html: try Output.write(HTMLReport.render(files), to: common.output)
    }
  }
}

/// What results are turned into.
enum PageFormat: String, ExpressibleByArgument, CaseIterable {
  case html
}
