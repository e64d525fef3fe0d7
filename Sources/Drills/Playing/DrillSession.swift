import Failover
import Scenarios

/// One drill with everything around it: what it needs is rented, what it rented is given back, whatever happens.
public struct DrillSession: Sendable {
  let scenario: Scenario
  let ground: any DrillGround
  let options: Drill.Options

  public init(_ scenario: Scenario, on ground: any DrillGround, options: Drill.Options) {
    self.scenario = scenario
    self.ground = ground
    self.options = options
  }

  /// - Throws: what `Drill.play` throws.
  public func play(_ progress: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> DrillResult {
    let ports = self.ports
    var first = ground.existingGPU
    if first == nil, case .drill = scenario.life {
      let instance = try await FirstGPU(strategy: scenario.strategy, ports: ports).rent()
      if let address = instance.address { try await ground.site.fillWorkspace(on: address) }
      first = instance.id
    }
    let drill = Drill(scenario, ports: ports, site: ground.site, firstGPU: first, options: options)
    return try await drill.play(progress: progress)
  }

  private var ports: Ports {
    let backends = ground.backends
    return Ports(
      marketplace: backends.marketplace, compute: backends.compute, fileSync: backends.fileSync,
      probe: backends.probe, router: backends.router, notifier: backends.notifier, jitter: backends.jitter,
      snapshots: backends.snapshots, inference: backends.inference, notices: backends.notices,
      heartbeats: backends.heartbeats, approver: backends.approver)
  }
}
