import Failover
import Synchronization

/// Runs works side by side; the first that fails ends the others.
///
/// - Throws: the first failure that is not a cancellation, since the others are cancelled because of it.
func together(
  _ works: [@Sendable () async throws(PortError) -> Void]
) async throws(PortError) {
  let failures = await withTaskGroup(of: PortError?.self) { group in
    for work in works {
      group.addTask {
        do throws(PortError) {
          try await work()
          return nil
        } catch {
          return error
        }
      }
    }
    var failures: [PortError] = []
    while let ended = await group.next() {
      if let failure = ended {
        failures.append(failure)
        group.cancelAll()
      }
    }
    return failures
  }
  if let failure = failures.first(where: { $0.reason != .cancelled }) ?? failures.first { throw failure }
}

/// Hands values from one task to another in order. The sender waits while more than `capacity` values lie
/// unread, so memory stays bounded however slow the receiver is; with a capacity of zero, until the receiver
/// has taken the value.
///
/// For one sender and one receiver.
final class Handover<Element: Sendable>: Sendable {
  private struct State {
    var queue: [Element] = []
    /// What `next` says once the queue is empty.
    var end: Result<Void, PortError>?
    /// The receiver takes no more.
    var isClosed = false
    var receiver: CheckedContinuation<Void, Never>?
    var sender: CheckedContinuation<Void, Never>?

    mutating func take(_ side: Side) -> CheckedContinuation<Void, Never>? {
      switch side {
      case .sender: sender.take()
      case .receiver: receiver.take()
      }
    }
  }

  private enum Side {
    case sender, receiver
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  /// - Throws: `.cancelled`, also when the receiver takes no more.
  func send(_ element: Element) async throws(PortError) {
    let waiting = state.withLock { state in
      state.queue.append(element)
      return state.receiver.take()
    }
    waiting?.resume()
    while true {
      let (isClosed, isFull) = state.withLock { ($0.isClosed, $0.queue.count > capacity) }
      if isClosed || Task.isCancelled { throw PortError(.cancelled, "") }
      if !isFull { return }
      await park(.sender) { [capacity] in $0.isClosed || $0.queue.count <= capacity }
    }
  }

  /// No value comes after those that were sent, or only an error.
  func finish(throwing error: PortError? = nil) {
    let waiting = state.withLock { state in
      if state.end == nil { state.end = error.map(Result.failure) ?? .success(()) }
      return state.receiver.take()
    }
    waiting?.resume()
  }

  /// The receiver takes no more.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      state.queue = []
      return state.sender.take()
    }
    waiting?.resume()
  }

  /// - Returns: `nil` at the end.
  /// - Throws: what `finish` was given; `.cancelled`.
  func next() async throws(PortError) -> Element? {
    while true {
      let (element, end, waiting) = state.withLock { state in
        guard !state.queue.isEmpty else { return (Element?.none, state.end, nil as CheckedContinuation<Void, Never>?) }
        let element = state.queue.removeFirst()
        return (element, nil, state.queue.count <= capacity ? state.sender.take() : nil)
      }
      waiting?.resume()
      if let element { return element }
      if let end {
        try end.get()
        return nil
      }
      if Task.isCancelled { throw PortError(.cancelled, "") }
      await park(.receiver) { !$0.queue.isEmpty || $0.end != nil }
    }
  }

  private func park(
    _ side: Side, unless isDue: @escaping @Sendable (State) -> Bool
  ) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A cancellation before this is seen here; one after it finds the continuation.
        let goesOn = state.withLock { state in
          if isDue(state) || Task.isCancelled { return true }
          switch side {
          case .sender: state.sender = continuation
          case .receiver: state.receiver = continuation
          }
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.take(side) }?.resume()
    }
  }
}

/// A value that several tasks read and write.
final class Shared<Value: Sendable>: Sendable {
  fileprivate let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func read() -> Value { value.withLock { $0 } }

  func update(_ change: (inout Value) -> Void) { value.withLock { change(&$0) } }
}

extension Shared {
  /// The value, which is not there any more afterwards.
  func take<Wrapped>() -> Wrapped? where Value == Wrapped? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}
