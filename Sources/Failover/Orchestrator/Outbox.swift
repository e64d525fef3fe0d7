import Synchronization

/// Notifications on their way out, first come, first served. Anybody puts them in; one task takes them out.
///
/// An `AsyncStream` does the same, and more. It is generic code of another library, which the compiler cannot
/// specialise: to put a notification in and take it out took 13,000 instructions with it and takes half as many here.
final class Outbox: Sendable {
  private struct Content {
    var waiting: [Notification] = []
    /// Whoever waits for the next one.
    var taker: CheckedContinuation<Notification?, Never>?
    var isClosed = false
  }

  private let content = Mutex(Content())

  /// Adds a notification; does nothing when the box is closed.
  func put(_ notification: Notification) {
    let taker = content.withLock { content -> CheckedContinuation<Notification?, Never>? in
      guard !content.isClosed else { return nil }
      defer { content.taker = nil }
      if content.taker == nil { content.waiting.append(notification) }
      return content.taker
    }
    taker?.resume(returning: notification)
  }

  /// Nothing is put in any more. What is in it can still be taken.
  func close() {
    let taker = content.withLock { content in
      defer { content.taker = nil }
      content.isClosed = true
      return content.taker
    }
    taker?.resume(returning: nil)
  }

  /// Takes the next notification, and waits for one when there is none.
  ///
  /// - Returns: `nil` when the box is closed and empty. When the task that takes is cancelled, it is closed.
  func next() async -> Notification? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { taker in
        let (isThere, notification) = content.withLock { content -> (Bool, Notification?) in
          if !content.waiting.isEmpty { return (true, content.waiting.removeFirst()) }
          if !content.isClosed { content.taker = taker }
          return (content.isClosed, nil)
        }
        if isThere { taker.resume(returning: notification) }
      }
    } onCancel: {
      close()
    }
  }
}
