import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Make and look at the figures that 'check' compares with.",
    discussion: """
      Examples:
        simulate-failover baseline update baselines/week.json --scenario scenarios/cpu-standby.yaml --until 7d
        simulate-failover baseline update baselines/*.json
        simulate-failover baseline show baselines/week.json

      Exit codes: 0 fine, 1 it failed at run time, 5 baseline missing or not comparable, 64 usage or bad input.
      """,
    subcommands: [BaselineUpdateCommand.self, BaselineShowCommand.self])
}

struct BaselineUpdateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Play the scenario of each baseline again and store what it shows now.",
    discussion: """
      An existing baseline knows its scenario, its settings and its seeds; options change them. With --scenario a new one is
      made. A file depends only on the scenario, the seeds and the program: not on when or where it is made.

      Examples:
        simulate-failover baseline update baselines/*.json
        simulate-failover baseline update baselines/week.json --scenario scenarios/cpu-standby.yaml --until 7d --seeds 60
        simulate-failover baseline update direct.json --scenario scenarios/cpu-standby.yaml --set sync.route=direct

      Exit codes: 0 fine, 1 it failed at run time, 5 baseline missing or of another format, 64 usage or bad input.
      """)

  @Argument(help: ArgumentHelp("Baselines.", valueName: "file"))
  var baselines: [String]

  @Option(help: ArgumentHelp("Make a baseline of this scenario file.", valueName: "file"))
  var scenario: String?

  @Option(help: "How many seeds; 100 in a new baseline. With 1 figures are compared exactly.")
  var seeds: Int?

  @Option(help: "The first seed; the others follow it. 1 in a new baseline.")
  var seed: UInt64?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a value of the scenario, in a new baseline. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Play the recorded interruptions of this file, in a new baseline.", valueName: "file"))
  var trace: String?

  @Option(help: ArgumentHelp("Play an operation for this long, such as 7d.", valueName: "duration"))
  var until: String?

  @Option(help: "How many simulations run at a time; by default as many as there are processors. It changes no figure.")
  var jobs: Int?

  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
  var quiet = false

  func validate() throws {
    if let seeds, !(1...Baseline.largestSeedCount).contains(seeds) {
      throw ValidationError("--seeds: must be between 1 and \(Baseline.largestSeedCount)")
    }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
    if scenario != nil, baselines.count != 1 { throw ValidationError("--scenario: makes one baseline; name one file") }
    if scenario == nil, !overrides.isEmpty || trace != nil {
      throw ValidationError("--set and --trace: are for a new baseline; give --scenario as well")
    }
  }

  func run() throws {
    let until = try until.map { try Duration(option: "--until", $0) }
    let progress = ProgressLine(isOn: !quiet)
    for path in baselines {
      var source: Baseline.Source
      var (first, count) = (UInt64(1), 100)
      if let scenario {
        source = Baseline.Source(
          file: Baseline.Source.path(of: scenario, seenFrom: path), settings: overrides,
          trace: trace.map { Baseline.Source.path(of: $0, seenFrom: path) })
      } else {
        let old = try Baseline(contentsOf: path)
        (source, first, count) = (old.source, old.firstSeed, old.seeds)
      }
      if let until { source.until = until }
      let baseline = try Baseline(
        source, at: path, firstSeed: seed ?? first, seeds: seeds ?? count, workers: Workers(jobs),
        progress: { progress.show("\(path): \($0) seeds") })
      progress.clear()
      try Output.write(baseline.document(), to: path)
      if !quiet { Exit.say("\(path): \(baseline.cell), \(baseline.seedsText)") }
    }
  }
}

struct BaselineShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What baselines hold.",
    discussion: """
      Examples:
        simulate-failover baseline show baselines/*.json

      Exit codes: 0 fine, 5 baseline missing or of another format, 64 usage or bad input.
      """)

  @Argument(help: ArgumentHelp("Baselines.", valueName: "file"))
  var baselines: [String]

  @OptionGroup var common: CommonOptions

  func run() throws {
    let listings = try baselines.map { try Baseline(contentsOf: $0).listing(path: $0, style: common.style) }
    try Output.write(listings.joined(separator: "\n"), to: common.output)
  }
}
