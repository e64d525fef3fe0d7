import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Lay strategies side by side: the same seeds, the same interruptions.",
    discussion: """
      Every scenario is played with the seeds 1 to --seeds. The n-th GPU to serve lives as long in each of them, so that
      what differs is the strategy. Give one with 'strategy: none' to see what an hour of service gained costs.

      Examples:
        simulate-failover compare scenarios/compare/*.yaml
        simulate-failover compare scenarios/compare/*.yaml --seeds 50 --score rubrics/failover.yaml
        simulate-failover compare a.yaml b.yaml --set workspace.dirtyRate=10MB/s --format json --output result.json

      Exit codes: 0 fine, 1 it failed at run time, 64 usage or bad input.
      """)

  @Argument(help: ArgumentHelp("Two or more scenario files, or folders of them.", valueName: "scenario"), completion: .file(extensions: ["yaml", "yml"]))
  var scenarios: [String]

  @Option(help: "How many seeds each scenario is played with, from 1 on.")
  var seeds = 10

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a value of every scenario. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Play the recorded interruptions of this file in every scenario.", valueName: "file"),
    completion: .file())
  var trace: String?

  @Option(help: ArgumentHelp("Play every operation for this long, such as 7d.", valueName: "duration"))
  var until: String?

  @Option(help: ArgumentHelp("Mark each by a rubric, such as rubrics/failover.yaml.", valueName: "rubric"), completion: .file(extensions: ["yaml", "yml"]))
  var score: String?

  @Option(help: "How many simulations run at a time; by default as many as there are processors. It changes no figure.")
  var jobs: Int?

  @Option(help: "text, markdown, json, csv or html.")
  var format = ComparisonFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard seeds >= 1 else { throw ValidationError("--seeds: must be at least 1") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
  }

  func run() throws {
    let until = try until.map { try Duration(option: "--until", $0) }
    let rubric = try score.map { try Rubric.read(path: $0) }
    common.warn(rubric?.warnings ?? [])
    let paths = try ScenarioCatalogue.paths(scenarios)
    guard paths.count >= 2 else { throw ValidationError("compare needs two scenarios or more, found \(paths.count)") }
    let loaded = try paths.map { try LoadedScenario(path: $0, overrides: overrides, trace: trace) }
    loaded.forEach { common.warn($0.warnings) }
    if !common.quiet {
      Comparison.doubts(about: loaded.map(\.scenario)).forEach { Exit.say("warning: \($0)") }
    }
    let progress = ProgressLine(isOn: !common.quiet)
    let entries = try loaded.map { loaded in
      try Replications(loaded.scenario, seeds: seeds, until: until, workers: Workers(jobs)) { done in
        progress.show("\(loaded.scenario.name): \(done) of \(seeds) seeds")
      }
    }
    progress.clear()
    let report = ComparisonReport(Comparison(entries, rubric: rubric?.rubric), style: common.style)
    try Output.write(report.render(format), to: common.output)
    if entries.contains(where: { !$0.violations.isEmpty }) { throw ExitCode(Exit.failure) }
  }
}

extension ComparisonFormat: ExpressibleByArgument {}
