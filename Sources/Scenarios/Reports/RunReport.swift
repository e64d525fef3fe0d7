import Failover

/// The formats of one run's report.
public enum RunFormat: String, Sendable, CaseIterable {
  case text, json, csv, trace, html
}

/// One run in any of its formats.
public struct RunReport {
  let run: Run
  /// The run that shows what a drill's times stand for.
  let production: Run?
  let traceSource: String?
  let style: Style
  let details: Int
  let rubric: Rubric?

  public init(
    _ run: Run, production: Run?, traceSource: String?, style: Style, details: Int, rubric: Rubric? = nil
  ) {
    self.rubric = rubric
    self.run = run
    self.production = production
    self.traceSource = traceSource
    self.style = style
    self.details = details
  }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: RunFormat) throws -> String {
    switch format {
    case .text:
      TextReport(
        run, production: production, traceSource: traceSource, style: style, incidentsInDetail: details,
        rubric: rubric
      ).render()
    case .json: try JSONReport.render(run, rubric: rubric)
    case .csv: CSVReport.render(run)
    case .trace: try TraceReport.render(run)
    case .html: try HTMLReport.render(JSONReport.value(of: run, rubric: rubric))
    }
  }
}
