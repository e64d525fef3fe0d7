import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Play scenarios with many seeds and look whether what must always hold does hold.",
    discussion: """
      One primary at a time, nothing paid for is forgotten, what is restored is the newest copy that could be had, every
      failover ends. A run that breaks one of these is named with the command that repeats it.

      Examples:
        simulate-failover verify
        simulate-failover verify scenarios/warm-pool --seeds 10000
        simulate-failover verify scenarios/cpu-standby.yaml --seeds 1000 --until 2d
        simulate-failover verify --seeds 1000 --until 1d --losses 2

      Exit codes: 0 everything held, 1 something did not, 64 usage or bad input.
      """)

  @Argument(help: ArgumentHelp("Scenario files or folders.", valueName: "scenario"), completion: .file(extensions: ["yaml", "yml"]))
  var scenarios = ["scenarios"]

  @Option(help: "How many seeds each scenario is played with, from 1 on.")
  var seeds = 1000

  @Option(help: ArgumentHelp("End long operations after this time.", valueName: "duration"))
  var until: String?

  @Option(help: "End long operations once so many GPUs have been lost and replaced.")
  var losses: Int?

  @Option(help: "How many simulations run at a time; by default as many as there are processors.")
  var jobs: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard seeds >= 1 else { throw ValidationError("--seeds: must be at least 1") }
    if let losses, losses < 1 { throw ValidationError("--losses: must be at least 1") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
  }

  func run() throws {
    let until = try until.map { try Duration(option: "--until", $0) }
    var report = VerificationReport(style: common.style)
    let workers = Workers(jobs)
    for path in try ScenarioCatalogue.paths(scenarios) {
      if try LoadedScenario.needsTrace(path: path) {
        report.skip(path, "plays a trace that must be named")
        continue
      }
      let loaded = try LoadedScenario(path: path)
      let progress = ProgressLine(isOn: !common.quiet)
      let verification = Verification(loaded.scenario, seeds: seeds, until: until, losses: losses, workers: workers) { done in
        progress.show("\(path): \(done) of \(seeds)")
      }
      progress.clear()
      report.add(path, verification)
    }
    try Output.write(report.render(), to: common.output)
    if !report.holds { throw ExitCode(Exit.failure) }
  }
}
