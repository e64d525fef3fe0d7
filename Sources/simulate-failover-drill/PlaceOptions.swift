import ArgumentParser
import CommandSupport
import Drills
import Failover
import Foundation
import Scenarios

/// Where a drill is played.
struct PlaceOptions: ParsableArguments {
  @Flag(help: "Play it on this machine: hosts, links, a marketplace and an object store are set up and taken away again.")
  var lab = false

  @Option(
    help: ArgumentHelp(
      "Play it with the accounts of this settings file; docs/drill-settings.yaml shows every field.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "A GPU that is rented already and holds the workspace. It is kept running, as with --keep-original.",
      valueName: "instance"))
  var gpu: String?

  var kind: DrillRecord.Place { lab ? .lab : .accounts }

  func validate() throws {
    guard lab != (config != nil) else {
      throw ValidationError("say where: --lab for this machine, or --config FILE for accounts of yours")
    }
    guard gpu == nil || config != nil else { throw ValidationError("--gpu goes with --config") }
  }

  /// Runs `body` where the options say.
  func with<Value: Sendable>(
    _ scenario: Scenario, _ approver: any Approver, _ teller: Teller, _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    if let config { return try await with(scenario, config, approver, teller, body) }
    let ground = LabGround(for: scenario, approver: approver)
    if let obstacle = await ground.obstacle {
      throw DrillFailure("no lab on this machine: \(obstacle)")
    }
    teller.say("setting up the lab: hosts with sshd, disks and links, a marketplace, a compute provider, an object store")
    return try await ground.with(body)
  }

  private func with<Value: Sendable>(
    _ scenario: Scenario, _ config: String, _ approver: any Approver, _ teller: Teller,
    _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    let environment = ProcessInfo.processInfo.environment
    let (settings, warnings) = try BackendSettings.read(contentsOf: config, environment: environment)
    for warning in warnings { teller.say("\(warning)") }
    return try await AccountGround.with(
      settings, for: scenario, environment: environment, existingGPU: gpu.map(InstanceID.init), approver: approver, body)
  }
}
