import Synchronization

/// Protects one workspace on one GPU: keeps whatever the strategy has to fall back on ready, notices when the GPU is
/// gone, moves users to what can serve them, finds and fills a new GPU, and moves users back.
///
/// It is written against a clock and the ports, and knows nothing else of the world: the same code runs on a virtual
/// clock against a simulated world and on the continuous clock against real machines. Its operations can be called one
/// by one, as a drill's script does, or left to `operate`, which decides when each is due.
public final class Orchestrator<C: Clock>: Sendable where C.Duration == Duration {
  public let clock: C
  public let ports: Ports
  public let strategy: Strategy
  public let log: EventLog
  /// The instant that the log calls zero.
  public let origin: C.Instant

  private let state: SharedState
  private let outbox = Outbox()

  /// - Parameter origin: the instant that the log calls zero; now, when `nil`.
  public init(clock: C, ports: Ports, strategy: Strategy, log: EventLog, origin: C.Instant? = nil) {
    self.clock = clock
    self.ports = ports
    self.strategy = strategy
    self.log = log
    self.origin = origin ?? clock.now
    state = SharedState(OrchestratorState(policy: strategy.healthCheck))
  }

  /// Runs `body` with the services that operations rely on, such as the delivery of notifications.
  ///
  /// Can be called once. Returns when `body` has returned and every notification has been tried.
  public func session<R: Sendable>(
    _ body: @Sendable (Orchestrator) async throws -> R
  ) async throws -> R {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.deliverNotifications() }
      defer { outbox.close() }
      return try await body(self)
    }
  }

  /// Protects the workspace until cancelled.
  ///
  /// - Parameter primary: the GPU that serves already; `nil` to rent one first.
  /// - Throws: `CancellationError` at the end; `PortError` when the preparation fails; `PortMissing`.
  public func operate(primary: InstanceID?) async throws {
    try checkPorts()
    try await prepare(primary: primary)
    try await protectForever()
  }

  /// Watches and restores, turn and turn about.
  func protectForever() async throws {
    while true {
      try await protectUntilFault()
      if let hibernation = strategy.hibernation, update({ $0.isIdleTime }) {
        try await hibernate(hibernation)
      } else {
        try await restoreService()
      }
    }
  }

  /// Answers a fault with the fastest protection that works, and the next one when it does not.
  public func restoreService() async throws {
    if try await failOverToWarmGPU() { return }
    if standbyMayServe, canUseStandby, hasSeat() { try await failOver() } else { try await standDown() }
    try await regainGPU()
  }

  /// Gets a GPU again after a failover, if and when the strategy lets it.
  func regainGPU() async throws {
    if strategy.recovery.mode == .disabled { try await stayAsItIs() }
    try await awaitApproval()
    try await recover()
  }

  // MARK: State

  /// A copy of the state at this moment. All of it: what needs one part and needs it often reads that with `update`.
  public var snapshot: OrchestratorState { state.update { $0 } }

  @inline(__always) func update<R: Sendable>(_ change: (inout OrchestratorState) -> R) -> R {
    guard let journal = ports.journal else { return state.update(change) }
    let (result, error) = state.update(change, writtenTo: journal)
    if let error {
      record(.note("the journal cannot be written: \(error)"))
      notify(.journalFailing, "a restart would not know what has happened: \(error)")
    }
    return result
  }

  /// From here on only changes are written to the journal.
  func goOn(after written: JournalledState) { state.goOn(after: written) }

  /// Moves to `next`, if the table of transitions allows it; does nothing when already there.
  func enter(_ next: ProtectionPhase) throws(InvalidTransition) {
    let previous = update { state in
      let previous = state.phase
      if previous.allows(next) {
        state.phase = next
        if next == .failingOver { state.beginFailover() }
      }
      return previous
    }
    guard previous != next else { return }
    guard previous.allows(next) else { throw InvalidTransition(from: previous, to: next) }
    record(.phaseChanged(from: previous, to: next))
  }

  // MARK: Time and the log

  /// The time since the origin.
  var now: Duration { origin.duration(to: clock.now) }

  /// Lets time pass.
  ///
  /// Inlined, as every asynchronous call costs some 300 instructions beside what it does; the clock's own
  /// `sleep(for:)` is two of them.
  @inline(__always) func sleep(for duration: Duration) async throws {
    try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: nil)
  }

  func record(_ kind: EventKind, on lane: Lane = .orchestrator) {
    log.record(kind, on: lane, at: now)
  }

  // MARK: Notifications

  /// Queues a notification; delivering it never delays a failover.
  func notify(_ subject: Notification.Subject, _ message: String) {
    outbox.put(Notification(subject, message))
  }

  private func deliverNotifications() async {
    while let notification = await outbox.next() { await deliver(notification) }
  }

  /// Tries until it is delivered, or it is too old to matter. Those after it wait: they would fare no better.
  private func deliver(_ notification: Notification) async {
    let retry = Backoff(initial: .seconds(5), maximum: .seconds(300))
    for attempt in 1...deliveryAttempts {
      do throws(PortError) {
        try await ports.notifier.send(notification, timeout: strategy.timeouts.notification)
        record(.notified(notification))
        return
      } catch {
        record(.notificationFailed(notification, error))
        guard error.reason != .cancelled, attempt < deliveryAttempts else { return }
      }
      do { try await sleep(for: retry.delay(after: attempt)) } catch { return }
    }
  }

  /// With the waits between them about three quarters of an hour.
  private var deliveryAttempts: Int { 15 }
}

/// The state behind a lock. It is kept apart from the orchestrator because the code of a generic class is slower.
private final class SharedState: Sendable {
  private let state: Mutex<OrchestratorState>
  /// What a journal holds of it.
  private let written = Mutex(JournalledState())

  init(_ state: OrchestratorState) { self.state = Mutex(state) }

  @inline(__always) func update<R: Sendable>(_ change: (inout OrchestratorState) -> R) -> R {
    state.withLock { change(&$0) }
  }

  /// Changes are written in the order in which they are made.
  func update<R: Sendable>(
    _ change: (inout OrchestratorState) -> R, writtenTo journal: any Journal
  ) -> (R, JournalError?) {
    state.withLock { state in
      let result = change(&state)
      let current = state
      return (result, written.withLock { $0.write(current, to: journal) })
    }
  }

  func goOn(after other: JournalledState) { written.withLock { $0 = other } }
}

/// What an orchestrator knows at one moment.
public struct OrchestratorState: Sendable {
  public internal(set) var phase = ProtectionPhase.idle
  /// The GPU that serves, or served last.
  public internal(set) var primary: Instance?
  /// `nil` also while a lost one is being replaced.
  public internal(set) var standby: Instance?
  /// Whether users are with the standby.
  public internal(set) var standbyServes = false
  /// What is on the standby: everything written before this point's start. `nil` while it holds no whole copy.
  public internal(set) var standbyPoint: SyncPoint?
  public internal(set) var warmPool = WarmPoolStatus()
  /// The snapshots that there are.
  public internal(set) var chains = SnapshotChains()
  /// What has been created or adopted and not yet been given back, in that order.
  public internal(set) var owned: [InstanceID] = []
  /// The volumes that have been created and not yet been given back, in that order.
  public internal(set) var volumes: [Volume] = []
  /// How many failovers have begun; each ends when a GPU serves again.
  public internal(set) var failovers = 0

  /// Of which ways of the present failover people have been told.
  var announced: [FailoverWay] = []
  /// Of which they had been told before a restart.
  var announcedBefore: [FailoverWay] = []
  var detector: ConsecutiveFailureDetector
  /// Whether it has been noted that the serving GPU is down.
  var isDownNoted = false
  /// The notice that has been read, and when the GPU will be gone.
  var notice: (instance: InstanceID, end: Duration)?
  var jitterDraws: UInt64 = 0
  var failedSyncs = 0
  /// Whether a round of protection ended because nobody needs the GPU.
  var isIdleTime = false
  var failedStandbyCreations = 0
  /// Standbys that are not used any more and have yet to be deleted.
  var discardedStandbys: [InstanceID] = []
  var failedSnapshots = 0
  /// Checks in a row that told nothing of the machine.
  var inconclusiveChecks = 0
  /// Whether people have been told that a key is refused, and it has not been accepted since.
  var keyIsRefused = false
  /// Whether users have been with the standby since a GPU served last, so that it has what nothing else has.
  var standbyIsNewest = false
  var recovery: RecoveryProgress?
  var cachedOffers: [Offer] = []
  var cachedAt = Duration.zero

  init(policy: HealthCheckPolicy) {
    detector = ConsecutiveFailureDetector(policy)
  }

  mutating func beginFailover() {
    failovers += 1
    announced = []
    announcedBefore = []
  }

  /// Notes that people are told of a failover's beginning.
  ///
  /// - Returns: whether they have not been told by a process that was killed since.
  mutating func announce(_ way: FailoverWay) -> Bool {
    announced.append(way)
    defer { announcedBefore.removeAll { $0 == way } }
    return !announcedBefore.contains(way)
  }

  /// The snapshots that can be restored, oldest first.
  public var snapshots: [SnapshotRecord] { chains.kept }
}

extension PortError {
  /// A cancelled call ends the operation that made it.
  func rethrowIfCancelled() throws(CancellationError) {
    if reason == .cancelled { throw CancellationError() }
  }
}
