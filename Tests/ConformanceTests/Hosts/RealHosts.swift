import AsyncHTTPClient
import Failover
import Foundation
import Lab
import Testing

@testable import RealBackends

/// The hosts of the real arm: two of a lab of their own.
struct RealHosts: Sendable {
  let setting: HostSetting
  let lab: Lab
  let gpu: LabHost
  let standby: LabHost
  let store: ObjectStore?

  /// So many labs at once: most of their time is waiting, but each has processes to start.
  private static let places = Places(8)

  static func run<Value: Sendable>(
    _ setting: HostSetting, _ body: @escaping @Sendable (HostStage) async throws -> Value
  ) async throws -> Value {
    try await places.taking {
      let link = LinkShape(downloadRate: setting.link, uploadRate: setting.link)
      let names = ["gpu", "standby"]
      let lab = try await Lab.start(
        LabConfiguration(hosts: names.map { LabHostConfiguration(name: $0, diskSize: 64 << 20, link: link) }))
      var store: ObjectStore?
      let http = ObjectStoreClient.makeHTTPClient()
      func close() async {
        await store?.stop()
        await lab.stop()
        try? await http.shutdown()
      }
      do {
        if setting.hasStore { store = try await ObjectStore.start(tools: Arm.tools) }
        let hosts = RealHosts(
          setting: setting, lab: lab, gpu: try #require(await lab.host("gpu")),
          standby: try #require(await lab.host("standby")), store: store)
        try await hosts.fill()
        let value = try await body(try hosts.stage(http))
        await close()
        return value
      } catch {
        await close()
        throw error
      }
    }
  }

  /// Puts the workspace and the workload on the GPU.
  private func fill() async throws {
    let files = HostStage.files.map { "head -c \($0.size) /dev/urandom >\(HostStage.path)/\($0.name)" }
    try await gpu.run(files.joined(separator: "\n"))
    try await gpu.run("bash -c 'exec -a workload sleep 86400' >/dev/null 2>&1 </dev/null &")
    if setting.hasModelServer {
      try await ModelServer(model: HostStage.model, loadTime: .milliseconds(100)).start(on: gpu)
    }
  }

  private var ssh: SSHSettings {
    SSHSettings(
      user: "root", identityFile: lab.identityFile, knownHosts: .strict(file: lab.knownHostsFile),
      configFile: "/dev/null", connectTimeout: .seconds(2), serverAliveInterval: .seconds(1), serverAliveCountMax: 2)
  }

  private func stage(_ http: HTTPClient) throws -> HostStage {
    // Hosts have the same files at the same paths.
    let sync = RsyncFileSync(
      ssh: ssh, peer: ssh, forwardsAgent: false, stagingDirectory: lab.directory + "/staging")
    let client = try ObjectStoreClient(
      ObjectStoreSettings(
        endpoint: store?.url ?? "http://127.0.0.1:9", region: store?.region ?? "none", bucket: store?.bucket ?? "none",
        keyID: store?.accessKey ?? "none", secret: Secret(store?.secretKey ?? "none")), http: http)
    let snapshots = try ObjectSnapshotStore(client, ssh: ssh, label: "run")
    func target(_ host: LabHost, _ role: MachineRole) -> ProbeTarget {
      ProbeTarget(
        instance: InstanceID(host.name), role: role, address: HostAddress(host: host.address, port: host.port))
    }
    return HostStage(
      sync: sync, probe: NetworkProbe(ssh: ssh, processPattern: "^workload 86400"),
      inference: OllamaProbe(.tunnel(ssh, start: nil)), snapshots: snapshots, inventory: snapshots,
      gpu: target(gpu, .gpu), standby: target(standby, .standby), passing: .real(), work: { try await work() },
      approach: { _ in }, strike: { try await strike() }, relent: { try await relent() },
      damage: { try damage($0, $1) })
  }

  private func work() async throws {
    try await gpu.run(
      "dd if=/dev/urandom of=\(HostStage.path)/model.bin bs=1000 seek=100 count=10 conv=notrunc status=none")
  }

  // MARK: Trouble

  private func strike() async throws {
    switch setting.trouble {
    case .deadGPU: try await gpu.powerOff()
    case .deadStandby: try await standby.powerOff()
    case .frozenGPU: try await gpu.freeze()
    case .partitionedGPU, .cutOffGPU: try await gpu.partition()
    case .partitionedStandby: try await standby.partition()
    case .noServerOnGPU: try await gpu.stopSSHD()
    case .noServerOnStandby: try await standby.stopSSHD()
    case .refusedKey:
      try await gpu.setAuthorized(false)
      try await standby.setAuthorized(false)
    case .fullStandby: try await standby.fillDisk()
    case .deadProcess: try await gpu.run("kill $(pgrep -f '^workload 86400')")
    case .storeDown: await store?.stop()
    case nil: break
    }
  }

  private func relent() async throws {
    switch setting.trouble {
    case .frozenGPU: try await gpu.thaw()
    case .partitionedGPU, .cutOffGPU: try await gpu.heal()
    case .partitionedStandby: try await standby.heal()
    case .noServerOnGPU: try await gpu.startSSHD()
    case .noServerOnStandby: try await standby.startSSHD()
    case .refusedKey:
      try await gpu.setAuthorized(true)
      try await standby.setAuthorized(true)
    case .fullStandby: try await standby.freeDisk()
    case .deadGPU, .deadStandby, .deadProcess, .storeDown, nil: break
    }
  }

  private func damage(_ id: SnapshotID, _ damage: SnapshotDamage) throws {
    let store = try #require(store)
    let path = "\(store.objects)/\(store.bucket)/snapshots/\(id.rawValue)/data"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    switch damage {
    case .altered: bytes[bytes.count / 2] ^= 1
    case .truncated: bytes.removeLast(bytes.count / 3)
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

/// Lets so many through at a time, in the order in which they came.
actor Places {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func taking<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
    defer {
      if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
    return try await body()
  }
}
