import AsyncHTTPClient
import Failover
import FailoverSim
import Foundation
import RealBackends
import Scenarios

/// Real providers, reached with the user's settings and credentials; or servers that speak as they do.
public struct AccountGround: DrillGround {
  public let settings: BackendSettings
  let credentials: BackendCredentials
  /// One for all that is played here, since calls are paced.
  let marketplace: VastMarketplace
  let router: any EndpointRouter
  let http: HTTPClient
  public let site: any DrillSite
  public let costsMoney: Bool
  public let existingGPU: InstanceID?
  let approver: (any Approver)?

  public var maximumCost: Money? { settings.limits.maxCost }
  public var journalPath: String { settings.journalPath }

  /// Runs `body` on this ground; connections and forwarded ports are closed afterwards.
  ///
  /// - Parameters:
  ///   - environment: where credentials are looked for.
  ///   - approver: who is asked where the scenario wants a person's word; `nil` for nobody.
  ///   - site: what a drill does to the machines; by default what every provider lets one do.
  /// - Throws: `DrillFailure` when a program is missing; `MissingSettings`; `PortError`; `SettingsError`; what `body` throws.
  public static func with<Value: Sendable>(
    _ settings: BackendSettings, for scenario: Scenario, environment: [String: String],
    existingGPU: InstanceID? = nil, costsMoney: Bool = true, approver: (any Approver)? = nil,
    site: (any DrillSite)? = nil, _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    try LocalPrograms.check()
    return try await Self.with(
      settings, Self.parts(of: scenario, settings), WorkspaceScript(workspace: scenario.world.workspace),
      environment: environment, existingGPU: existingGPU, costsMoney: costsMoney, approver: approver, site: site, body)
  }

  /// Runs `body` on a ground on which nothing is played, only given back.
  static func with<Value: Sendable>(
    _ settings: BackendSettings, forCleaning parts: [BackendPart], environment: [String: String],
    _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    let nothing = WorkspaceModel(path: "/workspace", files: [], dirtyRate: .zero, deltaReduction: .zero)
    return try await with(
      settings, parts, WorkspaceScript(workspace: nothing), environment: environment, existingGPU: nil,
      costsMoney: true, approver: nil, site: nil, body)
  }

  private static func with<Value: Sendable>(
    _ settings: BackendSettings, _ parts: [BackendPart], _ workspace: WorkspaceScript, environment: [String: String],
    existingGPU: InstanceID?, costsMoney: Bool, approver: (any Approver)?, site: (any DrillSite)?,
    _ body: (AccountGround) async throws -> Value
  ) async throws -> Value {
    let credentials = try settings.credentials(for: parts, environment: environment)
    let marketplace = try VastMarketplace(
      apiKey: credentials.vastAPIKey ?? Secret(""),
      settings: VastSettings(
        image: settings.marketplace.image, disk: settings.marketplace.disk, mountPath: workspace.workspace.path,
        pacing: settings.marketplace.pacing, baseURL: settings.marketplace.endpoint))
    // The nearest to an interruption that a provider offers: the instance is stopped, as one that was outbid is.
    let site = site ?? RemoteSite(scripts: RemoteScript(settings.sshSettings), workspace: workspace) { id in
      try await marketplace.stop(id, timeout: .seconds(30))
    }
    let http = ObjectStoreClient.makeHTTPClient()
    do {
      let value = try await settings.withRouter { router in
        let ground = AccountGround(
          settings: settings, credentials: credentials, marketplace: marketplace, router: router, http: http, site: site,
          costsMoney: costsMoney, existingGPU: existingGPU, approver: approver)
        // Whatever is wrong with the settings is said before anything is asked or rented.
        _ = try ground.backends(for: RunID("check"))
        return try await body(ground)
      }
      try? await http.shutdown()
      return value
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  /// What an account is needed for.
  static func parts(of scenario: Scenario, _ settings: BackendSettings) -> [BackendPart] {
    var parts: [BackendPart] = [.marketplace]
    if scenario.strategy.standby != nil { parts.append(.compute) }
    if scenario.strategy.snapshots != nil { parts.append(.objectStore) }
    if !settings.notifier.webhooks.isEmpty { parts.append(.notifier) }
    if scenario.strategy.healthCheck.methods.contains(.process) { parts.append(.process) }
    if scenario.strategy.heartbeat != nil { parts.append(.heartbeat) }
    return parts
  }

  public func backends(for run: RunID) throws -> Backends {
    let ssh = settings.sshSettings
    let compute: any LabellingComputeProvider =
      try credentials.google.map { try google($0) } ?? NoComputeProvider()
    var backends = Backends(
      marketplace: marketplace, compute: compute, fileSync: settings.fileSync,
      probe: settings.healthProbe(
        status: NetworkProbe.providerStatus(marketplace: marketplace, compute: compute)),
      router: router, notifier: settings.notifiers(credentials), jitter: SystemJitter())
    backends.notices = marketplace
    backends.inference = settings.inferenceProbe
    backends.approver = approver
    backends.heartbeats = settings.heartbeatSource { id throws(PortError) in
      try await marketplace.describe(id, timeout: settings.ssh.connectTimeout).address
    }
    if let store = credentials.objectStore {
      let objects = try ObjectStoreSettings(
        endpoint: store.endpoint, region: settings.objectStore.region, bucket: store.bucket,
        keyID: store.keyID.revealed, secret: store.applicationKey)
      backends.snapshots = try ObjectSnapshotStore(
        ObjectStoreClient(objects, http: http), ssh: ssh, label: run.snapshotLabel,
        folder: settings.objectStore.folder)
    }
    return backends
  }

  private func google(_ account: BackendCredentials.Google) throws -> GoogleComputeProvider {
    let publicKey = settings.ssh.identityFile.flatMap {
      try? String(contentsOfFile: settings.paths.absolute($0) + ".pub", encoding: .utf8)
    }
    let key = publicKey.map {
      GoogleSettings.SSHKey(user: settings.ssh.user, publicKey: $0.split(separator: "\n").first.map(String.init) ?? "")
    }
    return try GoogleComputeProvider(
      key: ServiceAccountKey(file: account.credentialsFile),
      settings: GoogleSettings(
        project: account.project, zone: account.zone, image: settings.compute.image, sshKey: key,
        network: settings.compute.network, baseURL: settings.compute.endpoint))
  }
}

extension RunID {
  /// What the names of this run's snapshots begin with.
  var snapshotLabel: String { "failoversim-\(rawValue)" }
}

extension BackendSettings.ObjectStore {
  /// The prefix as the name of a folder.
  fileprivate var folder: String {
    let words = prefix.split(separator: "/")
    return words.isEmpty ? "snapshots" : words.joined(separator: "-")
  }
}

extension BackendSettings {
  public var journalPath: String { paths.absolute(journal) }
  public var historyPath: String { paths.absolute(history) }
}

/// For strategies without a standby: there is no account to create one with.
private struct NoComputeProvider: LabellingComputeProvider {
  private var none: PortError { PortError(.refused, "the scenario has no standby, so no compute provider is set up") }

  func create(_ machine: StandbyMachine, timeout: Duration) async throws(PortError) -> Instance { throw none }
  func create(
    _ machine: StandbyMachine, label: String, timeout: Duration
  ) async throws(PortError) -> Instance { throw none }
  func start(_ id: InstanceID, timeout: Duration) async throws(PortError) { throw none }
  func stop(_ id: InstanceID, timeout: Duration) async throws(PortError) { throw none }
  func describe(_ id: InstanceID, timeout: Duration) async throws(PortError) -> Instance { throw none }
  func delete(_ id: InstanceID, timeout: Duration) async throws(PortError) { throw none }
  func resources(labelled prefix: String, timeout: Duration) async throws(PortError) -> [OwnedResource] { [] }
  func release(_ resource: OwnedResource, timeout: Duration) async throws(PortError) { throw none }
}
