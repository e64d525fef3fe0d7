import Failover
import FailoverSim

/// The hosts of the simulated arm.
struct SimulatedHosts {
  var setting: HostSetting

  func run<Value: Sendable>(_ body: @escaping @Sendable (HostStage) async throws -> Value) throws -> Value {
    var model = SimulatedWorld.model(
      files: HostStage.files.map { WorkspaceModel.File(name: $0.name, size: ByteCount($0.size)) },
      link: setting.link.map(DataRate.init(bytesPerSecond:)) ?? .megabytesPerSecond(100))
    model.faults.standbyDisk = .megabytes(64)
    if setting.isDamaged { model.snapshots.damaged = .one }
    model.inference.serverStart = .constant(0.05)
    model.inference.load = .constant(0.1)
    model.inference.answer = .constant(0.1)
    return try SimulatedWorld.run(model, faults) { world, strike in
      let ports = world.ports()
      guard let snapshots = ports.snapshots, let inference = ports.inference else { throw PortMissing("port") }
      let machine = StandbyMachine(machineType: "e2-medium", isSpot: true, price: .free)
      let standby = try await ports.compute.create(machine, timeout: long)
      guard let address = standby.address else { throw PortMissing("address") }
      let router = ports.router
      return try await body(
        HostStage(
          sync: ports.fileSync, probe: ports.probe, inference: inference, snapshots: snapshots,
          inventory: StoreInventory(snapshots, in: world),
          gpu: ProbeTarget(instance: SimulatedWorld.gpu, role: .gpu, address: SimulatedWorld.gpuAddress),
          standby: ProbeTarget(instance: standby.id, role: .standby, address: address), passing: strike.passing,
          work: {
            try await router.route(to: SimulatedWorld.gpuAddress, timeout: long)
            try await strike.passing.pause(.seconds(10))
            try await router.hold(timeout: long)
          },
          approach: { try await strike.approach($0) }, strike: { try await strike.begin() },
          relent: { try await strike.end() }, damage: { _, _ in }))
    }
  }

  private var faults: [FaultKind] {
    switch setting.trouble {
    case .deadGPU: [.gpuLost]
    case .deadStandby: [.standbyStopped]
    case .frozenGPU: [.gpuFrozen]
    case .partitionedGPU: [.orchestrator, .standby, .objectStore].map { .partition(Way(.gpu, $0)) }
    case .partitionedStandby: [.orchestrator, .gpu, .objectStore].map { .partition(Way(.standby, $0)) }
    case .cutOffGPU: [.partition(Way(.gpu, .orchestrator))]
    case .noServerOnGPU: [.sshDown(.gpu)]
    case .noServerOnStandby: [.sshDown(.standby)]
    case .refusedKey: [.sshKeyExpired]
    case .fullStandby: [.standbyDiskFull(nil)]
    case .deadProcess: [.gpuProcessDead]
    case .storeDown: [.objectStoreDown]
    // One that never comes, so that the world has faults in it.
    case nil: [.notifierDown]
    }
  }
}
