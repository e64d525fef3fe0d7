import Failover
import FailoverSim
import Foundation
import Lab
import RealBackends
import Scenarios

/// A scenario's world made real on this machine: hosts with their own sshd, disks and links behind a marketplace, a
/// compute provider and an object store that speak as the vendors' do.
///
/// Prices, boot times, link rates, offers and the model come from the scenario, so that what is simulated and what is
/// drilled are the same question.
public struct LabGround: Sendable {
  let scenario: Scenario

  public init(for scenario: Scenario) { self.scenario = scenario }

  /// Why there can be no lab here, in one line; `nil` when there can.
  public var obstacle: String? {
    get async {
      if let obstacle = await Lab.obstacle { return obstacle }
      return scenario.strategy.snapshots == nil ? nil : ObjectStore.obstacle()
    }
  }

  /// Builds the lab, runs `body` on it, and takes it away again, whatever happens.
  ///
  /// - Throws: `LabError`; what `AccountGround.with` throws.
  public func with<Value: Sendable>(_ body: (AccountGround) async throws -> Value) async throws -> Value {
    let lab = try await Lab.start()
    do {
      let value = try await with(lab, body)
      await lab.stop()
      return value
    } catch {
      await lab.stop()
      throw error
    }
  }

  private func with<Value: Sendable>(
    _ lab: Lab, _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    let marketplace = try await Marketplace.start(marketplaceConfiguration, lab: lab)
    let compute = try await ComputeServer.start(computeConfiguration, lab: lab)
    let store = scenario.strategy.snapshots == nil ? nil : try await ObjectStore.start()
    let staging = NSTemporaryDirectory() + "/drill-staging-\(UUID().uuidString)"
    func close() async {
      await marketplace.stop()
      await compute.stop()
      await store?.stop()
      try? FileManager.default.removeItem(atPath: staging)
    }
    do {
      let key = lab.directory + "/account.json"
      try compute.keyFile.write(to: URL(fileURLWithPath: key))
      var environment = [
        "VAST_API_KEY": marketplace.apiKey, "GCP_PROJECT_ID": computeConfiguration.project,
        "GCP_ZONE": computeConfiguration.zones[0], "GOOGLE_APPLICATION_CREDENTIALS": key,
      ]
      if let store {
        environment["B2_ENDPOINT"] = store.url
        environment["B2_BUCKET"] = store.bucket
        environment["B2_KEY_ID"] = store.accessKey
        environment["B2_APPLICATION_KEY"] = store.secretKey
      }
      var settings = try BackendSettings.standard(environment: environment)
      settings.marketplace.endpoint = marketplace.url
      settings.compute.endpoint = compute.url
      settings.ssh.identityFile = lab.identityFile
      settings.ssh.knownHosts = lab.directory + "/seen_hosts"
      settings.ssh.configFile = "/dev/null"
      settings.ssh.connectTimeout = .seconds(5)
      settings.sync.stagingDirectory = staging
      settings.sync.forwardsAgent = false
      settings.objectStore.region = store?.region ?? "auto"
      settings.router.sshConfig?.path = lab.directory + "/endpoint"
      settings.notifier.log = false
      settings.journal = lab.directory + "/drill.journal"
      let site = LabSite(
        marketplace: marketplace, scripts: RemoteScript(settings.sshSettings),
        workspace: WorkspaceScript(workspace: scenario.world.workspace))
      let value = try await AccountGround.with(
        settings, for: scenario, environment: environment, pacing: .none, costsMoney: false, site: site, body)
      await close()
      return value
    } catch {
      await close()
      throw error
    }
  }

  // MARK: The scenario's world

  private var marketplaceConfiguration: MarketplaceConfiguration {
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
      onStart: model.map { "(\($0.command)) >/var/log/ollama 2>&1 &" }, pacing: 0,
      files: model == nil ? [:] : [ModelServer.file: ModelServer.program])
  }

  private var computeConfiguration: ComputeConfiguration {
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

/// What can be done to machines of the lab.
struct LabSite: DrillSite {
  let marketplace: Marketplace
  let scripts: RemoteScript
  let workspace: WorkspaceScript

  func fillWorkspace(on host: HostAddress) async throws { try await scripts.run(workspace.text, on: host) }

  /// The host loses its power: every process on it is killed, and its link goes down without a word.
  func interrupt(_ id: InstanceID) async throws {
    guard let number = Int(id.rawValue) else { throw DrillFailure("instance \(id) is none of the lab's") }
    try await marketplace.crash(number, isReported: true, isSilent: true)
  }

  func run(_ script: String, on host: HostAddress, line: @escaping @Sendable (String) -> Void) async throws {
    try await scripts.run(script, on: host, line: line)
  }
}
