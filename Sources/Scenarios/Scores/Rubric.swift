import Failover

/// How a run is marked: categories with weights, and for each the metrics that its mark is computed from.
///
/// A rubric is data, read from a YAML file, so that anybody can mark by what matters to them.
public struct Rubric: Sendable, Hashable {
  /// A metric, what its figures are worth, and how much it counts within its category.
  public struct Component: Sendable, Hashable {
    /// A name of `MetricTable.definitions`.
    public let metric: String
    /// The weights of a category's components add up to one.
    public let weight: Ratio
    public let curve: ScoreCurve
  }

  public enum Scoring: Sendable, Hashable {
    case components([Component])
    /// Nothing in a run's log says anything about it, and why that is so.
    case notMeasurable(String)
  }

  public struct Category: Sendable, Hashable {
    public let name: String
    /// The weights of all categories add up to one; zero for what cannot be measured.
    public let weight: Ratio
    public let scoring: Scoring
  }

  public let name: String
  public let summary: String
  public let categories: [Category]
}
