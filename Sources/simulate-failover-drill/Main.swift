import ArgumentParser
import CommandSupport

@main struct SimulateFailoverDrill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-failover drill",
    abstract: "Play a scenario with real machines, and lay the simulation beside it.",
    discussion: """
      Examples:
        simulate-failover drill scenarios/lab/cpu-standby.yaml --lab
        simulate-failover drill scenarios/lab/warm-pool.yaml --lab --format html --output drill.html
        simulate-failover drill scenarios/lab/cpu-standby.yaml --lab --drills 20 --compare-sim
        simulate-failover drill my-scenario.yaml --config drill.yaml --max-cost 2
        simulate-failover drill my-scenario.yaml --config drill.yaml --keep-original --yes
        simulate-failover drill history --config drill.yaml
        simulate-failover drill clean --config drill.yaml
        simulate-failover drill schema --output drill.schema.json

      Exit codes: 0 fine, 1 the drill failed, 3 it was played but the simulation disagrees (with --compare-sim --strict),
      64 usage or bad input.
      """,
    version: "0.1.0",
    subcommands: [PlayCommand.self, CleanCommand.self, HistoryCommand.self, SchemaCommand.self],
    defaultSubcommand: PlayCommand.self)

  static func main() async { await Exit.runningCommand(Self.self) }
}
