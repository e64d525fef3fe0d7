import Failover

/// Wholes and their parts: a bar for each, all on one scale. Parts have numbers as well as colours.
struct StackedBarChart: Chart {
  struct Row {
    var name: String
    /// One for each of the chart's parts, in their order; `nil` where there is none.
    var values: [ResultNumber?]

    /// In billionths.
    var total: Int128 { values.reduce(0) { $0 + max(0, $1?.billionths ?? 0) } }
  }

  var title: String
  var caption: String
  var parts: [String]
  var rows: [Row]
  var unit: MetricUnit

  private var gutter: Double { rows.count == 1 ? 0 : 150 }
  private var barHeight: Double { rows.count == 1 ? 40 : 24 }
  private var bottom: Double { 6 + Double(rows.count) * (barHeight + 8) }
  private var legend: (Markup, height: Double) {
    SVG.legend(parts.enumerated().map { ("s\($0 % 8)", "\($0 + 1) \($1)" + legendShare($0)) }, y: bottom + 32)
  }
  var height: Double { bottom + 34 + legend.height }

  /// The share of a part, where there is but one whole.
  private func legendShare(_ part: Int) -> String {
    guard rows.count == 1, let row = rows.first, let value = row.values[part] else { return "" }
    return " " + Self.share(value, of: row.total)
  }

  static func share(_ part: ResultNumber, of total: Int128) -> String {
    // A thousandth of a billionth's accuracy is more than a drawing needs, and never too large.
    let scale = max(1, total / 1_000_000_000_000)
    return Figures.percent(Int64(clamping: part.billionths / scale), of: Int64(clamping: total / scale), decimals: 1)
  }

  var summary: String {
    rows.map { row in
      let shares = zip(parts, row.values).compactMap { name, value in
        value.map { "\(name) \($0.text(unit)) (\(Self.share($0, of: row.total)))" }
      }
      return (rows.count == 1 ? "" : "\(row.name): ") + shares.joined(separator: ", ")
    }.joined(separator: ". ")
  }

  var drawing: Markup {
    let most = rows.map { Double($0.total) / 1e9 }.max() ?? 1
    let axis = Axis(from: 0, to: most, unit: unit)
    let width = SVG.width - gutter - 14
    var drawn: [Markup] = []
    for tick in axis.ticks {
      let x = gutter + axis.position(tick.value) * width
      drawn.append(SVG.line(x, 4, x, bottom, "grid"))
      drawn.append(SVG.text(tick.label, x: x, y: bottom + 16, "faint small" + (x < 20 ? "" : " mid")))
    }
    for (index, row) in rows.enumerated() {
      let y = 6 + Double(index) * (barHeight + 8)
      if gutter > 0 {
        drawn.append(SVG.text(SVG.fitted(row.name, width: gutter - 12), x: gutter - 8, y: y + 16, "end"))
      }
      var before = 0.0
      for (part, value) in row.values.enumerated() {
        guard let value, value.billionths > 0 else { continue }
        let from = gutter + axis.position(before) * width
        before += value.double
        let length = gutter + axis.position(before) * width - from
        let share = Self.share(value, of: row.total)
        drawn.append(
          SVG.rectangle(
            x: from, y: y, width: max(0.8, length), height: barHeight, "s\(part % 8) edge",
            tip: "\(parts[part]): \(value.text(unit)), \(share)"))
        let label = ["\(part + 1): \(share)", "\(part + 1)"].first { SVG.textWidth($0) + 8 <= length }
        if let label {
          drawn.append(SVG.text(label, x: from + length / 2, y: y + barHeight / 2 + 4.5, "onbar small mid"))
        }
      }
    }
    return (drawn + [legend.0]).joined()
  }

  var table: Page.Table {
    if rows.count == 1, let row = rows.first {
      return Page.Table(
        title, [.text("part"), .number("amount"), .number("share")],
        rows: zip(parts, row.values).map { name, value in
          [Page.Cell(name), Page.Cell(value, unit), value.map { Page.Cell(Self.share($0, of: row.total)) } ?? .none]
        })
    }
    return Page.Table(
      title, [.text("")] + parts.map { .number($0) },
      rows: rows.map { row in [Page.Cell(row.name)] + row.values.map { Page.Cell($0, unit) } })
  }
}
