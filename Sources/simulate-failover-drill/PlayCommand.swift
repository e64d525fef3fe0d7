import ArgumentParser
import CommandSupport
import Drills
import Failover
import Foundation
import Scenarios

struct PlayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Play a scenario with real machines and report what happened.",
    discussion: "This is what simulate-failover drill does when no other command is named.")

  @Argument(help: ArgumentHelp("A scenario file.", valueName: "scenario"), completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @OptionGroup var place: PlaceOptions

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a value of the scenario. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Flag(
    help: """
      Cut the original GPU off from the orchestrator instead of taking it away: it goes on running, and is not given \
      back.
      """)
  var keepOriginal = false

  @Option(help: ArgumentHelp("How long the workspace is protected before its GPU is taken away.", valueName: "duration"))
  var interruptAfter = "5s"

  @Option(help: ArgumentHelp("Give a drill up after this long.", valueName: "duration"))
  var limit = "1h"

  @Option(help: "Play the drill so many times in a row.")
  var drills = 1

  @Flag(help: "Simulate the same drills in a world calibrated by the first of them, and lay phase beside phase.")
  var compareSim = false

  @Option(help: ArgumentHelp("How many drills, from the first, calibrate the world of --compare-sim.", valueName: "count"))
  var calibrateWith = 3

  @Flag(help: "With --compare-sim: exit with 3 when a phase does not agree.")
  var strict = false

  @Option(help: ArgumentHelp("Do not begin a drill that the estimate says costs more, in dollars.", valueName: "amount"))
  var maxCost: String?

  @Flag(name: .shortAndLong, help: "Do not ask: neither before money is spent, nor where the scenario wants a person's word.")
  var yes = false

  @Option(
    help: ArgumentHelp("Add how the drill went to FILE; with --config by default to the one that the settings name.",
      valueName: "file"),
    completion: .file())
  var history: String?

  @Option(help: "text, json, csv (one event a row), trace, html; with --compare-sim text, json or markdown.")
  var format = "text"

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let options = try drillOptions()
    let output = try OutputChoice(format, comparing: compareSim)
    guard drills >= 1, drills <= 1000 else { throw ValidationError("--drills: 1 to 1000, not \(drills)") }
    guard drills == 1 || compareSim else { throw ValidationError("--drills goes with --compare-sim") }
    guard calibrateWith >= 1 else { throw ValidationError("--calibrate-with: at least 1") }
    let loaded = try LoadedScenario(path: scenario, overrides: overrides)
    common.warn(loaded.warnings)
    let scenario = loaded.scenario
    let told = Teller(isOn: !common.quiet)
    for omission in try Playability.omissions(of: scenario) { told.say("not played with real machines: \(omission)") }
    let approver = try approver(for: scenario)
    let results = try await Stop.onSignal { [self] in
      var results: [DrillResult] = []
      for number in 1...drills {
        if drills > 1 { told.say("drill \(number) of \(drills)") }
        let isFirst = number == 1
        let result = try await place.with(scenario, approver, told) { ground in
          if isFirst { try agree(to: scenario, on: ground) }
          let path = history ?? (ground.costsMoney ? ground.settings.historyPath : nil)
          return try await DrillKeeper(scenario, place.kind, path).keeping {
            try await DrillSession(scenario, on: ground, options: options, say: told.say).play(told.event)
          }
        }
        guard let result else {
          Exit.say("everything that an interrupted drill had rented has been given back; nothing was played")
          continue
        }
        results.append(result)
      }
      return results
    }
    try report(scenario, results, output)
  }

  private func drillOptions() throws -> Drill.Options {
    var options = Drill.Options()
    options.keepsOriginal = keepOriginal || place.gpu != nil
    options.interruptAfter = try Duration(option: "--interrupt-after", interruptAfter)
    options.limit = try Duration(option: "--limit", limit)
    return options
  }

  private func approver(for scenario: Scenario) throws -> any Approver {
    if yes { return ReadyApprover() }
    guard scenario.strategy.recovery.mode != .manual || isatty(STDIN_FILENO) == 1 else {
      throw ValidationError("the scenario wants a person's word (recovery.mode): --yes gives it, where nobody can be asked")
    }
    return TerminalApprover()
  }

  /// Says what the drill is going to cost, and asks before it costs anything.
  private func agree(to scenario: Scenario, on ground: any DrillGround) throws {
    guard ground.costsMoney else { return }
    let estimate = try DrillEstimate(scenario)
    Exit.say(
      "This drill takes up to \(estimate.length.roundedSeconds) s and costs up to \(estimate.cost), "
        + "says the simulation (\(estimate.drills) drills).")
    let limit = try maxCost.map { try Money(option: "--max-cost", $0) } ?? ground.maximumCost
    if let limit, estimate.cost > limit {
      throw DrillFailure("the estimate of \(estimate.cost) is above the limit of \(limit); nothing has been rented")
    }
    guard !yes else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw ValidationError("this drill costs money: --yes says that it may, where nobody can be asked")
    }
    FileHandle.standardError.write(Data("Play it? [y/N] ".utf8))
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw DrillFailure("not agreed to; nothing has been rented")
    }
  }

  private func report(_ scenario: Scenario, _ results: [DrillResult], _ output: OutputChoice) throws {
    switch output {
    case .run(let format):
      guard let result = results.first else { return }
      let report = RunReport(result.run, production: nil, traceSource: nil, style: common.style, details: 1)
      var text = try report.render(format)
      if format == .text { text += result.summary(common.style) }
      try Output.write(text, to: common.output)
    case .comparison(let format):
      guard !results.isEmpty else { return }
      let comparison = try Comparison(scenario, results, calibratedWith: calibrateWith)
      try Output.write(comparison.render(format, style: common.style), to: common.output)
      if strict, comparison.rows.contains(where: { !$0.agrees }) { throw ExitCode(3) }
    }
  }
}

/// What is written in the end.
enum OutputChoice {
  case run(RunFormat)
  case comparison(DrillComparisonFormat)

  init(_ name: String, comparing: Bool) throws {
    if comparing, let format = DrillComparisonFormat(rawValue: name) {
      self = .comparison(format)
    } else if !comparing, let format = RunFormat(rawValue: name) {
      self = .run(format)
    } else {
      let known = comparing ? DrillComparisonFormat.allCases.map(\.rawValue) : RunFormat.allCases.map(\.rawValue)
      throw ValidationError("--format: '\(name)' is none of \(known.joined(separator: ", "))")
    }
  }
}
