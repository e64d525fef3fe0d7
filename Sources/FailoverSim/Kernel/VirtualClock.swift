import Failover

/// The clock of a simulation: its time is a number of nanoseconds that moves only when everything waits.
public struct VirtualClock: Clock {
  /// A point of virtual time.
  public struct Instant: InstantProtocol {
    /// Nanoseconds since the start of the simulation; not negative.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The start of every simulation.
    public static let start = Instant(nanoseconds: 0)

    /// The instant `duration` later; the end of representable time when that lies beyond it.
    public func advanced(by duration: Duration) -> Instant {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
      return Instant(nanoseconds: overflow ? .max - 1 : sum)
    }

    public func duration(to other: Instant) -> Duration {
      .nanoseconds(other.nanoseconds - nanoseconds)
    }

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  }

  let simulation: Simulation

  public var now: Instant {
    Instant(nanoseconds: simulation.kernel.checked.pointee.now)
  }

  public var minimumResolution: Duration { .nanoseconds(1) }

  /// Suspends until `deadline`, plus the simulation's timer overshoot.
  ///
  /// Inlined, as every asynchronous call costs some 300 instructions beside what it does: a frame, and on return a
  /// look at which executor is wanted.
  ///
  /// - Parameter tolerance: not used; virtual timers are exact.
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  @inline(__always) public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    let wakeTime = wakeTime(for: deadline)
    if simulation.kernel.advanceInPlace(to: wakeTime) { return }
    if await simulation.kernel.wait(until: wakeTime, signal: nil, description: nil) == .cancellation {
      throw CancellationError()
    }
  }

  /// When a sleep until `deadline` really ends. A deadline that has passed is not overshot.
  func wakeTime(for deadline: Instant) -> Int64 {
    guard simulation.timerOvershoot != .zero, deadline > now else { return deadline.nanoseconds }
    return deadline.advanced(by: simulation.timerOvershoot).nanoseconds
  }
}
