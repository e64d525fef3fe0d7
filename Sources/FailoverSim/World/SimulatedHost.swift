import Failover

/// One machine of the simulated world.
struct SimulatedHost {
  let id: InstanceID
  let role: MachineRole
  let address: HostAddress
  let price: HourlyPrice
  var status: InstanceStatus
  /// From when on ssh answers, as long as the machine runs.
  var sshReadyAt: VirtualClock.Instant
  var content = Content.empty
  /// Which GPU it is, counted from 0 in the order of creation.
  var number = 0

  var isUp: Bool { status == .running }

  func answersSSH(at instant: VirtualClock.Instant) -> Bool { isUp && sshReadyAt <= instant }

  var description: Instance { Instance(id: id, status: status, address: address, price: price) }
}

/// What a copy of the workspace contains: how much has been written to it since the beginning, in which history.
///
/// A new history begins when users go on with a copy that lacks writes of the one they had before; two copies are
/// equal exactly when both numbers are.
struct Content: Hashable {
  var history: Int
  var written: ByteCount

  /// A machine that has never been filled.
  static let empty = Content(history: -1, written: .zero)

  var digest: WorkspaceDigest { WorkspaceDigest("\(history):\(written.bytes)") }
}

/// A distribution and where in its stream of draws it is.
struct Sampler {
  let distribution: Distribution
  var stream: RandomStream

  init(_ distribution: Distribution, _ simulation: Simulation, _ name: String) {
    self.distribution = distribution
    stream = RandomStream(seed: simulation.seed, name: name)
  }

  /// The next draw, as a duration.
  mutating func next() -> Duration { distribution.sampleDuration(&stream) }
}
