import Failover
import RealBackends

/// Machines that are reached by ssh.
struct RemoteSite: DrillSite {
  let scripts: RemoteScript
  let workspace: WorkspaceScript
  /// Takes a GPU away.
  let takeAway: @Sendable (InstanceID) async throws -> Void

  func fillWorkspace(on host: HostAddress) async throws { try await scripts.run(workspace.text, on: host) }

  func interrupt(_ id: InstanceID) async throws { try await takeAway(id) }

  func run(_ script: String, on host: HostAddress, line: @escaping @Sendable (String) -> Void) async throws {
    try await scripts.run(script, on: host, line: line)
  }
}
