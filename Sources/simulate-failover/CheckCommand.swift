import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare scenarios with their baselines: did anything get worse?",
    discussion: """
      Plays the scenario of each baseline with the baseline's seeds and compares seed by seed, so that both had the same
      luck. A figure regressed when it is worse and the near end of the 99 % interval of the difference is beyond its
      tolerance. What changed in the strategy is named; a scenario with another name or another world is not comparable.

      Examples:
        simulate-failover check --baseline baselines/*.json
        simulate-failover check --baseline baselines/cpu-standby.json --set healthCheck.failureThreshold=4
        simulate-failover check --baseline baselines/*.json --tolerance 'mttrFull.p95=5%|2s' --limit 'mttd<30s'
        simulate-failover check --baseline baselines/*.json --strict --format junit --output check.xml

      Exit codes: 0 fine, 1 it failed at run time, 2 regression or limit broken, 4 only better, with --strict,
      5 baseline missing or not comparable, 64 usage or bad input.
      """)

  @Option(
    name: .customLong("baseline"), parsing: .upToNextOption,
    help: ArgumentHelp("Baselines, as 'baseline update' writes them.", valueName: "file"))
  var baselines: [String] = []

  @Option(
    name: .customLong("tolerance"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "How far a figure may get worse, instead of what the baseline says: a part of it, an amount, or both (the larger "
        + "counts). May be repeated.",
      valueName: "figure=5%|2s"))
  var tolerances: [String] = []

  @Option(
    name: .customLong("limit"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What a figure must be, whatever the baseline says. May be repeated.", valueName: "figure<amount"))
  var limits: [String] = []

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Change a value of every scenario, to see what it would do. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Flag(help: "Fail (4) also when something got better, so that the baseline is not forgotten.")
  var strict = false

  @Option(help: "How many simulations run at a time; by default as many as there are processors. It changes no figure.")
  var jobs: Int?

  @Option(help: "text, markdown (for a build's summary page), junit, json or html.")
  var format = CheckFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if baselines.isEmpty { throw ValidationError("--baseline: name at least one file") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
  }

  func run() throws {
    let tolerances = try tolerances.map { try Tolerance($0) }
    let limits = try limits.map { try Limit($0) }
    let progress = ProgressLine(isOn: !common.quiet)
    let checks = try baselines.map { path in
      try Check(
        path, overrides: overrides, tolerances: tolerances, limits: limits, workers: Workers(jobs),
        progress: { progress.show("\(path): \($0) seeds") })
    }
    progress.clear()
    let report = CheckReport(checks, style: common.style)
    try Output.write(report.render(format), to: common.output)
    // What is on the terminal need not be said twice.
    if format != .text || common.output != "-" {
      for case .failure(let reason) in checks.map(\.result) { Exit.say("error: \(reason)") }
    }
    if let code = Exit.code(report.status, isStrict: strict) { throw ExitCode(code) }
  }
}

extension Exit {
  /// How a check ends; `nil` when all is fine.
  static func code(_ status: Check.Status, isStrict: Bool) -> Int32? {
    switch status {
    case .fine: nil
    case .improved: isStrict ? onlyBetter : nil
    case .notComparable: notComparable
    case .regressed: regression
    }
  }
}

extension CheckFormat: ExpressibleByArgument {}
