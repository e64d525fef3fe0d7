import Failover

/// Results as pages: each one self-contained HTML file, made of nothing but the JSON that `--format json` gives.
public enum HTMLReport {
  /// The page of one result, or of several runs laid over each other, the first of them the baseline.
  ///
  /// The same results give the same bytes: there is no date and no path in a page.
  ///
  /// - Throws: `InvalidFile` for a result in which something is missing, or for several results that are not all runs.
  public static func render(_ results: [ResultFile]) throws -> String {
    try PageRenderer().render(page(of: results))
  }

  /// What `render` gives for a document that has not been written to a file.
  static func render(_ document: JSONValue) throws -> String {
    try render([ResultFile(document, file: "result")])
  }

  static func page(of results: [ResultFile]) throws -> Page {
    guard results.count > 1 else {
      guard let result = results.first else { return Page(title: "No result", summary: "") }
      return switch result.kind {
      case .run: try RunPage(result.root).page()
      case .comparison: try ComparisonPage(result.root).page()
      case .sweep: try SweepPage(result.root).page()
      case .tuning: try TunePage(result.root).page()
      case .check: try CheckPage(result.root).page()
      }
    }
    if let other = results.first(where: { $0.kind != .run }) {
      throw other.root.problem("a \(other.kind.rawValue) is a report of its own; only runs are laid over each other")
    }
    return try RunsPage(results.map(\.root)).page()
  }
}
