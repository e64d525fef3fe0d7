import Failover

/// The simulated world: hosts, their contents, the endpoint, the market, and what is going to happen to them.
///
/// It is the truth that the adapters show the orchestrator through the network, and it checks while it runs that what
/// must always hold does hold (`violations`).
public final class World: Sendable {
  public let simulation: Simulation
  public let model: WorldModel
  let log: EventLog
  let state: Confined<WorldState>

  public init(simulation: Simulation, model: WorldModel, log: EventLog) {
    self.simulation = simulation
    self.model = model
    self.log = log
    state = Confined(WorldState(model, simulation), in: simulation)
  }

  /// The adapters through which an orchestrator reaches this world.
  ///
  /// - Parameter workspace: the number of the workspace it protects, from 0: each has an endpoint of its own.
  public func ports(for workspace: Int = 0) -> Ports {
    let ports = Ports(
      marketplace: SimulatedMarketplace(world: self), compute: SimulatedCompute(world: self),
      fileSync: SimulatedFileSync(world: self), probe: SimulatedProbe(world: self),
      router: SimulatedRouter(world: self, workspace: workspace), notifier: SimulatedNotifier(world: self),
      jitter: StreamJitter(stream: simulation.stream("check jitter")),
      snapshots: SimulatedSnapshotStore(world: self), inference: SimulatedInference(world: self),
      notices: SimulatedNotices(world: self),
      heartbeats: model.gpu.heartbeats.interval.map { SimulatedHeartbeats(world: self, interval: $0) },
      approver: model.approval.map { SimulatedApprover(world: self, answer: $0) })
    // A world in which nothing goes wrong pays nothing for the possibility.
    return model.faults.isEmpty ? ports : faulty(ports)
  }

  /// Starts what happens by itself. Call it once, inside the simulation, before the orchestrator starts.
  public func start() {
    let now = simulation.clock.now
    state { $0.hosts.update(model.gpu.id) { $0.sshReadyAt = now } }
    scheduleInterruptions()
    if model.gpu.isRentedAtStart { scheduleFalseAlarms(of: model.gpu.id) }
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
  /// - Throws: `PortError`: `.timedOut` when the draw is longer than `timeout`, `.cancelled`.
  func pause(
    _ sampler: WritableKeyPath<WorldState, Sampler>, timeout: Duration, _ what: String
  ) async throws(PortError) {
    try await pause(for: state { $0[keyPath: sampler].next() }, timeout: timeout, what)
  }

  func pause(for delay: Duration, timeout: Duration, _ what: String) async throws(PortError) {
    guard delay > .zero else { return }
    let clock = simulation.clock
    do {
      try await clock.sleep(until: clock.now.advanced(by: min(delay, timeout)))
    } catch {
      throw PortError(.cancelled, what)
    }
    if delay > timeout { throw PortError(.timedOut, what) }
  }

  func record(_ kind: EventKind, on lane: Lane) {
    log.record(kind, on: lane, at: .nanoseconds(simulation.clock.now.nanoseconds))
  }

  /// Makes every transfer in progress look whether its hosts are still there.
  func disrupt() {
    let fresh = Signal(in: simulation)
    let fired = state { state in
      defer { state.disruption = fresh }
      return state.disruption
    }
    fired.fire()
  }
}
