import Failover

/// The simulated world: hosts, their contents, the endpoint, the market, and what is going to happen to them.
///
/// It is the truth that the adapters show the orchestrator through the network, and it checks while it runs that what
/// must always hold does hold (`violations`).
public final class World: Sendable {
  public let simulation: Simulation
  public let model: WorldModel
  /// The links that all transfers share.
  public let network: Network
  /// One a workspace.
  let logs: [EventLog]
  /// Which workspaces use a standby, by their numbers.
  private let standbyUsers: @Sendable (InstanceID) -> [Int]
  let state: Confined<WorldState>

  /// A world whose only workspace has this log.
  public convenience init(simulation: Simulation, model: WorldModel, log: EventLog) {
    self.init(simulation: simulation, model: model, logs: [log]) { _ in [0] }
  }

  /// - Parameters:
  ///   - logs: one for each workspace of the model; what happens to a workspace's machines is told in its own, what
  ///     happens to the market in all of them.
  ///   - standbyUsers: which workspaces use a standby, by their numbers.
  public init(
    simulation: Simulation, model: WorldModel, logs: [EventLog],
    standbyUsers: @escaping @Sendable (InstanceID) -> [Int]
  ) {
    self.simulation = simulation
    self.model = model
    self.logs = logs
    self.standbyUsers = standbyUsers
    network = Network(in: simulation)
    state = Confined(WorldState(model, simulation, network), in: simulation)
  }

  /// The adapters through which an orchestrator reaches this world.
  ///
  /// - Parameters:
  ///   - workspace: the number of the workspace it protects, from 0: each has an endpoint of its own.
  ///   - looksAhead: whether loops of the routine may skip rounds that are going to succeed; see `Foresight`.
  public func ports(for workspace: Int = 0, looksAhead: Bool = false) -> Ports {
    var ports = Ports(
      marketplace: SimulatedMarketplace(world: self, workspace: workspace), compute: SimulatedCompute(world: self),
      fileSync: SimulatedFileSync(world: self), probe: SimulatedProbe(world: self, workspace: workspace),
      router: SimulatedRouter(world: self, workspace: workspace), notifier: SimulatedNotifier(world: self),
      jitter: StreamJitter(
        stream: simulation.stream(workspace == 0 ? "check jitter" : "check jitter \(workspace + 1)")),
      snapshots: SimulatedSnapshotStore(world: self), inference: SimulatedInference(world: self),
      notices: SimulatedNotices(world: self),
      heartbeats: model.gpu.heartbeats.interval.map { SimulatedHeartbeats(world: self, interval: $0) },
      approver: model.approval.map { SimulatedApprover(world: self, answer: $0) })
    // An overshoot moves every round a little further.
    let promises = looksAhead && simulation.timerOvershoot == .zero
    ports.foresight = SimulatedForesight(world: self, workspace: workspace, promises: promises)
    // A world in which nothing goes wrong pays nothing for the possibility.
    return model.faults.isEmpty ? ports : faulty(ports)
  }

  /// Starts what happens by itself. Call it once, inside the simulation, before the orchestrator starts.
  public func start() {
    let now = simulation.clock.now
    let gpus = model.gpusAtStart
    state { state in
      for gpu in gpus { state.hosts.update(gpu.id) { $0.sshReadyAt = now } }
    }
    scheduleInterruptions()
    for gpu in gpus { scheduleFalseAlarms(of: gpu.id) }
    schedulePreemptions()
    scheduleFaults()
  }

  /// What must always hold and did not: one sentence each. Empty in a world without a mistake.
  public var violations: [String] { state { $0.violations } }

  /// The machines that exist and are paid for, in the order of their creation.
  public var existing: [InstanceID] {
    state { $0.hosts.existing.map(\.id) }
  }

  /// The volumes that exist and are paid for, in the order of their creation.
  public var existingVolumes: [VolumeID] { state { $0.volumes } }

  // MARK: What adapters need

  /// Waits as long as the next draw of `sampler` says, but never longer than `timeout`.
  ///
  /// - Parameter what: names the call in the error; made up only when there is one.
  /// - Throws: `PortError`: `.timedOut` when the draw is longer than `timeout`, `.cancelled`.
  func pause(
    _ sampler: WritableKeyPath<WorldState, Sampler>, timeout: Duration, _ what: @autoclosure () -> String
  ) async throws(PortError) {
    try await pause(for: state { $0[keyPath: sampler].next() }, timeout: timeout, what())
  }

  func pause(
    for delay: Duration, timeout: Duration, _ what: @autoclosure () -> String
  ) async throws(PortError) {
    guard delay > .zero else { return }
    let clock = simulation.clock
    do {
      try await clock.sleep(until: clock.now.advanced(by: min(delay, timeout)))
    } catch {
      throw PortError(.cancelled, what())
    }
    if delay > timeout { throw PortError(.timedOut, what()) }
  }

  func record(_ kind: EventKind, on lane: Lane) {
    let time = Duration.nanoseconds(simulation.clock.now.nanoseconds)
    guard logs.count > 1 else {
      logs.first?.record(kind, on: lane, at: time)
      return
    }
    let workspaces: [Int]
    switch lane {
    case .gpu(let id): workspaces = state { $0.hosts[id].map { [$0.workspace] } } ?? Array(logs.indices)
    case .standby(let id): workspaces = standbyUsers(id)
    default: workspaces = Array(logs.indices)
    }
    for workspace in workspaces { logs[workspace].record(kind, on: lane, at: time) }
  }

  /// Makes every transfer in progress look whether its hosts are still there.
  func disrupt() {
    let fresh = Signal(in: simulation)
    let fired = state { state in
      defer { state.disruption = fresh }
      return state.disruption
    }
    fired.fire()
    network.disrupt()
  }
}
