import ArgumentParser
import CommandSupport
import Failover
import Foundation
import Scenarios

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Play a scenario with many combinations of values and lay the figures side by side.",
    discussion: """
      Each --vary names a value of the scenario and what to put there: a list (5s,10s,30s) or a range with a step
      (2s..30s:4s), a number of values (2s..30s:n15), or a number of values by a constant factor (1s..60s:log5). Every
      combination is a cell. All cells are played with the same luck: replication r of each has the seed --seed + r.

      Examples:
        simulate-failover sweep scenarios/cpu-standby.yaml --vary healthCheck.interval=2s..30s:n15 \\
          --vary healthCheck.failureThreshold=1..5:1 --metric mttd --until 7d
        simulate-failover sweep scenarios/cpu-standby.yaml --vary sync.interval=10s,30s,60s --until-precision mttrFull.p95=5%
        simulate-failover sweep scenarios/cpu-standby.yaml --vary healthCheck.interval=1s..60s:log \\
          --vary sync.interval=5s..120s --sample sobol --cells 40 --constraint 'healthCheck.interval < sync.interval'
        simulate-failover sweep scenarios/report-18.63.yaml --vary network.rsync=2MB/s..20MB/s:n10 --format csv
        simulate-failover sweep scenarios/cpu-standby.yaml --vary sync.route=relay,direct --resume sweep.record

      The mean of what happens in incidents (MTTD, MTTR, RPO) is over the incidents of all replications; its interval is
      that of a ratio of sums over replications, as incidents of one replication are not independent. Intervals of quantiles
      are those of order statistics, for as many values as the incidents are worth.

      Exit codes: 0 fine, 1 a cell could not be played or the sweep was interrupted, 64 usage or bad input.
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @Option(
    name: .customLong("vary"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A value and what to put there. May be repeated.", valueName: "path=values"))
  var variations: [String] = []

  @Option(help: ArgumentHelp("Play only cells for which this holds.", valueName: "expression"))
  var constraint: String?

  @Option(help: "grid (every combination), random or sobol (spread evenly).")
  var sample = SampleKind.grid

  @Option(help: "How many cells random and sobol choose.")
  var cells: Int?

  @Option(help: "Replications of each cell; by default 30, or with --until-precision at most 10000.")
  var replications: Int?

  @Option(
    help: ArgumentHelp(
      "Replicate each cell until the 95 % interval of a figure is that close.", valueName: "figure=margin"))
  var untilPrecision: String?

  @Flag(help: "Replicate in pairs of one seed, of which the second mirrors every random number.")
  var antithetic = false

  @Option(help: "The seed of the first replication of every cell.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a value of the scenario in every cell. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Play the recorded interruptions of this file.", valueName: "file"), completion: .file())
  var trace: String?

  @Option(help: ArgumentHelp("Play every operation for this long, such as 7d.", valueName: "duration"))
  var until: String?

  @Option(help: "How many simulations run at a time; by default as many as there are processors. It changes no figure.")
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Keep finished cells in this file, and take those from it that an interrupted sweep has left.", valueName: "file"),
    completion: .file())
  var resume: String?

  @Flag(help: "Only list the cells and say how long they would take.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "The figure to tell most of and to draw, such as mttd, mttrFull.p95 or cost; or all. Known: "
        + Figure.names.joined(separator: ", ") + ".", valueName: "figure"))
  var metric = "mttrFull"

  @Option(help: "text, json, csv, markdown or html.")
  var format = SweepFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let replications, replications < 1 { throw ValidationError("--replications: must be at least 1") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
    if let cells, !(1...CellSampling.maximumCells).contains(cells) {
      throw ValidationError("--cells: must be between 1 and \(CellSampling.maximumCells)")
    }
    guard !variations.isEmpty else {
      throw ValidationError("nothing is varied; name a value with --vary, such as --vary healthCheck.interval=5s,10s,30s")
    }
    if sample == .grid, cells != nil { throw ValidationError("--cells: a grid has as many cells as there are combinations") }
    if sample != .grid, cells == nil { throw ValidationError("--sample \(sample.rawValue): say how many with --cells") }
  }

  func run() throws {
    let focus = try SweepFocus(metric)
    let precision = try untilPrecision.map { try Precision($0) }
    let until = try until.map { try Duration(option: "--until", $0) }
    let sweep = try Sweep(
      ScenarioSource(path: scenario, overrides: overrides, trace: trace),
      vary: variations.enumerated().map { try Variation($1, number: $0 + 1) },
      constraint: constraint.map { try Constraint($0) }, sampling: sample.sampling(cells ?? 0),
      plan: ReplicationPlan(baseSeed: seed, isAntithetic: antithetic),
      replications: StoppingRule(limit: replications ?? (precision == nil ? 30 : 10_000), precision: precision),
      until: until)
    common.warn(sweep.base.warnings)
    if case .drill = sweep.base.scenario.life, until != nil {
      throw ValidationError("--until: a drill plays its script to the end")
    }
    let workers = Workers(jobs)
    if dryRun {
      let listing = SweepListing(
        sweep, replicationTime: sweep.timeOfReplication(), jobs: workers.count, style: common.style)
      return try Output.write(listing.render(format), to: common.output)
    }
    let record = try resume.map {
      try SweepRecord(path: $0, of: sweep, version: SimulateFailover.configuration.version)
    }
    let stop = StopRequest()
    let progress = SweepProgress(sweep, recorded: record?.results.count ?? 0, isQuiet: common.quiet)
    let outcome = try stop.whileListening {
      try sweep.run(workers: workers, record: record, isStopped: { stop.isMade }) { progress.tell($0) }
    }
    progress.finish()
    if !outcome.isComplete {
      let advice = resume == nil ? "" : "; the same command goes on from there"
      Exit.say("interrupted: \(outcome.cells.count) of \(sweep.cells.count) cells are finished\(advice)")
    }
    if outcome.isComplete || !outcome.cells.isEmpty {
      try Output.write(SweepReport(outcome, focus: focus, style: common.style).render(format), to: common.output)
    }
    let isBroken = outcome.cells.contains { ($0.result?.violated ?? 0) > 0 }
    if !outcome.isComplete || !outcome.failed.isEmpty || isBroken { throw ExitCode(Exit.failure) }
  }
}

/// How the cells of a sweep are chosen.
enum SampleKind: String, ExpressibleByArgument, CaseIterable {
  case grid, random, sobol

  func sampling(_ cells: Int) -> CellSampling {
    switch self {
    case .grid: .grid
    case .random: .random(cells: cells)
    case .sobol: .sobol(cells: cells)
    }
  }
}

extension SweepFormat: ExpressibleByArgument {}
