import ArgumentParser
import CommandSupport
import Failover
import Scenarios

/// Which cells are made of a scenario, and with what luck and for how long they are played.
struct CellOptions: ParsableArguments {
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
      "Keep what is finished in this file, and take from it what an interrupted run has left.", valueName: "file"),
    completion: .file())
  var resume: String?

  @Flag(help: "Only list the cells and say how long it would take to play all of them to the end.")
  var dryRun = false

  var workers: Workers { Workers(jobs) }

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: must be at least 1") }
    if let cells, !(1...CellSampling.maximumCells).contains(cells) {
      throw ValidationError("--cells: must be between 1 and \(CellSampling.maximumCells)")
    }
    guard !variations.isEmpty else {
      throw ValidationError(
        "nothing is varied; name a value with --vary, such as --vary healthCheck.interval=5s,10s,30s")
    }
    if sample == .grid, cells != nil {
      throw ValidationError("--cells: a grid has as many cells as there are combinations")
    }
    if sample != .grid, cells == nil { throw ValidationError("--sample \(sample.rawValue): say how many with --cells") }
  }

  /// The cells, each replicated by `rule`.
  func sweep(replications rule: StoppingRule) throws -> Sweep {
    let until = try until.map { try Duration(option: "--until", $0) }
    let sweep = try Sweep(
      ScenarioSource(path: scenario, overrides: overrides, trace: trace),
      vary: variations.enumerated().map { try Variation($1, number: $0 + 1) },
      constraint: constraint.map { try Constraint($0) }, sampling: sample.sampling(cells ?? 0),
      plan: ReplicationPlan(baseSeed: seed, isAntithetic: antithetic), replications: rule, until: until)
    if case .drill = sweep.base.scenario.life, until != nil {
      throw ValidationError("--until: a drill plays its script to the end")
    }
    return sweep
  }

  /// What `--dry-run` writes.
  func list(_ sweep: Sweep, _ format: SweepFormat, _ common: CommonOptions) throws {
    let listing = SweepListing(
      sweep, replicationTime: sweep.timeOfReplication(), jobs: workers.count, style: common.style)
    try Output.write(listing.render(format), to: common.output)
  }

  /// What is said of a run that was stopped and can be taken up again.
  var advice: String { resume == nil ? "" : "; the same command goes on from there" }
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
