import Failover

/// The log of a run as a table: one event a row, for spreadsheets and data frames.
///
/// Of a fleet, the log of one workspace comes after the other, and the first column is the workspace's number.
///
/// The first row names the columns. `t_s` is the time since the start in seconds; then come the lane, the
/// kind, and one column for each name that a field of any kind of event has, with its unit at the end of the
/// header: `_s`, `_bytes`, `_usd_per_hour`. A field that an event does not have is an empty cell. Numbers are
/// exact and have a decimal point; flags are `true` and `false`. Cells are quoted as RFC 4180 says; a line
/// ends with a line feed.
public enum CSVReport {
  public static func render(_ run: Run) -> String {
    let columns = EventColumn.all
    var positions: [String: Int] = [:]
    for (index, column) in columns.enumerated() { positions[column.name] = index }

    let isFleet = !run.companions.isEmpty
    var text = ((isFleet ? ["workspace"] : []) + ["t_s", "lane", "kind"] + columns.map(\.header)).joined(separator: ",")
    text += "\n"
    for (number, event) in run.workspaces.enumerated().flatMap({ number, run in run.events.map { (number + 1, $0) } }) {
      var cells = Array(repeating: "", count: columns.count)
      for field in event.kind.fields {
        if let position = positions[field.name] { cells[position] = quoted(field.value.plainText) }
      }
      if isFleet { text += "\(number)," }
      text += "\(event.time.secondsText),\(quoted(event.lane.description)),\(event.kind.name),"
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A cell that holds a separator, a quotation mark or a line break is put in quotation marks.
  private static func quoted(_ cell: String) -> String {
    let special = cell.utf8.contains { byte in
      [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(byte)
    }
    guard special else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
