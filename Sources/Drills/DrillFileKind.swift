import Scenarios

/// A kind of file that drills read or write, and its JSON Schema (draft 2020-12).
public enum DrillFileKind: String, Sendable, Hashable, CaseIterable {
  case settings, comparison, history

  /// One line for people.
  public var summary: String {
    switch self {
    case .settings: "accounts, keys and paths, named by --config (YAML)"
    case .comparison: "the result of drill --compare-sim --format json"
    case .history: "one line of the file that drill history shows"
    }
  }

  /// The schema as a JSON document.
  ///
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func schema() throws -> String {
    let title = "simulate-failover drill: \(summary)"
    return switch self {
    case .settings: try FileSchema.text(title: title, of: BackendSettings.init)
    case .comparison: try Comparison.schema(title).document()
    case .history: try DrillRecord.schema(title).document()
    }
  }
}
