import Failover

/// The cells of a sweep before any is played.
public struct SweepListing {
  private let sweep: Sweep
  private let replicationTime: Duration?
  private let jobs: Int
  private let style: Style

  /// - Parameters:
  ///   - replicationTime: how long one replication takes; `nil` where that is not known.
  ///   - jobs: how many simulations run at a time.
  public init(_ sweep: Sweep, replicationTime: Duration?, jobs: Int, style: Style = .plain) {
    self.sweep = sweep
    self.replicationTime = replicationTime
    self.jobs = max(1, jobs)
    self.style = style
  }

  /// How long the whole sweep would take; where a precision is asked for, how long it would take at least.
  public var estimate: Duration? {
    replicationTime.map { $0 * fewest * sweep.cells.count / jobs }
  }

  /// Replications of each cell there will at least be.
  private var fewest: Int {
    sweep.rule.precision == nil ? sweep.rule.limit : min(sweep.rule.limit, StoppingRule.firstLook)
  }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: SweepFormat) throws -> String {
    switch format {
    case .json: try json.document()
    case .csv:
      (["cell," + sweep.variations.map(\.path).joined(separator: ",")]
        + sweep.cells.enumerated().map { index, cell in
          "\(index + 1)," + cell.map { $0.value.contains(",") ? "\"\($0.value)\"" : $0.value }.joined(separator: ",")
        }).joined(separator: "\n") + "\n"
    case .text: sentence + "\n\n" + table.text(style).joined(separator: "\n") + "\n"
    case .markdown: sentence + "\n\n" + table.markdown.joined(separator: "\n") + "\n"
    case .html: try PageRenderer().render(page)
    }
  }

  private var page: Page {
    let rows = table.rows.map { $0.map { Page.Cell($0) } }
    let cells = Page.Table("Cells, none of them played yet", table.headings.map { .text($0) }, rows: rows)
    return Page(
      title: "Cells of a sweep", summary: sentence + ".", sections: [.init(heading: "Cells", blocks: [.table(cells)])])
  }

  private var sentence: String {
    let kind = sweep.rule.precision == nil ? "" : "at least "
    let time = estimate.map { time in
      time < .seconds(1) ? "less than a second" : "about \(Figures.human(.seconds(Int64(time.inSeconds.rounded()))))"
    }
    return "\(sweep.base.scenario.name): \(sweep.cells.count) cells of \(kind)\(fewest) replications"
      + (sweep.excluded > 0 ? " (\(sweep.excluded) more are left out by the constraint)" : "")
      + (time.map { ", \(kind)\($0) with \(jobs) job\(jobs == 1 ? "" : "s")" } ?? "")
  }

  private var table: SweepTable {
    var table = SweepTable(title: "", parameters: ["cell"] + sweep.variations.map(\.path))
    table.rows = sweep.cells.enumerated().map { ["\($0 + 1)"] + $1.map(\.value) }
    return table
  }

  private var json: JSONValue {
    [
      "schemaVersion": .number(1),
      "scenario": .text(sweep.base.scenario.name),
      "replications": .number(fewest),
      "estimatedTime": .seconds(estimate),
      "cells": .array(
        sweep.cells.enumerated().map { index, cell in
          .line([
            "number": .number(index + 1),
            "parameters": .object(cell.map { (key: $0.path, value: SweepDocument.value($0.value)) }),
          ])
        }),
    ]
  }
}
