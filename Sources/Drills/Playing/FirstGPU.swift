import Failover

/// The GPU that a script finds serving: rented as the orchestrator would, before the drill begins.
struct FirstGPU {
  let strategy: Strategy
  let ports: Ports

  /// Returns once ssh answers.
  ///
  /// - Throws: `DrillFailure`; `PortError`.
  func rent() async throws -> Instance {
    let timeout = strategy.timeouts.api
    let query = strategy.recovery.query
    guard let offer = query.ranked(try await ports.marketplace.search(query, timeout: timeout)).first else {
      throw DrillFailure("no GPU to begin with: no offer meets the scenario's recovery settings")
    }
    let id = try await ports.marketplace.create(InstanceOrder(offer), timeout: timeout)
    let clock = ContinuousClock()
    let deadline = clock.now + strategy.recovery.provisionTimeout + strategy.recovery.sshTimeout
    while clock.now < deadline {
      let instance = try await ports.marketplace.describe(id, timeout: timeout)
      if instance.status == .running, let address = instance.address {
        let target = ProbeTarget(instance: id, role: .gpu, address: address)
        let result = await ports.probe.check(target, by: .ssh, timeout: strategy.timeouts.verification)
        if result == .healthy { return instance }
        if result == .unhealthy(.cancelled) { throw CancellationError() }
      }
      try await clock.sleep(for: .milliseconds(200))
    }
    throw DrillFailure("the GPU to begin with, \(id), did not answer in time")
  }
}
