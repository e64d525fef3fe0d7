import Failover

/// Figures with the intervals in which the truth lies, a row each, on one scale.
struct IntervalChart: Chart {
  struct Row {
    var name: String
    var value: ResultNumber
    /// The ends of the interval; `nil` where one is not known.
    var low: ResultNumber?
    var high: ResultNumber?
    /// How far from zero is allowed, drawn as a band behind the row; `nil` for no band.
    var allowed: ResultNumber?
    /// What is to be said of it.
    var note: String = ""
  }

  var title: String
  var caption: String
  /// What is measured, for the axis.
  var quantity: String
  var unit: MetricUnit
  var rows: [Row]
  /// Whether zero is on the scale, as the line between more and less.
  var showsZero = false
  /// Of the intervals, in per cent.
  var confidence = 95

  private static let (gutter, rowHeight) = (230.0, 24.0)
  private var bottom: Double { 6 + Double(rows.count) * Self.rowHeight }
  var height: Double { bottom + 44 }

  var summary: String {
    rows.prefix(60).map { row in
      "\(row.name): \(row.value.text(unit))"
        + (row.low.flatMap { low in row.high.map { " (\(low.text(unit)) to \($0.text(unit)))" } } ?? "")
    }.joined(separator: ". ")
  }

  var drawing: Markup {
    let ends: [ResultNumber] = rows.flatMap { row in [row.value, row.low, row.high].compactMap(\.self) }
    let bands: [Double] = rows.compactMap { $0.allowed?.double }.flatMap { [-$0, $0] }
    let values: [Double] = ends.map(\.double) + bands + (showsZero ? [0] : [])
    let axis = Axis(values, unit: unit)
    let width = SVG.width - Self.gutter - 14
    func x(_ value: Double) -> Double { Self.gutter + axis.position(value) * width }
    var parts: [Markup] = []
    for tick in axis.ticks {
      parts.append(SVG.line(x(tick.value), 2, x(tick.value), bottom, "grid"))
      parts.append(SVG.text(tick.label, x: x(tick.value), y: bottom + 17, "faint small mid"))
    }
    for (index, row) in rows.enumerated() {
      guard let allowed = row.allowed?.double, allowed > 0 else { continue }
      let y = 6 + Double(index) * Self.rowHeight
      parts.append(
        SVG.rectangle(x: x(-allowed), y: y + 3, width: x(allowed) - x(-allowed), height: Self.rowHeight - 6, "h1"))
    }
    if showsZero { parts.append(SVG.line(x(0), 2, x(0), bottom + 4, "axis")) }
    parts.append(SVG.text(quantity, x: SVG.width - 14, y: bottom + 36, "faint small end"))
    for (index, row) in rows.enumerated() {
      let y = 6 + (Double(index) + 0.5) * Self.rowHeight
      parts.append(SVG.text(SVG.fitted(row.name, width: Self.gutter - 14), x: Self.gutter - 10, y: y + 4.5, "end small"))
      if let low = row.low, let high = row.high {
        parts.append(SVG.line(x(low.double), y, x(high.double), y, "curve l0"))
        for end in [low, high] { parts.append(SVG.line(x(end.double), y - 5, x(end.double), y + 5, "curve l0")) }
      }
      parts.append(SVG.circle(x(row.value.double), y, radius: 5, "s0 edge", tip: "\(row.name): \(row.value.text(unit))"))
    }
    return parts.joined()
  }

  var table: Page.Table {
    let hasNotes = rows.contains { !$0.note.isEmpty }
    let hasBands = rows.contains { $0.allowed != nil }
    return Page.Table(
      title,
      [.text(""), .number("figure"), .number("\(confidence) % from"), .number("to")]
        + (hasBands ? [.number("allowed")] : []) + (hasNotes ? [.text("")] : []),
      rows: rows.map { row in
        [Page.Cell(row.name), Page.Cell(row.value, unit), Page.Cell(row.low, unit), Page.Cell(row.high, unit)]
          + (hasBands ? [Page.Cell(row.allowed, unit)] : []) + (hasNotes ? [Page.Cell(row.note)] : [])
      })
  }
}
