/// A machine that is needed does not exist, or has no address.
public struct MachineMissing: Error, Hashable, CustomStringConvertible {
  public var role: MachineRole
  public var description: String { "no \(role.rawValue) has been set up, or it has no address" }
}

/// An operation was asked for that the strategy does not provide for.
public struct StrategyMissing: Error, Hashable, CustomStringConvertible {
  /// Such as "CPU standby".
  public var protection: String
  public var description: String { "the strategy has no \(protection)" }
}

extension Orchestrator {
  /// Sets up everything the strategy falls back on and sends users to the GPU.
  ///
  /// - Parameter primary: the GPU that serves already; `nil` to rent one first.
  /// - Throws: `PortMissing` before anything is done.
  public func prepare(primary: InstanceID?) async throws {
    if strategy.snapshots != nil { _ = try snapshotStore() }
    if strategy.inferenceModel != nil { _ = try inferenceProbe() }
    let isAdopted = try await adoptIfItRuns(primary)
    if strategy.standby?.mode == .running { try await createFirstStandby() }
    if isAdopted { try await openEndpoint() } else { try await recover() }
  }

  /// Takes charge of the GPU that serves already, unless there is none, or it was lost a moment before.
  private func adoptIfItRuns(_ primary: InstanceID?) async throws -> Bool {
    guard let primary else {
      try enter(.preparing)
      return false
    }
    do {
      try await adoptPrimary(primary)
      return true
    } catch let error as PortError where error.reason == .refused {
      // It is paid for all the same, and is given back when another one serves.
      update { $0.owned.append(primary) }
      record(.note("the GPU cannot be adopted: \(error)"), on: .gpu(primary))
      return false
    }
  }

  /// Without a standby the GPU serves all the same; one that cannot be had yet is created as soon as it can.
  private func createFirstStandby() async throws {
    do {
      try await createStandby()
    } catch let error as PortError {
      try error.rethrowIfCancelled()
      record(.standbyCreationFailed(attempt: 1, error, retryIn: .zero))
    }
  }

  /// Takes charge of a GPU that already runs.
  public func adoptPrimary(_ id: InstanceID) async throws {
    try enter(.preparing)
    let instance = try await ports.marketplace.describe(id, timeout: strategy.timeouts.api)
    guard instance.status == .running, instance.address != nil else {
      throw PortError(.refused, "instance \(id) is \(instance.status.rawValue), not running")
    }
    update {
      $0.primary = instance
      $0.owned.append(id)
    }
    record(.primaryAdopted(instance), on: .gpu(id))
  }

  /// Creates the machine that stands by.
  public func createStandby() async throws {
    let machine = try cpuStandby().machine
    let instance = try await ports.compute.create(
      machine, timeout: strategy.timeouts.standbyCreation)
    update {
      $0.standby = instance
      $0.standbyPoint = nil
      $0.owned.append(instance.id)
    }
    record(.standbyCreated(instance, type: machine.machineType), on: .standby(instance.id))
  }

  /// Sends users to the GPU; from here on the workspace is protected.
  public func openEndpoint() async throws {
    let (primary, address) = try serving(.gpu)
    try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
    record(.endpointSwitched(to: address, role: .gpu), on: .endpoint)
    try enter(.protected)
    record(.protectionStarted(primary: primary, standby: snapshot.standby?.id))
  }

  /// The strategy's CPU standby, for operations that make no sense without one.
  func cpuStandby() throws(StrategyMissing) -> CPUStandby {
    guard let standby = strategy.standby else { throw StrategyMissing(protection: "CPU standby") }
    return standby
  }

  /// The machine of a role, with the address it must have to be of use.
  func serving(_ role: MachineRole) throws(MachineMissing) -> (InstanceID, HostAddress) {
    let machine = update { state -> (InstanceID, HostAddress)? in
      let machine = role == .gpu ? state.primary : state.standby
      guard let machine, let address = machine.address else { return nil }
      return (machine.id, address)
    }
    guard let machine else { throw MachineMissing(role: role) }
    return machine
  }
}
