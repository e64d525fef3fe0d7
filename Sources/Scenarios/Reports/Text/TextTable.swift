/// Rows of cells under headings, padded to columns.
package struct TextTable {
  package enum Alignment { case left, right }

  struct Cell {
    var text: String
    var tone: Style.Tone?
  }

  package var columns: [(heading: String, alignment: Alignment)]
  private var rows: [[Cell]] = []

  package init(_ columns: [(String, Alignment)]) { self.columns = columns.map { (heading: $0.0, alignment: $0.1) } }

  package mutating func add(_ cells: [String], tone: Style.Tone? = nil, in column: Int? = nil) {
    rows.append(
      cells.enumerated().map { index, text in
        Cell(text: text, tone: column == nil || column == index ? tone : nil)
      })
  }

  package func lines(_ style: Style, indent: Int = 2) -> [String] {
    let widths = columns.indices.map { column in
      max(columns[column].heading.count, rows.map { $0[column].text.count }.max() ?? 0)
    }
    let margin = String(repeating: " ", count: indent)
    let heading = columns.indices.map { pad(columns[$0].heading, widths[$0], columns[$0].alignment) }
    let body = rows.map { row in
      columns.indices.map { column in
        let padded = pad(row[column].text, widths[column], columns[column].alignment)
        return row[column].tone.map { style(padded, $0) } ?? padded
      }
    }
    return ([heading.map { style($0, .faint) }] + body).map { cells in
      trimmed(margin + cells.joined(separator: "  "))
    }
  }

  private func pad(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return alignment == .left ? text + space : space + text
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}
