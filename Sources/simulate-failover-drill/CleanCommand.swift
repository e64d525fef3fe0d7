import ArgumentParser
import CommandSupport
import Drills
import Foundation
import Lab
import Scenarios

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "List and give back what drills that were killed have left.",
    discussion: """
      Without --config: hosts, links, processes and files of labs whose owner is gone.
      With --config FILE: also every instance, machine, volume and snapshot that the journal of FILE knows, or that bears
      the label of its run.

      Examples:
        simulate-failover drill clean
        simulate-failover drill clean --config drill.yaml --dry-run
        simulate-failover drill clean --config drill.yaml
      """)

  @Option(help: ArgumentHelp("The settings file of the drill.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "List only.")
  var dryRun = false

  func run() async throws {
    var isClean = true
    if await Lab.obstacle == nil {
      let left = dryRun ? Lab.leftovers() : try await Lab.cleanUp()
      for lab in left { print(dryRun ? "would take away \(lab)" : "took away \(lab)") }
      isClean = left.isEmpty
    }
    if let config {
      let environment = ProcessInfo.processInfo.environment
      let (settings, _) = try BackendSettings.read(contentsOf: config, environment: environment)
      let cleaning = Cleaning(settings, environment: environment)
      for line in try await cleaning.run(isDry: dryRun) {
        print(line)
        isClean = false
      }
    }
    if isClean { print("nothing was left") }
  }
}
