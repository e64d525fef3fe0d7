import Failover
import FailoverSim
import Scenarios

/// The simulated run of a drill that was played for real.
public enum SimulatedTwin {
  /// Plays `scenario` in `world`, and takes the GPU away as long after the beginning of protection as in the drill.
  ///
  /// - Throws: what `Run` throws.
  public static func run(
    _ scenario: Scenario, in world: WorldModel, like drill: DrillResult, seed: UInt64
  ) throws -> Run {
    var scenario = scenario
    scenario.world = world
    guard case .operation = scenario.life else { return try Run(scenario, seed: seed, logsRoutine: true) }
    // The GPU is lost when the drill says so, and not when the market of the scenario would have taken it.
    scenario.world.interruptions = .never
    let length = drill.run.length
    scenario.life = .operation(length)
    guard let real = offset(of: drill.run), let start = protection(of: try Run(scenario, seed: seed)) else {
      return try Run(scenario, seed: seed, logsRoutine: true)
    }
    scenario.world.interruptions = .at([start + real])
    // What the drill was done with in its time, the simulation may need longer for.
    scenario.life = .operation(length * 3 + .seconds(60))
    return try Run(scenario, seed: seed, logsRoutine: true)
  }

  private static func protection(of run: Run) -> Duration? {
    run.events.first { if case .phaseChanged(_, to: .protected) = $0.kind { true } else { false } }?.time
  }

  /// From the beginning of protection to the fault.
  private static func offset(of run: Run) -> Duration? {
    guard let start = protection(of: run), let fault = Incident.all(in: run.events).compactMap(\.fault).first else {
      return nil
    }
    return fault - start
  }
}
