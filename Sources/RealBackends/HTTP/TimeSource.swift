import Failover

/// A clock whose type does not matter: time that passes, and waiting.
struct TimeSource: Sendable {
  /// Since some moment before the first call.
  let elapsed: @Sendable () -> Duration
  private let sleep: @Sendable (Duration) async throws -> Void

  init<C: Clock>(_ clock: C) where C.Duration == Duration {
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(for: $0) }
  }

  /// - Throws: `.cancelled`.
  func pause(_ duration: Duration, _ what: String) async throws(PortError) {
    do {
      try await sleep(duration)
    } catch {
      throw PortError(.cancelled, what)
    }
  }

  func deadline(in timeout: Duration) -> Deadline { Deadline(time: self, end: elapsed() + timeout) }
}

/// When a call of a port has to be over.
struct Deadline: Sendable {
  let time: TimeSource
  fileprivate let end: Duration

  fileprivate init(time: TimeSource, end: Duration) {
    self.time = time
    self.end = end
  }

  var left: Duration { end - time.elapsed() }

  /// Waits, unless the time would be over before.
  ///
  /// - Throws: `.timedOut` at once; `.cancelled`.
  func pause(_ duration: Duration, _ what: String) async throws(PortError) {
    guard duration < left else { throw PortError(.timedOut, what) }
    try await time.pause(duration, what)
  }
}
