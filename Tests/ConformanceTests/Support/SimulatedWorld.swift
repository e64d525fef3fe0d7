import Failover
import FailoverSim
import Testing

/// A small simulated world, built to be like the lab that the real arm uses.
enum SimulatedWorld {
  /// Trouble begins so long after the start, and lasts as long.
  static let troubleBegins = Duration.seconds(1000)
  static let gpu = InstanceID("1")
  static let gpuAddress = HostAddress(host: "gpu.example", port: 22)

  /// Runs `body` in a world that `model` describes, with faults that begin when `strike` is called.
  static func run<Value: Sendable>(
    _ model: WorldModel, _ faults: [FaultKind],
    _ body: @escaping @Sendable (World, Strike) async throws -> Value
  ) throws -> Value {
    let simulation = Simulation(seed: 1)
    let ended = try simulation.run { simulation in
      var model = model
      model.faults.faults = faults.map { fault in
        Fault(fault, .at([troubleBegins]), lasting: fault.isInstant ? nil : .constant(troubleBegins.inSeconds))
      }
      let world = World(simulation: simulation, model: model, log: EventLog())
      world.start()
      let value = try await body(world, Strike(simulation: simulation))
      #expect(world.violations == [])
      return value
    }
    return try #require(ended)
  }

  /// Time, and the two moments at which trouble begins and ends: whoever waits for them makes them happen.
  struct Strike: Sendable {
    let simulation: Simulation

    /// Up to this long before the trouble.
    func approach(_ lead: Duration = .zero) async throws {
      try await simulation.clock.sleep(until: .start.advanced(by: troubleBegins - lead))
    }

    func begin() async throws {
      try await simulation.clock.sleep(until: .start.advanced(by: troubleBegins + .milliseconds(1)))
    }

    func end() async throws {
      try await simulation.clock.sleep(until: .start.advanced(by: troubleBegins * 2 + .milliseconds(1)))
    }

    var passing: Passing {
      Passing(
        pause: { try await simulation.clock.sleep(for: $0) },
        elapsed: { VirtualClock.Instant.start.duration(to: simulation.clock.now) })
    }
  }

  /// A world in which nothing happens by itself.
  ///
  /// - Parameter link: what every host's link carries.
  static func model(
    offers: [Offer] = [], files: [WorkspaceModel.File] = [], link: DataRate = .megabytesPerSecond(100)
  ) -> WorldModel {
    let quick = Distribution.constant(0.05)
    let times = HostTimes(
      scan: quick, inspect: quick, digest: quick,
      probes: Dictionary(uniqueKeysWithValues: ProbeMethod.allCases.map { ($0, quick) }))
    var model = WorldModel(
      gpu: GPUModel(
        id: gpu, address: gpuAddress, price: .free, boot: .constant(1), sshStart: quick, hostTimes: times),
      standby: StandbyModel(
        id: InstanceID("cpu"), address: HostAddress(host: "cpu.example", port: 22), creation: .constant(1),
        describe: quick, hostTimes: times, startsFilled: false),
      marketplace: MarketplaceModel(
        offers: offers, newInstances: [], search: quick, create: quick, describe: quick, destroy: quick),
      network: NetworkModel(link: link, rsync: .megabytesPerSecond(90), keepAlive: .seconds(3)),
      endpoint: EndpointModel(change: quick, hold: quick, verify: quick),
      workspace: WorkspaceModel(
        path: "/workspace", files: files, dirtyRate: DataRate(bytesPerSecond: 1000), deltaReduction: .zero),
      interruptions: .never, notification: quick)
    model.marketplace.singleGPUs = Set(offers.map(\.id))
    model.machines = MachineModel(
      start: quick, stop: quick, createVolume: quick, deleteVolume: quick, resume: .constant(1),
      sshAfterResume: quick)
    model.snapshots.request = quick
    return model
  }
}
