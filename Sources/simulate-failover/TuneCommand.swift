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
      Plays the combinations of --vary in rounds, all with the same luck, and drops those that are surely worse or
      surely break a limit, so that a large grid takes a part of its replications. Recommended is the cheapest
      setting that meets every --limit; of those that cost the same (within half a percent, or with no clear
      difference) the one with the best objective.

      Examples:
        simulate-failover tune scenarios/cpu-standby.yaml --vary healthCheck.interval=5s,10s \\
          --vary healthCheck.failureThreshold=2,3 --minimize mttrFull.p95 --limit 'falseFailovers<0.1/month' \\
          --limit 'cost<$320/month' --set gpu.probes.noise.falseFailure=1%
        simulate-failover tune scenarios/snapshots/month.yaml --vary snapshots.interval=10s..200s:n20 \\
          --vary snapshots.fullEvery=1..10 --minimize mttrFull.p95 --limit 'rpo.p95<1min' --against lostWork \\
          --resume tune.record

      Exit codes: 0 fine, 1 a cell could not be played or it was interrupted, 2 no setting meets the limits, 64 usage or bad
      input.
      """)

  @OptionGroup var cells: CellOptions

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

  @Option(help: "text, json, csv, markdown or html.")
  var format = TuningFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if replications < 2 { throw ValidationError("--replications: must be at least 2") }
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
    let sweep = try cells.sweep(replications: StoppingRule(limit: replications))
    let tuning = try Tuning(
      sweep, objective: objective, limits: limits, against: against, isSelecting: !noSelection, budget: part)
    common.warn(sweep.base.warnings)
    if cells.dryRun { return try cells.list(sweep, format.ofListing, common) }
    let record = try cells.resume.map {
      try TuningRecord(path: $0, of: sweep, version: SimulateFailover.configuration.version)
    }
    if let record, record.count > 0, !common.quiet { Exit.say("\(record.count) replications were finished before") }
    let outcome = try play(tuning, record)
    try Output.write(TuningReport(outcome, style: common.style).render(format), to: common.output)
    let isBroken = outcome.cells.contains { ($0.cell.result?.violated ?? 0) > 0 }
    if !outcome.failed.isEmpty || isBroken { throw ExitCode(Exit.failure) }
    if outcome.recommended == nil { throw ExitCode(Self.noSetting) }
  }

  private func play(_ tuning: Tuning, _ record: TuningRecord?) throws -> TuningOutcome {
    let stop = StopRequest()
    let progress = CellProgress(tuning.sweep, isQuiet: common.quiet)
    defer { progress.finish() }
    do {
      return try stop.whileListening {
        try tuning.run(workers: cells.workers, record: record, isStopped: { stop.isMade }) { progress.tell($0) }
      }
    } catch is Stopped {
      progress.finish()
      Exit.say("interrupted: nothing is recommended\(cells.advice)")
      throw ExitCode(Exit.failure)
    }
  }
}

extension TuningFormat: ExpressibleByArgument {}
