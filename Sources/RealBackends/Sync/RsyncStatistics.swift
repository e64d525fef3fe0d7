/// What `rsync --stats` says of one run.
struct RsyncStatistics: Sendable, Hashable {
  /// Regular files whose content was sent.
  var filesTransferred: Int
  var bytesSent: Int64
  var bytesReceived: Int64

  /// Reads the lines of a run with `--no-human-readable`; `nil` when a figure is missing or is no number.
  init?(_ lines: [String]) {
    func figure(_ label: String) -> Int64? {
      guard let line = lines.first(where: { $0.hasPrefix(label) }) else { return nil }
      let digits = line.dropFirst(label.count).prefix { $0.isASCII && $0.isNumber }
      return Int64(digits)
    }
    guard let files = figure("Number of regular files transferred: "),
      let sent = figure("Total bytes sent: "), let received = figure("Total bytes received: ")
    else { return nil }
    filesTransferred = Int(clamping: files)
    bytesSent = sent
    bytesReceived = received
  }

  /// Both ways together: contents one way, lists of files and checksums the other.
  var bytesOnTheWire: Int64 {
    let (sum, overflow) = bytesSent.addingReportingOverflow(bytesReceived)
    return overflow ? .max : sum
  }
}
