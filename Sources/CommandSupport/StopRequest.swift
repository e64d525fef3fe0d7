import Dispatch
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
    // A queue of its own has a thread of its own, however busy the processors are.
    let queue = DispatchQueue(label: "stop request", qos: .userInteractive)
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        let isSecond = made.withLock { made in
          defer { made = true }
          return made
        }
        if isSecond { exit(128 + number) }
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
    return try body()
  }
}
