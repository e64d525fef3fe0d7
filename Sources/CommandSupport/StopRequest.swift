import Foundation
import Synchronization

/// Whether somebody has asked the program to stop, by Ctrl-C or a termination signal.
///
/// The first request lets the program finish tidily; the second ends it at once.
package final class StopRequest: Sendable {
  private let made = Mutex(false)

  package init() {}

  package var isMade: Bool { made.withLock { $0 } }

  /// Listens for requests while `body` runs.
  package func whileListening<Result>(_ body: () throws -> Result) rethrows -> Result {
    let signals = SignalSources([SIGINT, SIGTERM]) { [self] number in
      let isSecond = made.withLock { made in
        defer { made = true }
        return made
      }
      if isSecond { exit(128 + number) }
    }
    defer { signals.cancel() }
    return try body()
  }
}
