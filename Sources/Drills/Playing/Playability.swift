import Failover
import FailoverSim
import Scenarios

/// What of a scenario can be played with real machines.
public enum Playability {
  /// What is not played, one line each: it goes wrong in the simulated world only.
  ///
  /// - Throws: `DrillFailure` when there would be nothing to see, or more than a drill can do.
  public static func omissions(of scenario: Scenario) throws(DrillFailure) -> [String] {
    let world = scenario.world
    let strategy = scenario.strategy
    guard world.workspaces == 1 else {
      throw DrillFailure("a drill plays one workspace, and the scenario has \(world.workspaces)")
    }
    if case .operation = scenario.life {
      guard strategy.detectsFaults else {
        throw DrillFailure("with healthCheck.methods empty, and no heartbeat or notice, nobody would see that the GPU is gone")
      }
      guard strategy.recovery.mode != .disabled else {
        throw DrillFailure("with recovery.mode 'disabled' nothing is done about a lost GPU: there is nothing to play")
      }
    }
    var omissions: [String] = []
    if !world.faults.isEmpty {
      let names = world.faults.faults.map(\.kind.name)
      omissions.append("faults (\(names.joined(separator: ", ")))")
    }
    if world.standby.preemption.lifetimes != nil || !world.standby.preemption.at.isEmpty {
      omissions.append("the preemption of the standby")
    }
    if !world.notices.isEmpty { omissions.append("the notice before an interruption") }
    return omissions
  }
}
