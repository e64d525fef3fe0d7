import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Play a scenario once and report what happened.",
    discussion: """
      Examples:
        simulate-failover run scenarios/report-18.63.yaml
        simulate-failover run scenarios/report-18.63.yaml --set clock.overshoot=0ms
        simulate-failover run scenarios/cpu-standby.yaml --seed 7 --until 7d
        simulate-failover run scenarios/cpu-standby.yaml --format trace --output run.json   (open it in Perfetto)
        simulate-failover run scenarios/cpu-standby.yaml --score rubrics/failover.yaml
        simulate-failover run scenarios/trace-replay.yaml --trace spot.csv
        WARM_POOL_MIN_GPUS=4 simulate-failover run scenarios/warm-pool/rented-away.yaml

      A scenario with a warm pool takes the settings of these environment variables, under those of --set:
      \(WarmPoolVariables.fields.map(\.name).joined(separator: ", ")).
      """)

  @Argument(help: ArgumentHelp("A scenario file.", valueName: "scenario"), completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @Option(help: "All chance comes from this number; the same number gives the same run.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Change a value of the scenario, such as healthCheck.interval=5s. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Play the recorded interruptions of this file.", valueName: "file"), completion: .file())
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "Play an operation for this long, such as 7d, instead of its own duration.", valueName: "duration"))
  var until: String?

  @Option(help: "text, json, csv (one event a row), trace (Chrome trace format, opens in Perfetto) or html (a page).")
  var format = RunFormat.text

  @Option(
    help: ArgumentHelp("Mark the run by a rubric, such as rubrics/failover.yaml.", valueName: "rubric"),
    completion: .file(extensions: ["yaml", "yml"]))
  var score: String?

  @Option(help: "How many incidents of an operation the text tells event by event.")
  var details = 2

  @Flag(help: "Log every successful health check and sync of an operation as an event of its own; a drill always does.")
  var logRoutine = false

  @Flag(
    name: .customLong("no-lookahead"),
    help: "Play every health check and sync, also those that are sure to succeed; the result is the same, and takes longer.")
  var playsEverything = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let loaded = try LoadedScenario(
      path: scenario, overrides: overrides, trace: trace,
      environment: WarmPoolVariables(ProcessInfo.processInfo.environment))
    common.warn(loaded.warnings)
    if !common.quiet { loaded.variables.forEach { Exit.say("\($0)") } }
    let until = try until.map { try Duration(option: "--until", $0) }
    if case .drill = loaded.scenario.life, until != nil {
      throw ValidationError("--until: a drill plays its script to the end")
    }
    let rubric = try score.map { try Rubric.read(path: $0) }
    common.warn(rubric?.warnings ?? [])
    let progress = ProgressLine(isOn: !common.quiet)
    let run = try Run(
      loaded.scenario, seed: seed, until: until, logsRoutine: logRoutine, looksAhead: !playsEverything,
      progress: progress.ofRun)
    progress.clear()
    let production = try format == .text ? loaded.production.map { try Run($0, seed: seed) } : nil
    let report = RunReport(
      run, production: production, traceSource: loaded.traceSource, style: common.style, details: max(0, details),
      rubric: rubric?.rubric)
    try Output.write(report.render(format), to: common.output)
    if !run.violations.isEmpty {
      Exit.say("error: \(run.violations.count) invariant(s) did not hold; see the report")
      throw ExitCode(Exit.failure)
    }
  }
}

extension RunFormat: ExpressibleByArgument {}
