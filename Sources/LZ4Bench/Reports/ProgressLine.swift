import Foundation

/// One line on standard error that is written over and over; nothing at all when that is no terminal.
public struct ProgressLine: Sendable {
  private let isOn: Bool

  public init(isOn: Bool = true) { self.isOn = isOn && isatty(STDERR_FILENO) == 1 }

  /// Replaces the line, cut to what an ordinary terminal shows.
  public func show(_ text: String) { write("\r\u{1B}[K" + text.prefix(100)) }

  public func clear() { write("\r\u{1B}[K") }

  private func write(_ text: String) {
    guard isOn else { return }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
