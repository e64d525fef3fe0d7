import ArgumentParser

@main struct SimulateFailover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-failover", subcommands: [BenchCommand.self])
}
