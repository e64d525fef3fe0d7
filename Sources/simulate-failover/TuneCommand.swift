import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct TuneCommand: ParsableCommand {
  static let noSetting: Int32 = 2

  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the setting that gives the most for the least money within limits.",
    discussion: """
      Plays the combinations of --vary in rounds, all with the same luck, and drops those that are surely worse or surely
      break a limit, so that a large grid takes a part of its replications. Recommended is the cheapest setting that meets
      every --limit; of those that cost the same (within half a percent, or with no clear difference) the one with the best
      objective.

      Examples:
        simulate-failover tune scenarios/cpu-standby.yaml --vary healthCheck.interval=5s,10s \\
          --vary healthCheck.failureThreshold=2,3 --minimize mttrFull.p95 --limit 'falseFailovers<0.1/month' \\
          --limit 'cost<$320/month' --set gpu.probes.noise.falseFailure=1%
        simulate-failover tune scenarios/snapshots/month.yaml --vary snapshots.interval=10s..200s:n20 \\
          --vary snapshots.fullEvery=1..10 --minimize mttrFull.p95 --limit 'rpo.p95<1min' --against lostWork

      Exit codes: 0 fine, 1 a cell could not be played or it was interrupted, 2 no setting meets the limits, 64 usage or bad
      input.
      """)

  @Argument(help: "A scenario file.")
  var scenario: String

  @Option(
    name: .customLong("vary"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A value and what to put there. May be repeated.", valueName: "path=values"))
  var variations: [String] = []

  @Option(help: ArgumentHelp("The figure to have as little of as possible, such as mttrFull.p95.", valueName: "figure"))
  var minimize: String?

  @Option(help: ArgumentHelp("The figure to have as much of as possible, such as availability.", valueName: "figure"))
  var maximize: String?

  @Option(
    name: .customLong("limit"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What a figure must keep to, such as 'falseFailovers<0.1/month'. May be repeated.", valueName: "comparison"))
  var limits: [String] = []

  @Option(help: ArgumentHelp("The second axis of the front.", valueName: "figure"))
  var against = "cost"

  @Option(help: ArgumentHelp("Play only cells for which this holds.", valueName: "expression"))
  var constraint: String?

  @Option(help: "grid (every combination), random or sobol (spread evenly).")
  var sample = SampleKind.grid

  @Option(help: "How many cells random and sobol choose.")
  var cells: Int?

  @Option(help: "Replications of each cell that stays to the end.")
  var replications = 100

  @Option(
    help: ArgumentHelp(
      "Play at most this part of the full grid's replications (but always the first round, and four cells to the end); "
        + "none: as many as it takes to be sure.",
      valueName: "part"))
  var budget = "25%"

  @Flag(help: "Play every cell to the end.")
  var noSelection = false

  @Flag(help: "Replicate in pairs of one seed, of which the second mirrors every random number.")
  var antithetic = false

  @Option(help: "The seed of the first replication of every cell.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a value of the scenario in every cell. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Play the recorded interruptions of this file.", valueName: "file"))
  var trace: String?

  @Option(help: ArgumentHelp("Play every operation for this long, such as 7d.", valueName: "duration"))
  var until: String?

  @Option(help: "How many simulations run at a time; by default as many as there are processors. It changes no figure.")
  var jobs: Int?

  @Flag(help: "Only list the cells and say how long the full grid would take.")
  var dryRun = false

  @Option(help: "text, json, csv, markdown or html.")
  var format = TuningFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if replications < 2 { throw ValidationError("--replications: must be at least 2") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
    if let cells, !(1...CellSampling.maximumCells).contains(cells) {
      throw ValidationError("--cells: must be between 1 and \(CellSampling.maximumCells)")
    }
    guard !variations.isEmpty else {
      throw ValidationError("nothing is varied; name a value with --vary, such as --vary healthCheck.interval=5s,10s,30s")
    }
    if sample == .grid, cells != nil { throw ValidationError("--cells: a grid has as many cells as there are combinations") }
    if sample != .grid, cells == nil { throw ValidationError("--sample \(sample.rawValue): say how many with --cells") }
    if (minimize == nil) == (maximize == nil) {
      throw ValidationError("name one figure to --minimize or to --maximize, such as --minimize mttrFull.p95")
    }
  }

  private func part() throws -> Double? {
    if budget == "none" { return nil }
    guard let ratio = try? Units.parseRatio(budget), ratio.value > 0, ratio.value <= 1 else {
      throw ValidationError("--budget: expected a part such as 25%, or none")
    }
    return ratio.value
  }

  func run() throws {
    let objective = try minimize.map { try Objective($0, .minimize) } ?? Objective(maximize ?? "", .maximize)
    let limits = try limits.enumerated().map { try FigureLimit($1, number: $0 + 1) }
    let against = try Objective(against: against)
    let part = try part()
    let until = try until.map { try Duration(option: "--until", $0) }
    let sweep = try Sweep(
      ScenarioSource(path: scenario, overrides: overrides, trace: trace),
      vary: variations.enumerated().map { try Variation($1, number: $0 + 1) },
      constraint: constraint.map { try Constraint($0) }, sampling: sample.sampling(cells ?? 0),
      plan: ReplicationPlan(baseSeed: seed, isAntithetic: antithetic), replications: StoppingRule(limit: replications),
      until: until)
    let tuning = try Tuning(
      sweep, objective: objective, limits: limits, against: against, isSelecting: !noSelection, budget: part)
    common.warn(sweep.base.warnings)
    if case .drill = sweep.base.scenario.life, until != nil {
      throw ValidationError("--until: a drill plays its script to the end")
    }
    let workers = Workers(jobs)
    if dryRun {
      let listing = SweepListing(
        sweep, replicationTime: sweep.timeOfReplication(), jobs: workers.count, style: common.style)
      return try Output.write(listing.render(format.ofListing), to: common.output)
    }
    let outcome = try play(tuning, workers)
    try Output.write(TuningReport(outcome, style: common.style).render(format), to: common.output)
    let isBroken = outcome.cells.contains { ($0.cell.result?.violated ?? 0) > 0 }
    if !outcome.failed.isEmpty || isBroken { throw ExitCode(Exit.failure) }
    if outcome.recommended == nil { throw ExitCode(Self.noSetting) }
  }

  private func play(_ tuning: Tuning, _ workers: Workers) throws -> TuningOutcome {
    let stop = StopRequest()
    let progress = TuneProgress(isQuiet: common.quiet)
    defer { progress.finish() }
    do {
      return try stop.whileListening {
        try tuning.run(workers: workers, isStopped: { stop.isMade }) { progress.tell($0) }
      }
    } catch is Stopped {
      progress.finish()
      Exit.say("interrupted: nothing is recommended")
      throw ExitCode(Exit.failure)
    }
  }
}

extension TuningFormat: ExpressibleByArgument {}
