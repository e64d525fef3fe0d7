import Failover

/// A metric: what it is called, what it means, and how it is found in a log.
public struct MetricDefinition: Sendable {
  /// Whether one would rather have more of it.
  public enum Better: String, Sendable, Hashable, CaseIterable {
    case lower, higher
    /// It says something about the world, not about how well anything works.
    case neither
  }

  /// Such as `mttd.p95`: the name in rubrics, limits and comparisons.
  public let name: String
  public let unit: MetricUnit
  public let better: Better
  /// What it is, in a few words.
  public let help: String
  /// The figure; `nil` where a run has none.
  let read: @Sendable (MetricInputs) -> MetricValue?
}

extension MetricDefinition {
  static func duration(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Duration?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .duration, better: better, help: help) { read($0).map(MetricValue.duration) }
  }

  static func money(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Money?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .money, better: better, help: help) { read($0).map(MetricValue.money) }
  }

  static func share(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Ratio?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .share, better: better, help: help) { read($0).map(MetricValue.share) }
  }

  static func count(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Int?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .count, better: better, help: help) { read($0).map(MetricValue.count) }
  }

  /// How many in a month of 30 days.
  static func monthly(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> Int
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .count, better: better, help: help) { inputs in
      inputs.perMonth(read(inputs)).map(MetricValue.count)
    }
  }

  static func bytes(
    _ name: String, _ better: Better, _ help: String, _ read: @escaping @Sendable (MetricInputs) -> ByteCount?
  ) -> MetricDefinition {
    MetricDefinition(name: name, unit: .bytes, better: better, help: help) { read($0).map(MetricValue.bytes) }
  }
}
