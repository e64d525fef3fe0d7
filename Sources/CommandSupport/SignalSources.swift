import Dispatch
import Foundation

/// Signals that call a function, in place of what they do by themselves.
package struct SignalSources {
  private let numbers: [Int32]
  private let sources: [any DispatchSourceSignal]

  /// Listens until `cancel()`.
  ///
  /// - Parameter handler: called on a thread of its own, with the signal's number.
  package init(_ numbers: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
    self.numbers = numbers
    // A queue of its own has a thread of its own, however busy the processors are.
    let queue = DispatchQueue(label: "stop request", qos: .userInteractive)
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { handler(number) }
      source.resume()
      return source
    }
  }

  /// From now on the signals do what they do by themselves.
  package func cancel() {
    for source in sources { source.cancel() }
    for number in numbers { signal(number, SIG_DFL) }
  }
}
