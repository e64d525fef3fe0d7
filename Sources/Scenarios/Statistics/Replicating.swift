import Failover

/// The work was to end before it was done.
public struct Stopped: Error, Sendable, Hashable {
  public init() {}
}

/// A replication could not be played.
public struct ReplicationError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
}

extension ReplicationStatistics {
  /// How many replications are played before their figures are added up: what is kept of so many is the most there is in
  /// memory.
  private static let block = 256

  /// Plays replications of a scenario until `rule` is satisfied.
  ///
  /// The result is the same to the bit for any number of workers.
  ///
  /// - Parameters:
  ///   - plan: which luck each replication has. Antithetic pairs are never torn: an odd limit is one more.
  ///   - until: ends every operation earlier or later than the scenario says.
  ///   - isStopped: asked before each replication.
  ///   - played: called after each replication, on whatever thread.
  /// - Throws: `Stopped` when told to stop; `ReplicationError` when a replication cannot be played.
  public init(
    of scenario: Scenario, plan: ReplicationPlan, rule: StoppingRule, until: Duration? = nil, workers: Workers,
    isStopped: @Sendable () -> Bool = { false }, played: (@Sendable () -> Void)? = nil
  ) throws {
    self.init()
    repeat {
      let target = rule.nextLook(after: replications)
      while replications < target {
        let first = replications
        let count = min(Self.block, (target - first + plan.unit - 1) / plan.unit * plan.unit)
        let observations = try workers.map(count, finished: { _ in played?() }) { index -> Observation in
          if isStopped() { throw Stopped() }
          do {
            return try plan.observe(scenario, replication: first + index, until: until)
          } catch {
            let (seed, isMirrored) = plan.luck(of: first + index)
            throw ReplicationError(description: "seed \(seed)\(isMirrored ? ", mirrored" : ""): \(error)")
          }
        }
        for start in stride(from: 0, to: count, by: plan.unit) {
          add(Array(observations[start..<(start + plan.unit)]))
        }
      }
    } while !rule.isSatisfied(by: self)
  }
}
