import Foundation

/// One line on standard error that is written over and over; nothing at all when that is no terminal.
package struct ProgressLine: Sendable {
  private let isOn: Bool

  package init(isOn: Bool = true) { self.isOn = isOn && isatty(STDERR_FILENO) == 1 }

  /// Replaces the line, cut to what an ordinary terminal shows.
  package func show(_ text: String) { write("\r\u{1B}[K" + text.prefix(100)) }

  package func clear() { write("\r\u{1B}[K") }

  /// What a run is given to report how far it has come; `nil` when nobody would see it.
  package var ofRun: (@Sendable (_ done: Duration, _ whole: Duration) -> Void)? {
    guard isOn else { return nil }
    let started = ContinuousClock.now
    return { done, whole in
      // Whoever waits less than a second need not be told.
      guard ContinuousClock.now - started > .seconds(1), whole > .zero else { return }
      let percent = Int((done / whole * 100).rounded())
      show("simulated \(percent) % of \(Int(whole / .seconds(86_400))) days")
    }
  }

  private func write(_ text: String) {
    guard isOn else { return }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
