import Failover
import Synchronization

@testable import RealBackends

/// A clock on which waiting takes no time: whoever sleeps finds that the time has come.
final class FakeClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private let offset = Mutex(Duration.zero)

  var now: Instant { Instant(offset: offset.withLock { $0 }) }
  var minimumResolution: Duration { .nanoseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    offset.withLock { $0 = max($0, deadline.offset) }
  }

  func advance(by duration: Duration) { offset.withLock { $0 += duration } }
}

/// Jitter that is the same fraction every time, in units of 1/2³².
struct ConstantJitter: JitterSource {
  var value: UInt32

  func fraction(_ index: UInt64) -> UInt32 { value }
}
