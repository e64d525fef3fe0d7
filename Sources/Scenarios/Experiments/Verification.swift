import Failover

/// Many replications of one scenario, looked at only for what must always hold.
public struct Verification: Sendable {
  /// A replication in which something that must always hold did not, or that could not be played.
  public struct Failure: Sendable, Hashable {
    public var seed: UInt64
    /// What did not hold, one sentence each.
    public var violations: [String]
  }

  public var runs: Int
  /// GPUs lost while they served, in all runs.
  public var interruptions: Int
  /// In the order of their seeds.
  public var failures: [Failure]

  /// Plays `scenario` with the seeds from 1 to `seeds`.
  ///
  /// - Parameters:
  ///   - until: ends an operation earlier than the scenario says; never later.
  ///   - losses: ends an operation once so many GPUs have been lost and replaced; `nil` for no such end.
  ///   - progress: called after each run with how many are done.
  public init(
    _ scenario: Scenario, seeds: Int, until: Duration? = nil, losses: Int? = nil, workers: Workers,
    progress: (@Sendable (Int) -> Void)? = nil
  ) {
    var until = until
    if case .operation(let duration) = scenario.life, let limit = until { until = min(limit, duration) }
    let limit = until
    let results = try? workers.map(seeds, finished: progress) { index -> (Int, Failure?) in
      let seed = UInt64(index) + 1
      do {
        let run = try Run(scenario, seed: seed, until: limit, losses: losses)
        let lost = run.workspaces.reduce(0) { sum, workspace in
          sum + workspace.events.count { if case .interrupted = $0.kind { true } else { false } }
        }
        return (lost, run.violations.isEmpty ? nil : Failure(seed: seed, violations: run.violations))
      } catch {
        return (0, Failure(seed: seed, violations: ["\(error)"]))
      }
    }
    runs = results?.count ?? 0
    interruptions = results?.reduce(0) { $0 + $1.0 } ?? 0
    failures = results?.compactMap(\.1) ?? []
  }
}
