import Failover
import FailoverSim
import Scenarios
import Synchronization

/// A scenario played with real machines on the real clock, by the orchestrator that the simulator plays it with.
///
/// A scenario with a script is played step by step. One with an operation is operated until it is protected and has a
/// copy to fall back on; then its GPU is taken away, and it is operated on until it is as well protected as before.
public struct Drill: Sendable {
  /// What can be chosen when a scenario is played.
  public struct Options: Sendable {
    /// The original GPU is cut off from the orchestrator instead of being taken away, and is not given back.
    public var keepsOriginal = false
    /// How long the workspace has been protected when its GPU is taken away. In an operation only.
    public var interruptAfter = Duration.seconds(5)
    /// The drill is given up after this long.
    public var limit = Duration.seconds(3600)

    public init() {}
  }

  public var scenario: Scenario
  public var ports: Ports
  public var site: any DrillSite
  public var options: Options
  /// The GPU that serves at the beginning; `nil` to rent one as the orchestrator does.
  public var firstGPU: InstanceID?
  /// Where a drill that was killed is taken up; `nil` to begin one.
  var resumption: Resumption?
  /// Where it is written down that the GPU has been taken away.
  var mark: DrillMark?

  public init(
    _ scenario: Scenario, ports: Ports, site: any DrillSite, firstGPU: InstanceID? = nil, options: Options = Options()
  ) {
    self.scenario = scenario
    self.ports = ports
    self.site = site
    self.firstGPU = firstGPU
    self.options = options
  }

  /// Plays the scenario from beginning to end. What it has rented is still rented afterwards: giving it back is the
  /// caller's duty, who must do it also when this throws.
  ///
  /// - Parameter progress: called with each event as it is logged.
  /// - Throws: `DrillFailure`; what the orchestrator's preparation or a script's step throws; `CancellationError`.
  public func play(progress: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> DrillResult {
    let clock = ContinuousClock()
    let origin = clock.now
    let now: @Sendable () -> Duration = { origin.duration(to: clock.now) }
    let log = EventLog(logsRoutine: true)
    let users = Users(
      site: site, path: scenario.strategy.workspacePath, rate: scenario.world.workspace.dirtyRate, now: now)
    let timings = CallTimings(now: now)
    let severance = Severance()
    var reachable = timings.timed(severance.applied(to: ports))
    reachable.router = RouterWithUsers(router: reachable.router, users: users)
    let orchestrator = Orchestrator(
      clock: clock, ports: reachable, strategy: scenario.strategy, log: log, origin: origin)
    let director = Director(
      drill: self, orchestrator: orchestrator, users: users, severance: severance, now: now)
    let follower = EventFollower(log: log, progress: progress)
    do {
      try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          try await director.direct()
          return true
        }
        group.addTask {
          while true {
            follower.tell()
            try await clock.sleep(for: .milliseconds(10))
          }
        }
        group.addTask {
          try await clock.sleep(for: options.limit)
          throw DrillFailure("not over after \(options.limit.roundedSeconds) s", phase: orchestrator.snapshot.phase)
        }
        defer { group.cancelAll() }
        while let isOver = try await group.next(), !isOver {}
      }
    } catch {
      follower.tell()
      await users.move(to: nil)
      throw error
    }
    log.seal()
    let length = now()
    follower.tell()
    await users.move(to: nil)
    let run = Run(recorded: scenario, events: log.events, counts: log.counts, length: length)
    return DrillResult(
      run: run, timings: timings.all, state: orchestrator.snapshot, loss: director.loss())
  }
}

/// Tells somebody of events while they happen.
private final class EventFollower: Sendable {
  private let log: EventLog
  private let progress: @Sendable (Event) -> Void
  private let told = Mutex(0)

  init(log: EventLog, progress: @escaping @Sendable (Event) -> Void) {
    self.log = log
    self.progress = progress
  }

  /// Tells those that nobody has been told of yet.
  func tell() {
    let events = log.events
    let first = told.withLock { told in
      defer { told = events.count }
      return told
    }
    for event in events[first...] { progress(event) }
  }
}

/// What a drill has shown.
public struct DrillResult: Sendable {
  public var run: Run
  /// Every call of a port, with how long it took.
  public var timings: [CallTiming]
  /// How things stood at the end.
  public var state: OrchestratorState
  /// What users had been told was saved and is not there any more, counted; `nil` where nobody wrote anything.
  public var loss: CountedLoss?
}

/// Writes that users had been told were done, and which the machine that serves now does not have.
public struct CountedLoss: Sendable, Hashable {
  public var writes: Int
  public var bytes: ByteCount
  /// From the first lost write to the fault.
  public var age: Duration
}

/// A drill could not be played to its end.
public struct DrillFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ message: String, phase: ProtectionPhase? = nil) {
    description = "the drill failed: \(message)" + (phase.map { "; the workspace was \($0.rawValue)" } ?? "")
  }
}

extension Duration {
  /// With three decimals, such as `18.630`.
  public var roundedSeconds: String {
    fixedDecimals(wholeNanoseconds, per: 1_000_000_000, decimals: 3)
  }
}
