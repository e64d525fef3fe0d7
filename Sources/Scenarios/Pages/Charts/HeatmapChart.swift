import Failover

/// A figure over two varied quantities: shades, with the figures in them.
struct HeatmapChart: Chart {
  var title: String
  var caption: String
  /// The quantity down the side and its values, and the one along the top.
  var side: (name: String, values: [String])
  var top: (name: String, values: [String])
  /// By row and column.
  var values: [[ResultNumber?]]
  var unit: MetricUnit
  /// Places that are told apart by a sign beside the figure.
  var marks: [Mark] = []
  /// What the signs mean: `★ the best`.
  var legend = ""

  struct Mark {
    var row: Int
    var column: Int
    /// One character.
    var sign: String
    /// Whether it is to be seen first.
    var isStrong = false
  }

  private static let gutter = 120.0
  private static let head = 44.0
  private var cellHeight: Double { 30 }
  var height: Double { Self.head + Double(side.values.count) * cellHeight + 34 }

  private var known: [ResultNumber] { values.joined().compactMap(\.self) }
  private var ends: (least: ResultNumber, most: ResultNumber)? {
    guard let least = known.min(by: { $0.billionths < $1.billionths }),
      let most = known.max(by: { $0.billionths < $1.billionths })
    else { return nil }
    return (least, most)
  }

  /// By factor, where values span more than a factor of ten.
  private var isLogarithmic: Bool {
    ends.map { $0.least.billionths > 0 && $0.most.billionths / 10 > $0.least.billionths } ?? false
  }

  /// 0 for the least to 4 for the most.
  private func shade(_ value: ResultNumber) -> Int {
    guard let ends, ends.most.billionths > ends.least.billionths else { return 0 }
    func position(_ number: ResultNumber) -> Double { isLogarithmic ? ExactMath.log(number.double) : number.double }
    let span = position(ends.most) - position(ends.least)
    guard span > 0 else { return 0 }
    return min(4, max(0, Int((position(value) - position(ends.least)) / span * 5)))
  }

  var summary: String {
    guard let ends else { return "No figures." }
    return "\(side.name) down, \(top.name) across; from \(ends.least.text(unit)) to \(ends.most.text(unit))"
  }

  var drawing: Markup {
    let columns = max(1, top.values.count)
    let width = (SVG.width - Self.gutter - 4) / Double(columns)
    var parts = [
      SVG.text(SVG.fitted("\(top.name) →", width: SVG.width - Self.gutter), x: Self.gutter, y: 14, "faint small"),
      SVG.text(SVG.fitted("\(side.name) ↓", width: Self.gutter + 40), x: 0, y: 34, "faint small"),
    ]
    for (column, value) in top.values.enumerated() {
      let x = Self.gutter + (Double(column) + 0.5) * width
      parts.append(SVG.text(SVG.fitted(value, width: width - 4), x: x, y: 34, "mid"))
    }
    for (row, name) in side.values.enumerated() {
      let y = Self.head + Double(row) * cellHeight
      parts.append(SVG.text(SVG.fitted(name, width: Self.gutter - 10), x: Self.gutter - 8, y: y + 20, "end"))
      for (column, value) in values[row].enumerated() {
        let x = Self.gutter + Double(column) * width
        let style = value.map { "h\(shade($0)) edge" } ?? "none"
        let text = value?.text(unit) ?? "–"
        parts.append(
          SVG.rectangle(
            x: x, y: y, width: width, height: cellHeight, style, tip: "\(name), \(top.values[column]): \(text)"))
        let own = marks.filter { $0.row == row && $0.column == column }
        parts.append(
          SVG.text(
            SVG.fitted(([text] + own.map(\.sign)).joined(separator: " "), width: width - 2), x: x + width / 2,
            y: y + 20,
            "mid small" + (value.map { " on\(shade($0))" } ?? "") + (own.contains(where: \.isStrong) ? " strong" : "")))
      }
    }
    return (parts + [scale]).joined()
  }

  private var scale: Markup {
    guard let ends else { return .empty }
    let y = height - 20
    let swatches = (0..<5).map { SVG.rectangle(x: Self.gutter + Double($0) * 22, y: y, width: 22, height: 13, "h\($0) edge") }
    let text = "\(ends.least.text(unit)) to \(ends.most.text(unit))" + (isLogarithmic ? ", by factor" : "")
      + (legend.isEmpty ? "" : "; \(legend)")
    return (swatches + [SVG.text(text, x: Self.gutter + 122, y: y + 12, "faint small")]).joined()
  }

  var table: Page.Table {
    Page.Table(
      "\(title): \(side.name) down, \(top.name) across", [.text(side.name)] + top.values.map { .number($0) },
      rows: values.enumerated().map { row, line in
        [Page.Cell(side.values[row])]
          + line.enumerated().map { column, value in
            var cell = Page.Cell(value, unit)
            for mark in marks where mark.row == row && mark.column == column { cell.text = "\(mark.sign) \(cell.text)" }
            return cell
          }
      })
  }
}
