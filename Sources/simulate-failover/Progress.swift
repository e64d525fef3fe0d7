import Foundation

/// One line on the terminal that says how far a long command has come; nothing where nobody watches.
struct Progress {
  private let started = ContinuousClock.now
  private let isShown: Bool

  /// - Parameter isWanted: `false` for a command that was asked to be quiet.
  init(isWanted: Bool) { isShown = isWanted && isatty(STDERR_FILENO) != 0 }

  /// What a run is given to report with; `nil` when nobody would see it.
  var report: (@Sendable (_ done: Duration, _ whole: Duration) -> Void)? {
    guard isShown else { return nil }
    return { [started] done, whole in
      // Whoever waits less than a second need not be told.
      guard ContinuousClock.now - started > .seconds(1), whole > .zero else { return }
      let percent = Int((done / whole * 100).rounded())
      write("\r\u{1B}[Ksimulated \(percent) % of \(Int(whole / .seconds(86_400))) days")
    }
  }

  /// Takes the line away again.
  func end() {
    if isShown { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
