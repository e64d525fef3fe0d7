import Failover

/// What is kept of a replication: the values of every figure, and what must always hold and did not. Not its log.
public struct Observation: Sendable, Hashable, Codable {
  /// The values of each figure of `Figure.all`, in that order.
  public var values: [[Double]]
  /// GPUs lost while they served, and failovers without a fault.
  public var incidents: Int
  public var violations: [String]

  public init(values: [[Double]], incidents: Int = 0, violations: [String] = []) {
    self.values = values
    self.incidents = incidents
    self.violations = violations
  }

  public init(_ run: Run) {
    let inputs = FigureInputs(run)
    self.init(
      values: Figure.all.map { $0.read(inputs) }, incidents: inputs.incidents.count, violations: run.violations)
  }
}

/// Which luck each replication has.
///
/// The n-th replication has the same luck in every scenario and in every cell of a sweep (common random numbers), so that
/// what differs between them is what was changed.
public struct ReplicationPlan: Sendable, Hashable {
  /// The seed of the first replication; the next has the next number.
  public var baseSeed: UInt64
  /// Whether replications come in pairs of one seed, of which the second mirrors every random number.
  public var isAntithetic: Bool

  public init(baseSeed: UInt64 = 1, isAntithetic: Bool = false) {
    self.baseSeed = baseSeed
    self.isAntithetic = isAntithetic
  }

  /// The seed of a replication, counted from 0, and whether its numbers are mirrored.
  public func luck(of replication: Int) -> (seed: UInt64, isMirrored: Bool) {
    let number = UInt64(max(0, replication))
    return isAntithetic ? (baseSeed &+ number / 2, number % 2 == 1) : (baseSeed &+ number, false)
  }

  /// How many replications belong together: only those of different units are independent.
  public var unit: Int { isAntithetic ? 2 : 1 }

  /// Plays one replication of `scenario`.
  ///
  /// - Throws: what a run throws.
  public func observe(_ scenario: Scenario, replication: Int, until: Duration? = nil) throws -> Observation {
    let (seed, isMirrored) = luck(of: replication)
    return Observation(try Run(scenario, seed: seed, until: until, antithetic: isMirrored))
  }
}
