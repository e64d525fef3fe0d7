import Failover
import Synchronization

/// Keeps calls of an interface apart, endpoint by endpoint, and says how long to wait when it was too often all the
/// same.
///
/// Shared by all callers of one account, because the provider counts by account.
final class CallPacing: Sendable {
  private struct State {
    /// When the next call of an endpoint may begin.
    var nextCall: [String: Duration] = [:]
    var draws: UInt64 = 0
  }

  private let state = Mutex(State())
  private let jitter: any JitterSource

  /// How often a call is made that is answered with 429, and the waits between: Vast.ai gives no `Retry-After`, and its
  /// longest interval is 5.5 s.
  static let attempts = 8
  private static let backoff = Backoff(initial: .seconds(1), growthPercent: 150, maximum: .seconds(10))

  init(jitter: any JitterSource) { self.jitter = jitter }

  /// Waits for the turn of a call.
  ///
  /// - Throws: `.rateLimited` at once, when the turn comes only after the deadline; `.cancelled`.
  func waitForTurn(
    at endpoint: String, leastInterval: Duration, until deadline: Deadline, _ what: String
  ) async throws(PortError) {
    guard leastInterval > .zero else { return }
    let now = deadline.time.elapsed()
    let left = deadline.left
    let wait = state.withLock { state -> Duration? in
      let turn = max(now, state.nextCall[endpoint] ?? now)
      guard turn - now < left else { return nil }
      state.nextCall[endpoint] = turn + leastInterval
      return turn - now
    }
    guard let wait else {
      throw PortError(.rateLimited, "\(what): other calls come first, for longer than there is time")
    }
    if wait > .zero { try await deadline.time.pause(wait, what) }
  }

  /// How long to wait after the `attempt`-th 429 in a row, counted from 1: between half of the back-off and all of it,
  /// so that those who were turned away together do not come back together.
  func delay(after attempt: Int) -> Duration {
    let index = state.withLock { state in
      defer { state.draws &+= 1 }
      return state.draws
    }
    let half = Self.backoff.delay(after: attempt).scaled(by: 1, over: 2)
    return half + half.scaled(by: Int64(jitter.fraction(index)), over: 1 << 32)
  }
}
