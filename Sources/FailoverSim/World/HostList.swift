import Failover

/// The machines that exist, in the order of their creation. There are only ever a few, and the newest are asked for most,
/// so looking from the end is faster than hashing a name.
struct HostList {
  private(set) var existing: [SimulatedHost] = []
  /// How many GPUs, and standbys, there have ever been.
  private(set) var gpusCreated = 0
  private(set) var standbysCreated = 0

  /// Adds a machine, which gets the next number of its kind.
  mutating func add(_ host: SimulatedHost) {
    var host = host
    switch host.role {
    case .gpu:
      host.number = gpusCreated
      gpusCreated += 1
    case .standby:
      host.number = standbysCreated
      standbysCreated += 1
    }
    existing.append(host)
  }

  mutating func remove(_ id: InstanceID) { existing.removeAll { $0.id == id } }

  func index(of id: InstanceID) -> Int? { existing.lastIndex { $0.id == id } }

  func index(at address: HostAddress) -> Int? { existing.lastIndex { $0.address == address } }

  subscript(id: InstanceID) -> SimulatedHost? {
    index(of: id).map { existing[$0] }
  }

  subscript(at address: HostAddress) -> SimulatedHost? {
    index(at: address).map { existing[$0] }
  }

  mutating func update(_ id: InstanceID, _ change: (inout SimulatedHost) -> Void) {
    if let index = index(of: id) { change(&existing[index]) }
  }

  /// The GPU that runs, the newest one when there are several.
  var runningGPU: InstanceID? { existing.last { $0.role == .gpu && $0.isUp }?.id }
}
