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
        simulate-failover sweep scenarios/cpu-standby.yaml --vary sync.interval=10s,30s,60s \\
          --until-precision mttrFull.p95=5%
        simulate-failover sweep scenarios/cpu-standby.yaml --vary healthCheck.interval=1s..60s:log \\
          --vary sync.interval=5s..120s --sample sobol --cells 40 --constraint 'healthCheck.interval < sync.interval'
        simulate-failover sweep scenarios/report-18.63.yaml --vary network.rsync=2MB/s..20MB/s:n10 --format csv
        simulate-failover sweep scenarios/cpu-standby.yaml --vary sync.route=relay,direct --resume sweep.record

      The mean of what happens in incidents (MTTD, MTTR, RPO) is over the incidents of all replications; its interval is
      that of a ratio of sums over replications, as incidents of one replication are not independent. Intervals of
      quantiles are those of order statistics, for as many values as the incidents are worth.

      Exit codes: 0 fine, 1 a cell could not be played or the sweep was interrupted, 64 usage or bad input.
      """)

  @OptionGroup var cells: CellOptions

  @Option(help: "Replications of each cell; by default 30, or with --until-precision at most 10000.")
  var replications: Int?

  @Option(
    help: ArgumentHelp(
      "Replicate each cell until the 95 % interval of a figure is that close.", valueName: "figure=margin"))
  var untilPrecision: String?

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
  }

  func run() throws {
    let focus = try SweepFocus(metric)
    let precision = try untilPrecision.map { try Precision($0) }
    let sweep = try cells.sweep(
      replications: StoppingRule(limit: replications ?? (precision == nil ? 30 : 10_000), precision: precision))
    common.warn(sweep.base.warnings)
    if cells.dryRun { return try cells.list(sweep, format, common) }
    let record = try cells.resume.map {
      try SweepRecord(path: $0, of: sweep, version: SimulateFailover.configuration.version)
    }
    let stop = StopRequest()
    let progress = CellProgress(sweep, recorded: record?.results.count ?? 0, isQuiet: common.quiet)
    let outcome = try stop.whileListening {
      try sweep.run(workers: cells.workers, record: record, isStopped: { stop.isMade }) { progress.tell($0) }
    }
    progress.finish()
    if !outcome.isComplete {
      Exit.say("interrupted: \(outcome.cells.count) of \(sweep.cells.count) cells are finished\(cells.advice)")
    }
    if outcome.isComplete || !outcome.cells.isEmpty {
      try Output.write(SweepReport(outcome, focus: focus, style: common.style).render(format), to: common.output)
    }
    let isBroken = outcome.cells.contains { ($0.result?.violated ?? 0) > 0 }
    if !outcome.isComplete || !outcome.failed.isEmpty || isBroken { throw ExitCode(Exit.failure) }
  }
}

extension SweepFormat: ExpressibleByArgument {}
