import Failover

/// What ran when: a row for each track, a bar for each stretch of time.
struct GanttChart: Chart {
  struct Bar {
    var name: String
    var start: ResultNumber
    var end: ResultNumber
    /// A style of the page's, such as `full` or `s3`.
    var style: String
  }

  struct Row {
    var name: String
    var bars: [Bar]
  }

  var title: String
  var caption: String
  var rows: [Row]
  /// The part of time that is drawn, in seconds; bars are cut at its ends.
  var window: (start: Double, end: Double)
  /// What the axis counts from, in seconds.
  var origin = 0.0
  /// What instants count from, for the axis and the table.
  var originName = "the start of the run"
  /// Which colour stands for what.
  var key: [(style: String, name: String)] = []

  private static let gutter = 170.0
  private static let rowHeight = 27.0
  private var top: Double { 8 }
  private var bottom: Double { top + Double(rows.count) * Self.rowHeight }
  private var legend: (Markup, height: Double) { SVG.legend(key, y: bottom + 50) }
  var height: Double { bottom + 50 + legend.height }

  var summary: String {
    rows.map { row in
      "\(row.name): "
        + row.bars.prefix(12).map { "\($0.name) from \(clock($0.start)) to \(clock($0.end))" }.joined(separator: ", ")
        + (row.bars.count > 12 ? ", and \(row.bars.count - 12) more" : "")
    }.joined(separator: ". ")
  }

  private func clock(_ instant: ResultNumber) -> String { Figures.human(instant.duration) }

  var drawing: Markup {
    let axis = Axis(from: window.start, to: window.end, unit: .duration, relativeTo: origin)
    let width = SVG.width - Self.gutter - 12
    func x(_ value: Double) -> Double { Self.gutter + min(1, max(0, axis.position(value))) * width }
    var parts: [Markup] = []
    for tick in axis.ticks {
      parts.append(SVG.line(x(tick.value), top, x(tick.value), bottom, "grid"))
      parts.append(SVG.text(tick.label, x: x(tick.value), y: bottom + 17, "faint small mid"))
    }
    parts.append(SVG.line(Self.gutter, bottom, SVG.width - 12, bottom, "axis"))
    parts.append(SVG.text("time from \(originName)", x: SVG.width - 12, y: bottom + 36, "faint small end"))
    for (index, row) in rows.enumerated() {
      let y = top + Double(index) * Self.rowHeight
      parts.append(SVG.text(SVG.fitted(row.name, width: Self.gutter - 14), x: Self.gutter - 8, y: y + 17, "end"))
      for bar in row.bars where bar.end.double >= window.start && bar.start.double <= window.end {
        let (from, to) = (x(bar.start.double), x(bar.end.double))
        let length = max(1.5, to - from)
        parts.append(
          SVG.rectangle(
            x: from, y: y + 3, width: length, height: Self.rowHeight - 6, "\(bar.style) edge",
            tip: "\(row.name), \(bar.name): \(clock(bar.start)) to \(clock(bar.end))"))
        if SVG.textWidth(bar.name) + 10 <= length {
          parts.append(SVG.text(bar.name, x: from + 6, y: y + 18, "onbar small"))
        }
      }
    }
    return (parts + [legend.0]).joined()
  }

  var table: Page.Table {
    Page.Table(
      "\(title), in figures; instants from the start of the run",
      [.text("track"), .text("what"), .number("from"), .number("to"), .number("length")],
      rows: rows.flatMap { row in
        row.bars.map { bar in
          [
            Page.Cell(row.name), Page.Cell(bar.name), Page.Cell(seconds(bar.start), literal: bar.start.literal),
            Page.Cell(seconds(bar.end), literal: bar.end.literal),
            Page.Cell(Figures.human(bar.end.duration - bar.start.duration)),
          ]
        }
      })
  }

  private func seconds(_ instant: ResultNumber) -> String { Figures.seconds(instant.duration) + " s" }
}
