import Failover

/// A bar for each of several figures, with the figure at its end.
struct BarChart: Chart {
  struct Row {
    var name: String
    /// `nil` where it is not known.
    var value: ResultNumber?
    var note: String = ""
  }

  var title: String
  var caption: String
  var unit: MetricUnit
  var rows: [Row]
  /// The end of the scale, such as the best mark there is; the longest bar where `nil`.
  var limit: Double?

  private static let (gutter, rowHeight) = (170.0, 26.0)
  var height: Double { 8 + Double(rows.count) * Self.rowHeight }

  var summary: String {
    rows.map { "\($0.name): \($0.value?.text(unit) ?? "not known")" }.joined(separator: ". ")
  }

  var drawing: Markup {
    let most = limit ?? rows.compactMap { $0.value?.double }.max() ?? 1
    let width = SVG.width - Self.gutter - 120
    var parts: [Markup] = []
    for (index, row) in rows.enumerated() {
      let y = 4 + Double(index) * Self.rowHeight
      parts.append(SVG.text(SVG.fitted(row.name, width: Self.gutter - 14), x: Self.gutter - 8, y: y + 17, "end"))
      parts.append(SVG.line(Self.gutter, y, Self.gutter, y + Self.rowHeight, "axis"))
      let length = row.value.map { most > 0 ? max(0, min(1, $0.double / most)) * width : 0 } ?? 0
      if row.value != nil {
        parts.append(SVG.rectangle(x: Self.gutter, y: y + 4, width: max(1, length), height: Self.rowHeight - 8, "s0"))
      }
      let text = row.value?.text(unit) ?? (row.note.isEmpty ? "–" : row.note)
      parts.append(SVG.text(SVG.fitted(text, width: SVG.width - Self.gutter - length - 10),
        x: Self.gutter + length + 8, y: y + 17.5, row.value == nil ? "faint small" : ""))
    }
    return parts.joined()
  }

  var table: Page.Table {
    let hasNotes = rows.contains { !$0.note.isEmpty }
    return Page.Table(
      title, [.text(""), .number("figure")] + (hasNotes ? [.text("")] : []),
      rows: rows.map { row in
        [Page.Cell(row.name), Page.Cell(row.value, unit)] + (hasNotes ? [Page.Cell(row.note)] : [])
      })
  }
}
