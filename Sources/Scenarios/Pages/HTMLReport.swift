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

  /// One drawing of the page of a result as a picture of its own (SVG), which needs nothing but itself.
  ///
  /// - Parameter name: the drawing's title as it stands on the page; the first drawing where `nil`.
  /// - Throws: as `render`; `InvalidFile` with the titles that there are, when none is called so.
  public static func picture(of results: [ResultFile], named name: String? = nil) throws -> String {
    let charts: [any Chart] = try page(of: results).sections.flatMap { Self.charts(in: $0.blocks) }
    guard let chart = name.map({ name in charts.first { $0.title == name } }) ?? charts.first else {
      let known = charts.isEmpty ? "it has none" : "it has: " + charts.map { $0.title }.joined(separator: "; ")
      throw InvalidFile(
        Problem(
          "the page has no drawing called \(quoted(name ?? "")); \(known)",
          at: .option("--drawing \(name ?? "")", number: 1)))
    }
    return SVG.file(of: chart)
  }

  private static func charts(in blocks: [Page.Block]) -> [any Chart] {
    blocks.flatMap { block -> [any Chart] in
      switch block {
      case .chart(let chart): [chart]
      case .folded(_, let blocks): charts(in: blocks)
      case .paragraph, .list, .table: []
      }
    }
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
