import ArgumentParser
import CommandSupport

@main struct SimulateFailover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-failover",
    abstract: "How long a failover takes, what it loses and what it costs, before the market interrupts you.",
    discussion: """
      Examples:
        simulate-failover run scenarios/report-18.63.yaml
        simulate-failover run scenarios/cpu-standby.yaml --seed 7 --set healthCheck.interval=5s
        simulate-failover run scenarios/trace-replay.yaml --trace spot.csv --format json --output run.json
        simulate-failover validate scenarios/*.yaml
        simulate-failover compare scenarios/compare/*.yaml --score rubrics/failover.yaml
        simulate-failover sweep scenarios/cpu-standby.yaml --vary healthCheck.interval=2s..30s:n15 --until 7d
        simulate-failover tune scenarios/cpu-standby.yaml --vary healthCheck.interval=5s,10s --minimize mttrFull.p95
        simulate-failover check --baseline baselines/*.json --limit 'mttrFull.p95<15min'
        simulate-failover report result.json --output result.html
        simulate-failover verify --seeds 1000
        simulate-failover init my-scenario.yaml
        simulate-failover schema run
        simulate-failover bench my-models --calibrate calibration.json

      Exit codes: 0 fine, 1 it failed at run time, 64 usage or bad input; of check also 2 regression or limit broken,
      4 only better, with --strict, 5 baseline missing or not comparable.
      """,
    version: "0.1.0",
    subcommands: [RunCommand.self, ValidateCommand.self, ListCommand.self, CompareCommand.self, SweepCommand.self,
      TuneCommand.self, CheckCommand.self, BaselineCommand.self, ReportCommand.self, VerifyCommand.self,
      BenchCommand.self, DrillCommand.self, SchemaCommand.self, InitCommand.self, ManualCommand.self])

  static func main() async {
    await Exit.runningCommand(Self.self)
  }
}
