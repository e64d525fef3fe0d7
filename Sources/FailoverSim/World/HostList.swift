import Failover

/// The machines that exist, in the order of their creation. There are only ever a few, and the newest are asked for most,
/// so looking from the end is faster than hashing a name.
struct HostList {
  private(set) var existing: [SimulatedHost] = []
  /// How many GPUs of each workspace have ever begun to be candidates for serving.
  private var candidates: [Int] = []
  /// How many standbys there have ever been.
  private(set) var standbysCreated = 0

  /// Adds a machine. A standby gets the next number of its kind, a GPU when it is a candidate for serving from the
  /// beginning.
  mutating func add(_ host: SimulatedHost, isCandidate: Bool = true) {
    var host = host
    if host.role == .standby {
      host.number = standbysCreated
      standbysCreated += 1
    }
    existing.append(host)
    if host.role == .gpu, isCandidate { makeCandidate(host.id) }
  }

  /// From now on that GPU may come to serve: it gets the next number, and with it the next of all lifetimes.
  mutating func makeCandidate(_ id: InstanceID) {
    guard let workspace = self[id]?.workspace else { return }
    while candidates.count <= workspace { candidates.append(candidates.count << Self.rangeOfWorkspace) }
    let number = candidates[workspace]
    update(id) { $0.number = number }
    candidates[workspace] += 1
  }

  mutating func remove(_ id: InstanceID) { existing.removeAll { $0.id == id } }

  /// Each workspace has 2³² numbers for its GPUs.
  private static let rangeOfWorkspace = 32

  // By index, because a closure on the elements copies each of them with all its strings.
  func index(of id: InstanceID) -> Int? { existing.indices.last { existing[$0].id == id } }

  func index(at address: HostAddress) -> Int? { existing.indices.last { existing[$0].address == address } }

  /// Whether there is such a machine, and it runs.
  func isUp(_ id: InstanceID) -> Bool { index(of: id).map { existing[$0].status == .running } ?? false }

  subscript(id: InstanceID) -> SimulatedHost? {
    index(of: id).map { existing[$0] }
  }

  subscript(at address: HostAddress) -> SimulatedHost? {
    index(at: address).map { existing[$0] }
  }

  mutating func update(_ id: InstanceID, _ change: (inout SimulatedHost) -> Void) {
    if let index = index(of: id) { change(&existing[index]) }
  }

}
