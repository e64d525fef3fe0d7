import Failover
import FailoverSim
import Foundation
import Lab
import RealBackends
import Scenarios

/// A scenario's world made real on this machine: hosts with their own sshd, disks and links behind a marketplace, a
/// compute provider and an object store that speak as the vendors' do.
///
/// Prices, boot times, link rates, offers and the model come from the scenario, so that what is simulated and what is
/// drilled are the same question.
public struct LabGround: Sendable {
  let scenario: Scenario
  let approver: (any Approver)?

  /// - Parameter approver: who is asked where the scenario wants a person's word; `nil` for nobody.
  public init(for scenario: Scenario, approver: (any Approver)? = nil) {
    self.scenario = scenario
    self.approver = approver
  }

  /// Why there can be no lab here, in one line; `nil` when there can.
  public var obstacle: String? {
    get async {
      if let obstacle = await Lab.obstacle { return obstacle }
      return scenario.strategy.snapshots == nil ? nil : ObjectStore.obstacle()
    }
  }

  /// Builds the lab, runs `body` on it, and takes it away again, whatever happens.
  ///
  /// - Throws: `LabError`; what `AccountGround.with` throws.
  public func with<Value: Sendable>(_ body: (AccountGround) async throws -> Value) async throws -> Value {
    let lab = try await Lab.start()
    do {
      let value = try await with(lab, body)
      await lab.stop()
      return value
    } catch {
      await lab.stop()
      throw error
    }
  }

  private func with<Value: Sendable>(
    _ lab: Lab, _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    let servers = try await LabServers.start(for: scenario, on: lab)
    do {
      let settings = servers.settings
      let marketplace = servers.marketplace
      let site = RemoteSite(
        scripts: RemoteScript(settings.sshSettings), workspace: WorkspaceScript(workspace: scenario.world.workspace)
      ) { id in
        // The host loses its power: every process on it is killed, and its link goes down without a word.
        guard let number = Int(id.rawValue) else { throw DrillFailure("instance \(id) is none of the lab's") }
        try await marketplace.crash(number, isReported: true, isSilent: true)
      }
      let value = try await AccountGround.with(
        settings, for: scenario, environment: servers.environment, costsMoney: false, approver: approver, site: site,
        body)
      await servers.stop()
      return value
    } catch {
      await servers.stop()
      throw error
    }
  }
}
