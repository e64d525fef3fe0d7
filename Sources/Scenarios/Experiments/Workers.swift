import Dispatch
import Foundation
import Synchronization

/// Threads on which independent pieces of work, such as simulations, run at the same time.
public struct Workers: Sendable {
  /// How many threads there are; at least 1.
  public let count: Int

  /// - Parameter count: as many as there are processors, when `nil`.
  public init(_ count: Int? = nil) {
    self.count = max(1, count ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// The results of `body` for 0 ..< `total`, in that order, however many threads there are.
  ///
  /// A piece of work runs from beginning to end on one thread. Once one has thrown, no more are begun, and the error of
  /// the first of those that threw, in the order of the work, is thrown.
  ///
  /// - Parameter finished: called after each piece, on whatever thread, with how many are done.
  public func map<Result: Sendable>(
    _ total: Int, finished: (@Sendable (Int) -> Void)? = nil,
    _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let progress = Mutex(WorkProgress<Result>(total))
    DispatchQueue.concurrentPerform(iterations: min(count, max(1, total))) { _ in
      while true {
        let index: Int? = progress.withLock { progress in
          guard progress.failure == nil, progress.next < total else { return nil }
          defer { progress.next += 1 }
          return progress.next
        }
        guard let index else { return }
        do {
          let result = try body(index)
          let done = progress.withLock { progress in
            progress.results[index] = result
            progress.done += 1
            return progress.done
          }
          finished?(done)
        } catch {
          progress.withLock { progress in
            if index < progress.failure?.index ?? .max { progress.failure = (index, error) }
          }
        }
      }
    }
    return try progress.withLock { progress in
      if let failure = progress.failure { throw failure.error }
      return progress.results.compactMap { $0 }
    }
  }
}

/// How far the work is, and what has come of it.
private struct WorkProgress<Result: Sendable>: Sendable {
  var next = 0
  var done = 0
  var results: [Result?]
  var failure: (index: Int, error: any Error)?

  init(_ total: Int) { results = Array(repeating: nil, count: total) }
}
