import Failover
import FailoverSim
import Foundation
import Lab
import RealBackends
import Scenarios

/// The servers of a scenario's world on a lab, and what a drill has to be told to use them as it uses the vendors'.
public struct LabServers: Sendable {
  public let lab: Lab
  public let marketplace: Marketplace
  public let compute: ComputeServer
  /// `nil` when the scenario makes no snapshots.
  public let store: ObjectStore?
  /// Everything that a settings file would say. All files are in the lab's directory, and go with it.
  public let settings: BackendSettings
  /// The credentials, by the names that `BackendSettings.credentials(for:environment:)` looks for.
  public let environment: [String: String]

  /// Opens the servers; they answer when this returns.
  ///
  /// - Throws: `LabError`; `InvalidFile`. No server runs then.
  public static func start(for scenario: Scenario, on lab: Lab) async throws -> LabServers {
    let world = LabWorld(scenario: scenario)
    let marketplace = try await Marketplace.start(world.marketplace, lab: lab)
    var compute: ComputeServer?
    var store: ObjectStore?
    do {
      let started = try await ComputeServer.start(world.compute, lab: lab)
      compute = started
      if scenario.strategy.snapshots != nil { store = try await ObjectStore.start() }
      return try LabServers(lab, marketplace, started, store, world.compute)
    } catch {
      await marketplace.stop()
      await compute?.stop()
      await store?.stop()
      throw error
    }
  }

  private init(
    _ lab: Lab, _ marketplace: Marketplace, _ compute: ComputeServer, _ store: ObjectStore?,
    _ configuration: ComputeConfiguration
  ) throws {
    (self.lab, self.marketplace, self.compute, self.store) = (lab, marketplace, compute, store)
    let key = lab.directory + "/account.json"
    try compute.keyFile.write(to: URL(fileURLWithPath: key))
    var environment = [
      "VAST_API_KEY": marketplace.apiKey, "GCP_PROJECT_ID": configuration.project,
      "GCP_ZONE": configuration.zones[0], "GOOGLE_APPLICATION_CREDENTIALS": key,
    ]
    if let store {
      environment["B2_ENDPOINT"] = store.url
      environment["B2_BUCKET"] = store.bucket
      environment["B2_KEY_ID"] = store.accessKey
      environment["B2_APPLICATION_KEY"] = store.secretKey
    }
    var settings = try BackendSettings.standard(environment: environment)
    settings.marketplace.endpoint = marketplace.url
    settings.marketplace.pacing = .none
    settings.compute.endpoint = compute.url
    settings.ssh.identityFile = lab.identityFile
    settings.ssh.knownHosts = lab.directory + "/seen_hosts"
    settings.ssh.configFile = "/dev/null"
    settings.ssh.connectTimeout = .seconds(5)
    settings.sync.stagingDirectory = lab.directory + "/staging"
    settings.sync.forwardsAgent = false
    settings.objectStore.region = store?.region ?? "auto"
    settings.router.sshConfig?.path = lab.directory + "/endpoint"
    settings.notifier.log = false
    settings.journal = lab.directory + "/drill.journal"
    settings.health.process = LabWorkload.process
    settings.health.heartbeat = .init(file: LabWorkload.heartbeatFile, maximumAge: .seconds(30))
    self.settings = settings
    self.environment = environment
  }

  /// Closes the servers; the lab's hosts run on until the lab stops.
  public func stop() async {
    await marketplace.stop()
    await compute.stop()
    await store?.stop()
  }
}

/// What a scenario's world is on a lab.
struct LabWorld {
  let scenario: Scenario

  var marketplace: MarketplaceConfiguration {
    var machines: [MarketplaceMachine] = []
    for offer in scenario.world.marketplace.offers {
      if let index = machines.firstIndex(where: { "\($0.id)" == offer.machine.rawValue }) {
        machines[index].gpuCount += 1
        continue
      }
      machines.append(
        MarketplaceMachine(
          id: Int(offer.machine.rawValue) ?? 900_000 + machines.count, gpuName: offer.gpuName,
          price: Double(offer.price.cost(of: .seconds(3600)).nanodollars) / 1e9, link: link, country: offer.region))
    }
    return MarketplaceConfiguration(
      machines: machines, bootTime: average(scenario.world.gpu.boot), workspace: scenario.world.workspace.path,
      onStart: programs.joined(separator: "\n"), pacing: 0, files: files)
  }

  /// What runs on a GPU from its boot on.
  private var programs: [String] {
    var programs = ["/lab/\(LabWorkload.file) >/dev/null 2>&1 &"]
    if let model { programs.append("(\(model.command)) >/var/log/ollama 2>&1 &") }
    return programs
  }

  private var files: [String: String] {
    var files = [LabWorkload.file: LabWorkload(heartbeat: scenario.strategy.heartbeat?.interval).program]
    if model != nil { files[ModelServer.file] = ModelServer.program }
    return files
  }

  var compute: ComputeConfiguration {
    ComputeConfiguration(
      operationTime: .milliseconds(100), bootTime: average(scenario.world.standby.creation),
      workspace: scenario.world.workspace.path, link: link)
  }

  /// The model that must answer, with the load time of the scenario.
  private var model: ModelServer? {
    scenario.strategy.inferenceModel.map {
      ModelServer(model: $0, loadTime: average(scenario.world.inference.load))
    }
  }

  private var link: LinkShape {
    let rate = scenario.world.network.link.bytesPerSecond
    return LinkShape(downloadRate: rate, uploadRate: rate)
  }

  /// What a distribution gives on average: a lab does not draw.
  private func average(_ distribution: Distribution) -> Duration { .seconds(distribution.mean ?? 1) }
}
