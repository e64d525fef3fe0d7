import Failover

/// An objective of operation: a metric and what it should be.
public struct HealthTarget: Sendable, Hashable {
  public enum Relation: String, Sendable, Hashable, CaseIterable {
    case moreThan = ">"
    case lessThan = "<"
    case atLeast = "≥"
  }

  /// What it is called in a file, such as `syncSuccess`.
  public let key: String
  /// What it is called in a report.
  public let name: String
  /// A name of `MetricTable.definitions`.
  public let metric: String
  public let relation: Relation
  /// In the unit of the metric.
  public var bound: MetricValue

  /// The objectives of the documents' "MONITORAR": sync success > 99 %, health check failures < 5 %, failovers < 1 a
  /// month, recovery success 100 %, recovery time < 20 min.
  ///
  /// "Recovery success" is taken attempt by attempt: the orchestrator never gives up, so every recovery that is waited
  /// for succeeds, and a share of those could never miss. "Recovery time" is that of the longest, from the fault on, as
  /// users feel it.
  public static let documented = [
    HealthTarget(
      key: "syncSuccess", name: "syncs that succeed", metric: "sync.successRate", relation: .moreThan,
      bound: .share(.percent(99))),
    HealthTarget(
      key: "checkFailures", name: "health checks that fail", metric: "check.failureRate", relation: .lessThan,
      bound: .share(.percent(5))),
    HealthTarget(
      key: "failovers", name: "failovers in 30 days", metric: "failovers.month", relation: .lessThan,
      bound: .count(1)),
    HealthTarget(
      key: "recoverySuccess", name: "recovery attempts that succeed", metric: "recovery.successRate",
      relation: .atLeast, bound: .share(.one)),
    HealthTarget(
      key: "recoveryTime", name: "longest time to full service", metric: "mttrFull.max", relation: .lessThan,
      bound: .duration(.seconds(20 * 60))),
  ]

  /// The target laid beside the figure of a run.
  public func result(in metrics: MetricTable) -> TargetResult {
    TargetResult(target: self, value: metrics[metric])
  }

  /// Whether a figure meets the target; figures of another unit than the bound's do not.
  public func isMet(by value: MetricValue) -> Bool {
    guard value.unit == bound.unit else { return false }
    return switch relation {
    case .moreThan: value.exceeds(bound)
    case .lessThan: bound.exceeds(value)
    case .atLeast: !bound.exceeds(value)
    }
  }
}

/// A target and the figure it was measured by.
public struct TargetResult: Sendable, Hashable {
  public let target: HealthTarget
  /// `nil` when the run has no such figure.
  public let value: MetricValue?

  /// Met or missed; `nil` when there is no figure to tell.
  public var isMet: Bool? { value.map(target.isMet) }
}
