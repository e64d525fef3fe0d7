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
  public var ports: Ports {
    Ports(
      marketplace: SimulatedMarketplace(world: self), compute: SimulatedCompute(world: self),
      fileSync: SimulatedFileSync(world: self), probe: SimulatedProbe(world: self),
      router: SimulatedRouter(world: self), notifier: SimulatedNotifier(world: self),
      jitter: StreamJitter(stream: RandomStream(seed: simulation.seed, name: "check jitter")))
  }

  /// Starts what happens by itself. Call it once, inside the simulation, before the orchestrator starts.
  public func start() {
    let now = simulation.clock.now
    state { $0.hosts.update(model.gpu.id) { $0.sshReadyAt = now } }
    scheduleInterruptions()
  }

  /// What must always hold and did not: one sentence each. Empty in a world without a mistake.
  public var violations: [String] { state { $0.violations } }

  /// The machines that exist and are paid for, in the order of their creation.
  public var existing: [InstanceID] {
    state { $0.hosts.existing.map(\.id) }
  }

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

  // MARK: Interruptions

  /// Takes a GPU away: its machine stops without a warning, and every connection to it breaks.
  public func interrupt(_ id: InstanceID, cause: String) {
    let now = simulation.clock.now
    let unsynced = state { state -> ByteCount? in
      guard let host = state.hosts[id], host.isUp else { return nil }
      state.settle(at: now)
      let unsynced = state.unsynced(of: id)
      state.hosts.update(id) { $0.status = .stopped }
      if state.serving == id { state.serving = nil }
      return unsynced
    }
    guard let unsynced else { return }
    record(.interrupted(id, cause: cause, unsynced: unsynced), on: .gpu(id))
    disrupt()
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

/// What changes in the simulated world.
struct WorldState {
  var hosts = HostList()
  /// Where the endpoint points; `nil` while users are turned away.
  var endpoint: HostAddress?
  /// The machine that users write to, if the endpoint leads to one that runs.
  var serving: InstanceID?
  var servingSince = VirtualClock.Instant.start
  /// What the standby holds by the orchestrator's doing: the last completed sync, and what users wrote there since.
  var durable = Content.empty
  /// The content that users had last.
  var newest = Content(history: 0, written: .zero)
  var histories = 1
  var hasCapacity = true
  var instancesCreated = 0
  /// Fired, and replaced, whenever a host is lost.
  var disruption: Signal
  var violations: [String] = []
  var samplers: Samplers

  let dirtyRate: DataRate
  let workspaceSize: ByteCount

  init(_ model: WorldModel, _ simulation: Simulation) {
    samplers = Samplers(model, simulation)
    disruption = Signal(in: simulation)
    dirtyRate = model.workspace.dirtyRate
    workspaceSize = model.workspace.size
    hosts.add(
      SimulatedHost(
        id: model.gpu.id, role: .gpu, address: model.gpu.address, price: model.gpu.price,
        status: .running, sshReadyAt: .start, content: Content(history: 0, written: .zero)))
  }

  // MARK: Writing

  /// Credits the serving machine with what users have written since the last time.
  mutating func settle(at now: VirtualClock.Instant) {
    guard let serving, dirtyRate > .zero else { return }
    let elapsed = servingSince.duration(to: now)
    let written = dirtyRate.amount(in: elapsed)
    // Keep the time that has not made up a whole byte yet.
    guard written > .zero, let taken = dirtyRate.duration(for: written) else { return }
    hosts.update(serving) { $0.content.written += written }
    // What is written on the standby itself is where the next GPU will be filled from.
    if let host = hosts[serving], host.role == .standby { durable = host.content }
    servingSince = servingSince.advanced(by: min(taken, elapsed))
  }

  /// Users reach `address` from now on; nobody, when `nil`.
  mutating func serve(_ address: HostAddress?, at now: VirtualClock.Instant) {
    settle(at: now)
    if let serving, let host = hosts[serving] { newest = host.content }
    endpoint = address
    serving = nil
    guard let address, var host = hosts[at: address], host.isUp else { return }
    audit(host)
    if host.content != newest {
      // Users go on with an older copy: what they write now is a history of its own.
      host.content.history = histories
      histories += 1
      if host.role == .standby { durable = host.content }
    }
    hosts.update(host.id) { $0.content = host.content }
    serving = host.id
    servingSince = now
  }

  /// How much of what is on a machine is on no other.
  func unsynced(of id: InstanceID) -> ByteCount {
    guard let content = hosts[id]?.content, content != .empty else { return .zero }
    return content.history == durable.history
      ? max(.zero, content.written - durable.written) : workspaceSize
  }

  // MARK: What must always hold

  /// Whoever is about to serve has the newest content that could be had.
  private mutating func audit(_ host: SimulatedHost) {
    switch host.role {
    case .standby:
      if host.content != durable {
        violations.append("standby \(host.id) serves \(host.content), durable was \(durable)")
      }
    case .gpu:
      // A GPU that takes over from the standby must hold what the standby held last.
      if hosts.hasStandby, host.content != newest {
        violations.append("gpu \(host.id) serves \(host.content), users had \(newest)")
      }
    }
  }
}

/// One source of durations for each thing that takes time, each on a stream of its own, so that a change to one never
/// shifts the draws of another.
struct Samplers {
  var search, create, describe, destroy: Sampler
  var boot, sshStart, standbyCreation, standbyDescribe: Sampler
  var endpointChange, endpointHold, endpointVerify: Sampler
  var gpu, standby: HostSamplers
  var notification: Sampler

  init(_ model: WorldModel, _ simulation: Simulation) {
    func sampler(_ distribution: Distribution, _ name: String) -> Sampler {
      Sampler(distribution, simulation, name)
    }
    search = sampler(model.marketplace.search, "marketplace search")
    create = sampler(model.marketplace.create, "marketplace create")
    describe = sampler(model.marketplace.describe, "marketplace describe")
    destroy = sampler(model.marketplace.destroy, "marketplace destroy")
    boot = sampler(model.gpu.boot, "gpu boot")
    sshStart = sampler(model.gpu.sshStart, "gpu ssh start")
    standbyCreation = sampler(model.standby.creation, "standby creation")
    standbyDescribe = sampler(model.standby.describe, "standby describe")
    endpointChange = sampler(model.endpoint.change, "endpoint change")
    endpointHold = sampler(model.endpoint.hold, "endpoint hold")
    endpointVerify = sampler(model.endpoint.verify, "endpoint verify")
    gpu = HostSamplers(model.gpu.hostTimes, simulation, "gpu")
    standby = HostSamplers(model.standby.hostTimes, simulation, "standby")
    notification = sampler(model.notification, "notification")
  }
}

struct HostSamplers {
  var scan, inspect, digest: Sampler
  /// In the order of `ProbeMethod.allCases`.
  var probes: [Sampler]

  init(_ times: HostTimes, _ simulation: Simulation, _ host: String) {
    scan = Sampler(times.scan, simulation, "\(host) scan")
    inspect = Sampler(times.inspect, simulation, "\(host) inspect")
    digest = Sampler(times.digest, simulation, "\(host) digest")
    probes = ProbeMethod.allCases.map { method in
      Sampler(times.probes[method] ?? .constant(0), simulation, "\(host) probe \(method.rawValue)")
    }
  }
}

extension WorldState {
  mutating func withSamplers<R>(of role: MachineRole, _ body: (inout HostSamplers) -> R) -> R {
    role == .gpu ? body(&samplers.gpu) : body(&samplers.standby)
  }
}
