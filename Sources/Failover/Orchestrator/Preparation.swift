/// A machine that is needed does not exist, or has no address.
public struct MachineMissing: Error, Hashable, CustomStringConvertible {
  public var role: MachineRole
  public var description: String { "no \(role.rawValue) has been set up, or it has no address" }
}

extension Orchestrator {
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
    let machine = strategy.standby
    let instance = try await ports.compute.create(
      machine, timeout: strategy.timeouts.standbyCreation)
    update {
      $0.standby = instance
      $0.owned.append(instance.id)
    }
    record(.standbyCreated(instance, type: machine.machineType), on: .standby(instance.id))
  }

  /// Sends users to the GPU; from here on the workspace is protected.
  public func openEndpoint() async throws {
    let (primary, address) = try serving(.gpu)
    let (standby, _) = try serving(.standby)
    try await ports.router.route(to: address, timeout: strategy.timeouts.endpoint)
    record(.endpointSwitched(to: address, role: .gpu), on: .endpoint)
    try enter(.protected)
    record(.protectionStarted(primary: primary.id, standby: standby.id))
  }

  /// The machine of a role, with the address it must have to be of use.
  func serving(_ role: MachineRole) throws(MachineMissing) -> (Instance, HostAddress) {
    let machine = update { role == .gpu ? $0.primary : $0.standby }
    guard let machine, let address = machine.address else { throw MachineMissing(role: role) }
    return (machine, address)
  }
}
