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
  /// Whose GPU it is; standbys belong to nobody in particular.
  var workspace = 0
  /// Where its copies of workspaces are: an index into `WorldState.disks`.
  var disk = 0
  /// The physical machine it is on; standby machines have none.
  var machine: MachineID?
  /// The id of the offer it was rented by; `nil` for the GPU at the start and for standbys.
  var offer: String?
  /// Which standby it is, counted from 0 in the order of creation; or which GPU, in the order in which GPUs become candidates
  /// for serving: a second GPU on a volume is none until it is started. Those of another workspace have a range of their
  /// own, so that what happens to them shifts nobody else's draws.
  var number: Int?
  /// How often a standby has begun to run.
  var runs = 0
  /// Whether users have ever been sent there.
  var hasServed = false
  /// Where it is in the network, once something has been sent there or from there.
  var place: NetworkPlace?
  /// What its agent has sent, once somebody has listened.
  var heartbeats: HeartbeatSending?
  /// The first warning that it is going to be taken away.
  var warning: HostWarning?

  var isUp: Bool { status == .running }

  func answersSSH(at instant: VirtualClock.Instant) -> Bool { isUp && sshReadyAt <= instant }

  var description: Instance {
    Instance(id: id, status: status, address: address, price: price, machine: machine)
  }
}

/// A disk: an instance's own, which goes with it, or a volume, which stays on its machine.
struct Disk {
  /// One copy of each workspace, by its number.
  var copies: [Content]
  /// Set for a volume.
  var volume: VolumeID?
  var machine: MachineID?
  /// What it can hold; `nil` for as much as is needed.
  var capacity: ByteCount?
  /// Gone with its machine or its instance, or deleted.
  var isLost = false
  /// Whether there has been an attempt to get at this volume since users were last on it, and the market has said no.
  var isOutOfReach = false
}

/// What a copy of the workspace contains: how much has been written to it since the beginning, in which history.
///
/// A new history begins when users go on with a copy that lacks writes of the one they had before; two copies are
/// equal exactly when both numbers are.
struct Content: Hashable, Comparable {
  var history: Int
  var written: ByteCount

  /// Older, or with less written.
  static func < (a: Content, b: Content) -> Bool {
    (a.history, a.written) < (b.history, b.written)
  }

  /// A machine that has never been filled.
  static let empty = Content(history: -1, written: .zero)

  /// What there is at the start.
  static let initial = Content(history: 0, written: .zero)

  var digest: WorkspaceDigest { WorkspaceDigest("\(history):\(written.bytes)") }
}

/// A distribution and where in its stream of draws it is.
struct Sampler {
  let distribution: Distribution
  var stream: RandomStream

  init(_ distribution: Distribution, _ simulation: Simulation, _ name: String) {
    self.distribution = distribution
    stream = simulation.stream(name)
  }

  /// The next draw, as a duration.
  mutating func next() -> Duration { distribution.sampleDuration(&stream) }
}
