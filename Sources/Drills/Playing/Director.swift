import Failover
import FailoverSim
import Scenarios
import Synchronization

/// Plays the market and the users while the orchestrator works.
final class Director: Stagehand {
  let drill: Drill
  let orchestrator: Orchestrator<ContinuousClock>
  let users: Users
  let severance: Severance
  let now: @Sendable () -> Duration
  /// What users had written when the GPU was taken away.
  private let atFault = Mutex<(time: Duration, writes: [Users.Write])?>(nil)

  init(
    drill: Drill, orchestrator: Orchestrator<ContinuousClock>, users: Users, severance: Severance,
    now: @escaping @Sendable () -> Duration
  ) {
    self.drill = drill
    self.orchestrator = orchestrator
    self.users = users
    self.severance = severance
    self.now = now
  }

  var firstGPU: InstanceID { drill.firstGPU ?? drill.scenario.world.gpu.id }

  func direct() async throws {
    switch drill.scenario.life {
    case .drill(let parts):
      try await orchestrator.session { orchestrator in
        try await Script(orchestrator: orchestrator, stagehand: self).play(parts)
      }
    case .operation:
      try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask { [self] in
          try await orchestrator.session { [drill] orchestrator in
            if let resumption = drill.resumption {
              try await orchestrator.operate(resuming: resumption, primary: drill.firstGPU)
            } else {
              try await orchestrator.operate(primary: drill.firstGPU)
            }
          }
          return false
        }
        group.addTask { [self] in
          try await lead()
          // What the orchestrator does while it is being stopped is no part of the drill.
          orchestrator.log.seal()
          return true
        }
        defer { group.cancelAll() }
        // Operation never ends by itself; if it fails, that is thrown here.
        while let isOver = try await group.next(), !isOver {}
      }
    }
  }

  /// An operation's one interruption.
  private func lead() async throws {
    if let lost = drill.mark?.fault { return try await awaitRecovery(from: lost) }
    try await wait { $0.phase == .protected }
    if drill.firstGPU == nil, let address = orchestrator.snapshot.primary?.address {
      try await drill.site.fillWorkspace(on: address)
      orchestrator.log.record(.note("the workspace has been filled"), on: .script, at: now())
    }
    let filled = now()
    try await wait { self.isCovered($0, since: filled) }
    try await orchestrator.clock.sleep(for: drill.options.interruptAfter)
    guard let lost = orchestrator.snapshot.primary?.id else { throw DrillFailure("no GPU serves") }
    try await interrupt(lost, cause: "drill")
    try await wait(untilRecoveredFrom: lost)
  }

  /// A drill that was killed had taken the GPU away, or was about to.
  private func awaitRecovery(from lost: InstanceID) async throws {
    let instance = try? await orchestrator.ports.marketplace.describe(
      lost, timeout: orchestrator.strategy.timeouts.api)
    if instance?.status == .running, !drill.options.keepsOriginal { try await interrupt(lost, cause: "drill") }
    if drill.options.keepsOriginal { severance.sever(lost, at: instance?.address) }
    try await wait(untilRecoveredFrom: lost)
  }

  private func wait(untilRecoveredFrom lost: InstanceID) async throws {
    let time = now()
    try await wait { $0.phase == .protected && $0.primary?.id != lost && self.isCovered($0, since: time) }
  }

  /// Whether there is something to fall back on that holds all that had been written by `time`.
  private func isCovered(_ state: OrchestratorState, since time: Duration) -> Bool {
    let strategy = drill.scenario.strategy
    // A snapshot is no help to a standby that serves by itself.
    let copy = strategy.standby?.mode == .running ? state.standbyPoint : orchestrator.log.lastSync
    let hasCopy = copy.map { $0.started >= time } ?? false
    let makesCopies = strategy.standby?.mode == .running || strategy.snapshots != nil
    if strategy.warmPool != nil, state.warmPool.state != .active { return false }
    return hasCopy || !makesCopies
  }

  private func wait(until condition: (OrchestratorState) -> Bool) async throws {
    // Seen twice: what belongs to a state is logged just after it has been entered.
    var wasSeen = false
    while true {
      let isSeen = condition(orchestrator.snapshot)
      if isSeen, wasSeen { return }
      wasSeen = isSeen
      try await orchestrator.clock.sleep(for: .milliseconds(20))
    }
  }

  func interrupt(_ id: InstanceID, cause: String) async throws {
    let instance = orchestrator.snapshot.primary
    try drill.mark?.setFault(id)
    if drill.options.keepsOriginal {
      severance.sever(id, at: instance?.address)
    } else {
      try await drill.site.interrupt(id)
    }
    let time = now()
    atFault.withLock { $0 = (time, users.writes) }
    let unsynced = users.written(since: orchestrator.log.lastSync?.started ?? .zero)
    orchestrator.log.record(.interrupted(id, cause: cause, unsynced: unsynced), on: .gpu(id), at: time)
  }

  /// What users had been told was saved before the fault and did not find again where they were moved to.
  func loss() -> CountedLoss? {
    guard let (fault, writes) = atFault.withLock({ $0 }), let told = writes.last else { return nil }
    // Those who were moved count on from the last write that they find.
    guard let next = users.writes.first(where: { $0.session > told.session }) else { return nil }
    let kept = next.number - 1
    let lost = writes.filter { $0.number > kept && $0.number <= told.number }
    return CountedLoss(
      writes: lost.count, bytes: ByteCount(users.bytesPerWrite.bytes * Int64(lost.count)),
      age: lost.first.map { fault - $0.time } ?? .zero)
  }
}
