import Failover
import FailoverSim

/// How the workspaces of a fleet share CPU standbys.
public struct StandbySharing: Sendable, Hashable {
  /// How many machines there are for all workspaces; at least 1.
  public var machines: Int
  /// How many workspaces can work on one machine at once; at least 1.
  public var servesAtOnce: Int

  public init(machines: Int, servesAtOnce: Int = 1) {
    self.machines = machines
    self.servesAtOnce = servesAtOnce
  }

  /// How many of `workspaces` have their copy on the same machine as this one.
  ///
  /// - Parameter workspace: its number, from 0.
  func neighbours(of workspace: Int, among workspaces: Int) -> Int {
    (0..<workspaces).count { $0 % machines == workspace % machines }
  }
}

extension Scenario {
  /// What one workspace of a fleet lives through: the same, at a path of its own, for its share of the standby's price.
  ///
  /// - Parameter workspace: its number, from 0.
  func member(_ workspace: Int) -> Scenario {
    guard world.workspaces > 1 else { return self }
    var member = self
    member.name = "\(name), workspace \(workspace + 1)"
    member.strategy.workspacePath = world.path(of: workspace)
    member.standbySharedBy = standbySharing?.neighbours(of: workspace, among: world.workspaces) ?? 1
    return member
  }
}
