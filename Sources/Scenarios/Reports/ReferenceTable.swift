import Failover

/// The rows of a published report beside what a run gives.
public struct ReferenceTable: Sendable {
  /// A figure of the report.
  public struct Row: Sendable, Hashable {
    public var section: String
    public var what: String
    public var says: String
    public var simulated: String

    public var isEqual: Bool { says == simulated }
  }

  /// A place where the report contradicts itself or cannot hold.
  public struct Discrepancy: Sendable, Hashable {
    public var says: String
    public var computed: String
  }

  public var rows: [Row]
  public var discrepancies: [Discrepancy]

  /// Whether every figure is met.
  public var isEqual: Bool { rows.allSatisfy(\.isEqual) }
}
