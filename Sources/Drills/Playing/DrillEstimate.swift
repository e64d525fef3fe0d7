import Failover
import Scenarios

/// How long a drill is going to take and what it is going to cost, from simulating it first.
public struct DrillEstimate: Sendable, Hashable {
  /// The longest and the dearest of the simulated drills.
  public var length: Duration
  public var cost: Money
  /// How many were simulated.
  public var drills: Int

  /// Simulates with the prices and times of the scenario's own world.
  ///
  /// - Throws: what `Run` throws.
  public init(_ scenario: Scenario, drills: Int = 20) throws {
    length = .zero
    cost = .zero
    self.drills = drills
    for seed in 1...UInt64(max(1, drills)) {
      let run = try Run(scenario, seed: seed)
      let end = Self.end(of: run)
      length = max(length, end)
      cost = max(cost, Charges(of: run).cost(from: .zero, to: end).total)
    }
  }

  /// A drill ends when its first incident is over and the workspace is protected as before; the simulation may go on.
  private static func end(of run: Run) -> Duration {
    guard case .operation = run.scenario.life, let fault = Incident.all(in: run.events).compactMap(\.fault).first
    else { return run.length }
    let over = run.events.first { event in
      guard event.time > fault else { return false }
      return switch event.kind {
      case .recoveryCompleted, .warmStandbyReady: true
      default: false
      }
    }
    return over?.time ?? run.length
  }
}
