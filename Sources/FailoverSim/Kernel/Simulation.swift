import Failover

/// One simulation: a virtual clock, the tasks and callbacks that live on it, and the seed all its chance comes from.
///
/// A simulation runs on the thread that calls `run`, from beginning to end, and is the same to the last bit for the
/// same seed. Different simulations can run on different threads at once; they share nothing.
public final class Simulation: Sendable {
  /// The seed from which every random stream of this simulation is derived.
  public let seed: UInt64
  /// By how much every sleep overshoots its deadline, as an operating system's timer does; usually zero.
  public let timerOvershoot: Duration
  /// Whether every random number is mirrored: where the plain simulation of that seed draws u, this one draws 1 - u.
  public let isAntithetic: Bool
  let kernel = Kernel()

  /// - Parameters:
  ///   - seed: any number; the same number gives the same simulation.
  ///   - timerOvershoot: zero or more, added to every sleep whose deadline lies in the future.
  ///   - antithetic: whether to mirror every random number. The mean over a simulation and its mirror image varies
  ///     less than that over two of different seeds.
  public init(seed: UInt64, timerOvershoot: Duration = .zero, antithetic: Bool = false) {
    self.seed = seed
    self.timerOvershoot = timerOvershoot
    isAntithetic = antithetic
  }

  /// The random numbers of one component of this simulation.
  ///
  /// - Parameter name: the component's name, unique within the simulation.
  public func stream(_ name: String) -> RandomStream {
    RandomStream(seed: seed, name: name, antithetic: isAntithetic)
  }

  /// The clock that code under simulation is given.
  public var clock: VirtualClock { VirtualClock(simulation: self) }

  /// The present instant of virtual time.
  public var now: VirtualClock.Instant { .init(nanoseconds: kernel.state.pointee.now) }

  /// What the kernel has counted so far.
  public var statistics: SimulationStatistics { kernel.state.pointee.statistics }

  /// Runs `body`, and everything it starts, until it returns or until `horizon`.
  ///
  /// Afterwards every task that is still there is cancelled at the present instant and run to its end, so that none is
  /// left behind.
  ///
  /// - Parameter horizon: how long to run at most, from the start; `nil` for as long as `body` takes.
  /// - Returns: what `body` returns, or `nil` when the horizon came first.
  /// - Throws: what `body` throws; `Deadlock` when everything waits and nothing is going to happen;
  ///   `CancellationIgnored` when a task goes on sleeping although it was cancelled.
  public func run<R: Sendable>(
    until horizon: Duration? = nil,
    _ body: @escaping @Sendable (Simulation) async throws -> R
  ) throws -> R? {
    try kernel.withThread {
      let state = kernel.state
      state.pointee.bodyHasEnded = false
      state.pointee.horizon = horizon.map { state.pointee.now + $0.wholeNanoseconds } ?? .max
      let result = Confined<Result<R, any Error>?>(nil, in: self)
      let root = Task(name: "root", executorPreference: kernel) {
        do {
          let value = try await body(self)
          result { $0 = .success(value) }
        } catch {
          result { $0 = .failure(error) }
        }
        self.kernel.state.pointee.bodyHasEnded = true
      }
      kernel.drain()
      while !state.pointee.bodyHasEnded, state.pointee.timers.earliestTime <= state.pointee.horizon,
        state.pointee.timers.count > 0
      {
        kernel.fireEarliest()
        kernel.drain()
      }
      let finished = result { $0 }
      let deadlock = finished == nil && state.pointee.timers.count == 0 ? self.deadlock() : nil
      if finished == nil, deadlock == nil { state.pointee.now = state.pointee.horizon }
      try tearDown(root)
      if let deadlock { throw deadlock }
      return try finished?.get()
    }
  }

  /// Cancels what is left and runs it to its end without letting time pass.
  private func tearDown(_ root: Task<Void, Never>) throws(CancellationIgnored) {
    let state = kernel.state
    state.pointee.horizon = state.pointee.now
    root.cancel()
    kernel.drain()
    // Unstructured tasks made inside actors are not children of the root: cancel their sleeps one by one.
    for slot in state.pointee.waiters.indices {
      let waiter = state.pointee.waiters[slot]
      if waiter.sequence != 0 && waiter.job != nil {
        state.pointee.wake(slot, waiter.sequence, because: .cancellation)
      }
    }
    kernel.drain()
    // What they hold on to holds on to this simulation.
    state.pointee.dropCallbacks()
    let abandoned = state.pointee.statistics.abandonedTasks
    if abandoned > 0 { throw CancellationIgnored(tasks: abandoned) }
  }

  /// Who waits for what, at a moment when nothing is going to happen any more.
  private func deadlock() -> Deadlock {
    let waiting = kernel.state.pointee.descriptions.sorted { $0.key < $1.key }.map(\.value)
    return Deadlock(time: .nanoseconds(kernel.state.pointee.now), waiting: waiting)
  }

  // MARK: Callbacks

  /// Names a scheduled callback, to cancel it.
  public struct Alarm: Sendable {
    let slot: Int
    let sequence: UInt64
  }

  /// Calls `callback` at `instant`; at once, but after what is already due, when `instant` has passed.
  ///
  /// Models of the environment are best written as callbacks: they need no task.
  @discardableResult
  public func schedule(at instant: VirtualClock.Instant, _ callback: @escaping () -> Void) -> Alarm {
    let (slot, sequence) = kernel.checked.pointee.schedule(at: instant.nanoseconds, callback)
    return Alarm(slot: slot, sequence: sequence)
  }

  /// Calls `callback` after `delay`.
  @discardableResult
  public func schedule(after delay: Duration, _ callback: @escaping () -> Void) -> Alarm {
    schedule(at: now.advanced(by: delay), callback)
  }

  /// Takes back a scheduled callback; does nothing when it has already been called.
  public func cancel(_ alarm: Alarm) {
    kernel.checked.pointee.cancelCallback(alarm.slot, alarm.sequence)
  }

  // MARK: Signals

  /// Waits until `signal` fires.
  ///
  /// - Parameter what: names the wait in the report of a deadlock, such as "the first sync".
  /// - Throws: `CancellationError`.
  public func wait(
    for signal: Signal, _ what: String, file: StaticString = #fileID, line: Int = #line
  ) async throws {
    let description = WaitDescription(
      task: Task.name ?? "a task", what: what, file: "\(file)", line: line)
    if await kernel.wait(until: .max, signal: signal, description: description) == .cancellation {
      throw CancellationError()
    }
  }

  /// Sleeps until `deadline` (plus the clock's overshoot) unless `signal` fires first.
  ///
  /// - Returns: whether the signal cut the sleep short.
  /// - Throws: `CancellationError`.
  public func sleep(until deadline: VirtualClock.Instant, unless signal: Signal) async throws -> Bool {
    let wakeTime = clock.wakeTime(for: deadline)
    if !signal.hasFired, kernel.advanceInPlace(to: wakeTime) { return false }
    switch await kernel.wait(until: wakeTime, signal: signal, description: nil) {
    case .signal: return true
    case .cancellation: throw CancellationError()
    case .timer, .pending: return false
    }
  }
}

/// What a kernel has counted.
public struct SimulationStatistics: Sendable, Hashable {
  /// How many times a sleep ended or a callback was called.
  public var wakeUps = 0
  /// How many of those moved the clock without suspending the task.
  public var advancesInPlace = 0
  /// How many checks, syncs and polls were not played, because nothing could have changed their outcome.
  public var skippedRounds = 0
  /// How many tasks were given up on, because they slept on after they had been cancelled.
  public var abandonedTasks = 0

  /// Nothing has happened.
  public init() {}
}
