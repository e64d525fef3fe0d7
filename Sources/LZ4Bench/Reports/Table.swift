/// A table of text, the same cells for the terminal, Markdown and CSV.
struct Table {
  struct Column {
    var title: String
    var isNumber = true
  }
  var columns: [Column]
  var rows: [[String]] = []

  func text() -> String {
    let widths = columns.indices.map { index in
      ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map {
        columns[$0].isNumber ? Format.right(cells[$0], widths[$0]) : Format.left(cells[$0], widths[$0])
      }
      return trimmed(padded.joined(separator: "  "))
    }
    return ([line(columns.map(\.title))] + rows.map(line)).joined(separator: "\n")
  }

  func markdown() -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = columns.map { $0.isNumber ? "---:" : "---" }
    let escaped = rows.map { $0.map { $0.replacing("|", with: "\\|") } }
    return ([line(columns.map(\.title)), line(rule)] + escaped.map(line)).joined(separator: "\n")
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// A field of a CSV file (RFC 4180).
func csvField(_ text: String) -> String {
  guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
  return "\"" + text.replacing("\"", with: "\"\"") + "\""
}
