import ArgumentParser
import CommandSupport
import Scenarios

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Turn results that were written with --format json into a page.",
    discussion: """
      One result of run, compare, sweep, tune or check gives its page, the same as --format html of that command gives.
      Several results of run are laid over each other; the first is the baseline.

      Examples:
        simulate-failover run scenarios/cpu-standby.yaml --format json --output result.json
        simulate-failover report result.json --output result.html
        simulate-failover report before.json after.json --output difference.html
        simulate-failover report sweep.json --format svg --drawing 'MTTR full, mean' --output map.svg
      """)

  @Argument(help: ArgumentHelp("A result; several, if they are results of run.", valueName: "result.json"))
  var results: [String]

  @Option(help: "html, or svg for one drawing of the page as a picture.")
  var format = PageFormat.html

  @Option(help: ArgumentHelp("With svg: the drawing's title; by default the first drawing.", valueName: "title"))
  var drawing: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if drawing != nil, format != .svg {
      throw ValidationError("--drawing: a whole page has all drawings; use --format svg")
    }
  }

  func run() throws {
    let files = try results.map { try ResultFile(path: $0) }
    switch format {
    case .html: try Output.write(HTMLReport.render(files), to: common.output)
    case .svg: try Output.write(HTMLReport.picture(of: files, named: drawing), to: common.output)
    }
  }
}

/// What results are turned into.
enum PageFormat: String, ExpressibleByArgument, CaseIterable {
  case html, svg
}
