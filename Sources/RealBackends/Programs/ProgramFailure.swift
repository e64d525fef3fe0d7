import Failover

/// What the ways in which ssh and rsync fail mean.
enum ProgramFailure {
  /// What a line of standard error means, whatever the exit code; the first row that fits any line counts.
  /// The texts are those of the C library's `strerror`, of OpenSSH's `sshconnect.c` and `packet.c`, and of
  /// rsync.
  private static let texts: [(text: String, reason: PortError.Reason)] = [
    ("No space left on device", .diskFull),
    ("Disk quota exceeded", .diskFull),
    // tar, when the disk took a part of a block and no more.
    (": Wrote only ", .diskFull),
    ("command not found", .notFound),
    ("Permission denied (13)", .refused),
    ("Permission denied (", .unauthorized),
    ("Host key verification failed", .unauthorized),
    ("Too many authentication failures", .unauthorized),
    // A connection that could not be made, or was given up, before the call's own time was over.
    ("timed out", .unreachable),
    ("not responding", .unreachable),
    ("forwarding failed", .refused),
    ("Connection refused", .unreachable),
    ("Could not resolve hostname", .unreachable),
    ("No route to host", .unreachable),
    ("Network is unreachable", .unreachable),
    ("Connection reset", .unreachable),
    ("Connection closed", .unreachable),
  ]

  /// What the exit codes mean that have one meaning; the numbers are those of rsync(1), timeout(1), sh(1) and
  /// ssh(1). 12 and 255 are a race for the same fault: both say that the connection is gone.
  private static let exitCodes: [Int32: (reason: PortError.Reason, meaning: String)] = [
    2: (.invalidAnswer, "the other side does not speak rsync's protocol; does its shell print something?"),
    3: (.notFound, "no such directory"),
    10: (.unreachable, "socket error"),
    11: (.refused, "a file could not be read or written"),
    12: (.unreachable, "the connection broke"),
    23: (.refused, "some files could not be copied"),
    30: (.unreachable, "no data for too long"),
    35: (.unreachable, "no connection in time"),
    124: (.timedOut, "ended on the host when its time was over"),
    127: (.notFound, "a program is not installed on the host"),
    255: (.unreachable, "the connection failed"),
  ]

  /// The error for a program that did not end well.
  ///
  /// - Parameter what: what was being done; it begins the error's detail, and the telling line of standard
  ///   error ends it.
  static func error(_ result: Program.Result, _ what: String) -> PortError {
    let lines = result.errors.map(printable).filter { !$0.isEmpty }
    // rsync says only that it could not enter the directory, with the exit code for many troubles.
    if let line = lines.first(where: { $0.contains("change_dir") && $0.contains("No such file") }) {
      return PortError(.notFound, "\(what): \(line)")
    }
    for (text, reason) in texts {
      if let line = lines.first(where: { $0.contains(text) }) { return PortError(reason, "\(what): \(line)") }
    }
    let (reason, meaning) = exitCodes[result.exitCode] ?? (.refused, "exit code \(result.exitCode)")
    return PortError(reason, "\(what): \(meaning)" + (lines.first.map { ": \($0)" } ?? ""))
  }

  /// A line of somebody else's making, fit for a log: without control characters and not long.
  static func printable(_ line: String) -> String {
    let plain = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
    return String(String(plain).prefix(200)).trimmed
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
