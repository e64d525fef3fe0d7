// The one file of the package that steps outside Swift's checks. What it does, and why it may:
//
// - A simulation runs on one thread, so its state lives in plain memory without a lock. Every entrance checks that it
//   is called on that thread and stops the program otherwise; that check is what makes `@unchecked Sendable` true for
//   the types of this file, and it also catches code under simulation that escaped to the global pool.
// - A sleeping task is parked by its own suspension: it hops to an actor whose executor puts the job it is handed
//   straight into the timer queue. This costs half of what a continuation does.
// - A task that sleeps while nothing else can happen before its deadline does not suspend at all: the clock moves.
//   That needs to know whether the task that asks is the one the kernel is running, hence two bit casts to compare a
//   job with a task.
//
// Only public Swift API is used: `TaskExecutor`, `SerialExecutor`, `UnownedJob`, cancellation handlers.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a parked task goes on.
enum WakeReason: UInt8 {
  case pending, timer, signal, cancellation
}

/// The state of one simulation and the executor its tasks prefer.
final class Kernel: TaskExecutor, @unchecked Sendable {
  /// What a task that waits, or a callback that is due, is known by.
  struct Waiter {
    /// Distinguishes this use of the slot from earlier ones; 0 when the slot is free.
    var sequence: UInt64 = 0
    var job: UnownedJob?
    var reason = WakeReason.pending
    var hasTimer = false
    /// The next free slot, when this one is free.
    var nextFree = -1
  }

  struct State {
    var now: Int64 = 0
    var horizon: Int64 = .max
    var sequence: UInt64 = 0
    var timers = TimerQueue()
    var staleTimers = 0
    var waiters: ContiguousArray<Waiter> = []
    var firstFree = -1
    var callbacks: ContiguousArray<(() -> Void)?> = []
    /// What each waiter without a deadline waits for, for the deadlock report.
    var descriptions: [Int: WaitDescription] = [:]
    /// Ready jobs in a ring whose size is a power of two.
    var ring: ContiguousArray<UnownedJob?> = ContiguousArray(repeating: nil, count: 256)
    var head = 0
    var tail = 0
    /// The job being run, as a bare address to compare with the current task's.
    var currentJob: UnsafeRawPointer?
    var parkingSlot = 0
    var parkingDeadline: Int64 = 0
    /// How often a cancelled task tried to sleep since the clock last moved.
    var refusedSleeps = 0
    var statistics = SimulationStatistics()
    /// Whether the simulation's body has returned.
    var bodyHasEnded = false
  }

  let state: UnsafeMutablePointer<State>
  private let parkingPlace: ParkingActor
  private var owner: pthread_t?

  /// A task that tried to sleep this often after it was cancelled ignores its cancellation.
  static let refusedSleepsLimit = 100_000

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    parkingPlace = ParkingActor(ParkingExecutor(state))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  // MARK: The thread of the simulation

  /// Claims the calling thread for this simulation, for as long as `body` runs.
  func withThread<R>(_ body: () throws -> R) rethrows -> R {
    owner = pthread_self()
    defer { owner = nil }
    return try body()
  }

  /// The state, after checking that the caller is on the simulation's thread.
  @inline(__always) var checked: UnsafeMutablePointer<State> {
    guard let owner, pthread_equal(owner, pthread_self()) != 0 else { Self.stopOnForeignThread() }
    return state
  }

  /// Says what went wrong before stopping, because optimised programs do not print a precondition's message.
  @inline(never) static func stopOnForeignThread() -> Never {
    let message = """
      FailoverSim: code under simulation ran outside its simulation's thread, or the simulation is over. Take the \
      clock as a parameter and use structured concurrency (task groups, async let): an unstructured Task, \
      Task.detached or a sleep on a real clock leaves the simulation.\n
      """
    _ = Array(message.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    abort()
  }

  // MARK: Ready jobs

  func enqueue(_ job: consuming ExecutorJob) { checked.pointee.ready(UnownedJob(job)) }

  /// Runs ready jobs until there are none.
  func drain() {
    let executor = asUnownedTaskExecutor()
    while state.pointee.head != state.pointee.tail {
      let index = state.pointee.head & (state.pointee.ring.count - 1)
      guard let job = state.pointee.ring[index] else { return }
      state.pointee.head &+= 1
      run(job, on: executor)
    }
  }

  @inline(__always) private func run(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
    state.pointee.currentJob = unsafeBitCast(job, to: UnsafeRawPointer.self)
    job.runSynchronously(on: executor)
    state.pointee.currentJob = nil
  }

  /// Takes the earliest timer and does what it was set for. There must be one.
  func fireEarliest() {
    let entry = state.pointee.timers.popFirst()
    let slot = entry.slot
    guard state.pointee.waiters[slot].sequence == entry.sequence,
      state.pointee.waiters[slot].reason == .pending
    else {
      state.pointee.staleTimers -= 1
      return
    }
    if entry.time > state.pointee.now {
      state.pointee.now = entry.time
      state.pointee.refusedSleeps = 0
    }
    state.pointee.statistics.wakeUps &+= 1
    if let job = state.pointee.waiters[slot].job {
      state.pointee.waiters[slot].job = nil
      state.pointee.waiters[slot].reason = .timer
      run(job, on: asUnownedTaskExecutor())
    } else if let callback = state.pointee.callbacks[slot] {
      state.pointee.release(slot)
      callback()
    }
  }

  // MARK: Waiting

  /// Suspends the calling task until `deadline`, until `signal` fires, or until it is cancelled. Callers try
  /// `advanceInPlace` first, which needs no asynchronous call.
  ///
  /// - Parameter rank: set for a wait of the routine, see `TimerQueue.Entry`.
  nonisolated(nonsending) func wait(
    until deadline: Int64, signal: Signal?, description: WaitDescription?, rank: Int? = nil
  ) async -> WakeReason {
    let state = checked
    if let signal, signal.hasFired { return .signal }
    let slot = state.pointee.acquire(rank: rank)
    let sequence = state.pointee.waiters[slot].sequence
    signal?.add(slot: slot, sequence: sequence)
    if let description { state.pointee.descriptions[slot] = description }
    await withTaskCancellationHandler {
      if state.pointee.waiters[slot].reason == .pending {
        state.pointee.parkingSlot = slot
        state.pointee.parkingDeadline = deadline == .max ? .max : max(deadline, state.pointee.now)
        await parkingPlace.park()
      }
    } onCancel: {
      checked.pointee.wake(slot, sequence, because: .cancellation)
    }
    let reason = state.pointee.waiters[slot].reason
    state.pointee.release(slot)
    if reason == .cancellation { await refuseEndlessSleep() }
    return reason
  }

  /// Moves the clock instead of suspending, when nothing else can happen before `deadline`.
  @inline(__always) func advanceInPlace(to deadline: Int64) -> Bool {
    let state = checked
    guard state.pointee.head == state.pointee.tail,
      deadline < state.pointee.timers.earliestTime,
      deadline <= state.pointee.horizon
    else { return false }
    // `Task.immediate` runs a child on its caller's stack: moving the clock there would skip the caller.
    let isRunningTask = withUnsafeCurrentTask { task in
      guard let task, !task.isCancelled else { return false }
      return unsafeBitCast(task, to: UnsafeRawPointer.self) == state.pointee.currentJob
    }
    guard isRunningTask else { return false }
    if deadline > state.pointee.now {
      state.pointee.now = deadline
      state.pointee.refusedSleeps = 0
    }
    state.pointee.statistics.wakeUps &+= 1
    state.pointee.statistics.advancesInPlace &+= 1
    return true
  }

  /// Parks for good a task that goes on sleeping after it was cancelled, because it would spin for ever.
  nonisolated(nonsending) private func refuseEndlessSleep() async {
    state.pointee.refusedSleeps += 1
    guard state.pointee.refusedSleeps > Self.refusedSleepsLimit else { return }
    state.pointee.statistics.abandonedTasks += 1
    state.pointee.refusedSleeps = 0
    let slot = state.pointee.acquire()
    // Nothing wakes it any more, not even the end of the simulation.
    state.pointee.waiters[slot].reason = .cancellation
    state.pointee.parkingSlot = slot
    state.pointee.parkingDeadline = .max
    await parkingPlace.park()
  }
}

extension Kernel.State {
  mutating func ready(_ job: UnownedJob) {
    ring[tail & (ring.count - 1)] = job
    tail &+= 1
    if tail &- head == ring.count { growRing() }
  }

  private mutating func growRing() {
    var larger = ContiguousArray<UnownedJob?>(repeating: nil, count: ring.count * 2)
    for offset in 0..<ring.count { larger[offset] = ring[(head + offset) & (ring.count - 1)] }
    tail = ring.count
    head = 0
    ring = larger
  }

  /// A slot for a new waiter, with a sequence number of its own.
  mutating func acquire(rank: Int? = nil) -> Int {
    self.sequence &+= 1
    let sequence = rank.map { TimerQueue.Entry.sequence(rank: $0, number: self.sequence) } ?? self.sequence
    if firstFree >= 0 {
      let slot = firstFree
      firstFree = waiters[slot].nextFree
      waiters[slot] = Kernel.Waiter(sequence: sequence)
      return slot
    }
    precondition(waiters.count < TimerQueue.maximumSlots, "more than 16 million tasks wait at once")
    waiters.append(Kernel.Waiter(sequence: sequence))
    callbacks.append(nil)
    return waiters.count - 1
  }

  mutating func release(_ slot: Int) {
    if callbacks[slot] != nil { callbacks[slot] = nil }
    if !descriptions.isEmpty { descriptions[slot] = nil }
    waiters[slot] = Kernel.Waiter(nextFree: firstFree)
    firstFree = slot
  }

  mutating func park(_ job: UnownedJob) {
    let slot = parkingSlot
    waiters[slot].job = job
    guard parkingDeadline != .max else { return }
    waiters[slot].hasTimer = true
    let entry = TimerQueue.Entry(
      time: parkingDeadline, sequence: waiters[slot].sequence, slot: slot)
    timers.insert(entry)
  }

  /// Makes a waiter go on before its deadline. Does nothing when it already does, or when the slot has moved on.
  mutating func wake(_ slot: Int, _ sequence: UInt64, because reason: WakeReason) {
    guard waiters[slot].sequence == sequence, waiters[slot].reason == .pending else { return }
    waiters[slot].reason = reason
    // Without a job the waiter has not parked yet; it will see the reason and not park.
    guard let job = waiters[slot].job else { return }
    waiters[slot].job = nil
    ready(job)
    if waiters[slot].hasTimer { noteStaleTimer() }
  }

  /// Cancelled timers are dropped when they come up, or all at once when they are more than half.
  mutating func noteStaleTimer() {
    staleTimers += 1
    guard staleTimers > 64, staleTimers * 2 > timers.count else { return }
    let waiters = waiters
    timers.compact { entry in
      let waiter = waiters[entry.slot]
      return waiter.sequence != entry.sequence || waiter.reason != .pending
    }
    staleTimers = 0
  }

  mutating func schedule(at time: Int64, _ callback: @escaping () -> Void) -> (slot: Int, sequence: UInt64) {
    let slot = acquire()
    callbacks[slot] = callback
    let entry = TimerQueue.Entry(time: max(time, now), sequence: waiters[slot].sequence, slot: slot)
    timers.insert(entry)
    return (slot, waiters[slot].sequence)
  }

  /// Forgets every callback that has not been called.
  mutating func dropCallbacks() {
    for slot in callbacks.indices where callbacks[slot] != nil { release(slot) }
  }

  mutating func cancelCallback(_ slot: Int, _ sequence: UInt64) {
    guard waiters[slot].sequence == sequence, callbacks[slot] != nil else { return }
    release(slot)
    noteStaleTimer()
  }
}

/// The executor of the parking place: a job handed to it is a task that suspends, and goes into the timer queue.
private final class ParkingExecutor: SerialExecutor, @unchecked Sendable {
  let state: UnsafeMutablePointer<Kernel.State>
  init(_ state: UnsafeMutablePointer<Kernel.State>) { self.state = state }
  func enqueue(_ job: consuming ExecutorJob) { state.pointee.park(UnownedJob(job)) }
}

private actor ParkingActor {
  let executor: ParkingExecutor
  private var parked: UInt64 = 0
  nonisolated var unownedExecutor: UnownedSerialExecutor { UnownedSerialExecutor(ordinary: executor) }
  init(_ executor: ParkingExecutor) { self.executor = executor }
  /// Counting is there to be a side effect: an empty method is optimised away, and both hops with it.
  @inline(never) func park() { parked &+= 1 }
}

/// State that belongs to one simulation: readable and writable from anything that runs in it, and from nowhere else.
///
/// Simulated adapters keep their world in it. The simulation's single thread makes every access exclusive; a use from
/// another thread, or after the simulation ended, stops the program with a message.
public final class Confined<Value>: @unchecked Sendable {
  private let kernel: Kernel
  private var value: Value

  public init(_ value: Value, in simulation: Simulation) {
    kernel = simulation.kernel
    self.value = value
  }

  /// Reads or changes the value. `body` must not suspend, and cannot: it is synchronous.
  @inline(__always)
  public func callAsFunction<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    _ = kernel.checked
    return try body(&value)
  }
}

/// Something that happens once and that tasks wait for, such as a host losing its power.
public final class Signal: @unchecked Sendable {
  private let kernel: Kernel
  private var waiters: [(slot: Int, sequence: UInt64)] = []
  private var fired = false

  public init(in simulation: Simulation) { kernel = simulation.kernel }

  /// Whether it has happened.
  public var hasFired: Bool {
    _ = kernel.checked
    return fired
  }

  /// Makes it happen: every task that waits goes on, in the order in which they came, at the present instant.
  public func fire() {
    let state = kernel.checked
    guard !fired else { return }
    fired = true
    for waiter in waiters { state.pointee.wake(waiter.slot, waiter.sequence, because: .signal) }
    waiters = []
  }

  func add(slot: Int, sequence: UInt64) {
    // A long-lived signal must not collect the waits that ended by time.
    if waiters.count >= 64 {
      let state = kernel.state
      waiters.removeAll { state.pointee.waiters[$0.slot].sequence != $0.sequence }
    }
    waiters.append((slot, sequence))
  }
}
