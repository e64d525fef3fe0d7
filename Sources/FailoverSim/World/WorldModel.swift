import Failover

/// Everything about the simulated world that a scenario can set.
public struct WorldModel: Sendable, Hashable {
  public var gpu: GPUModel
  public var standby: StandbyModel
  public var marketplace: MarketplaceModel
  public var network: NetworkModel
  public var endpoint: EndpointModel
  public var workspace: WorkspaceModel
  public var interruptions: InterruptionModel
  /// How many workspaces there are, each on a GPU of its own and all as large and as busy; at least 1.
  public var workspaces = 1
  public var machines = MachineModel()
  /// How long delivering a notification takes.
  public var notification: Distribution
  /// How long people take to answer when they are asked; `nil` when there is nobody to ask.
  public var approval: Distribution?
  public var snapshots = SnapshotModel()
  public var inference = InferenceModel()
  /// What goes wrong beside interruptions.
  public var faults = FaultModel()
  /// Who warns of interruptions; empty where nobody does, as at Vast.ai.
  public var notices: [NoticeModel] = []

  public init(
    gpu: GPUModel, standby: StandbyModel, marketplace: MarketplaceModel, network: NetworkModel,
    endpoint: EndpointModel, workspace: WorkspaceModel, interruptions: InterruptionModel,
    notification: Distribution
  ) {
    self.gpu = gpu
    self.standby = standby
    self.marketplace = marketplace
    self.network = network
    self.endpoint = endpoint
    self.workspace = workspace
    self.interruptions = interruptions
    self.notification = notification
  }
}

/// The GPU that serves at the start, and what is true of every GPU.
public struct GPUModel: Sendable, Hashable {
  public var id: InstanceID
  public var address: HostAddress
  public var price: HourlyPrice
  /// Whether it serves at the start; otherwise the orchestrator rents the first GPU, too.
  public var isRentedAtStart = true
  /// The physical machine it is on.
  public var machine = MachineID("1")
  /// From the marketplace's answer to a create until the instance runs, in seconds.
  public var boot: Distribution
  /// From running until ssh answers, in seconds.
  public var sshStart: Distribution
  public var hostTimes: HostTimes
  /// The agent on every GPU that sends heartbeats.
  public var heartbeats = HeartbeatModel()

  public init(
    id: InstanceID, address: HostAddress, price: HourlyPrice, boot: Distribution, sshStart: Distribution,
    hostTimes: HostTimes
  ) {
    self.id = id
    self.address = address
    self.price = price
    self.boot = boot
    self.sshStart = sshStart
    self.hostTimes = hostTimes
  }
}

/// The CPU machine that stands by.
public struct StandbyModel: Sendable, Hashable {
  public var id: InstanceID
  public var address: HostAddress
  /// From the order until it runs, in seconds.
  public var creation: Distribution
  /// One question to the provider, in seconds.
  public var describe: Distribution
  public var hostTimes: HostTimes
  /// Whether it is created from an image that already holds the workspace as it is at the start; otherwise the first
  /// sync copies everything.
  public var startsFilled: Bool
  /// When the provider takes it away.
  public var preemption = StandbyPreemption()

  public init(
    id: InstanceID, address: HostAddress, creation: Distribution, describe: Distribution,
    hostTimes: HostTimes, startsFilled: Bool
  ) {
    self.startsFilled = startsFilled
    self.id = id
    self.address = address
    self.creation = creation
    self.describe = describe
    self.hostTimes = hostTimes
  }
}

/// How long a host of one kind takes for what is asked of it, in seconds.
public struct HostTimes: Sendable, Hashable {
  /// Listing the workspace before a sync can begin to send.
  public var scan: Distribution
  /// Looking whether the workspace is there.
  public var inspect: Distribution
  /// Fingerprinting the workspace.
  public var digest: Distribution
  /// One health check by each method.
  public var probes: [ProbeMethod: Distribution]
  /// How often one check by one method is wrong. One that fails falsely has run into its time-out; one that passes falsely
  /// sees a machine that is gone as it was before, as a provider does whose records lag behind.
  public var noise = CheckNoise.none

  public init(
    scan: Distribution, inspect: Distribution, digest: Distribution,
    probes: [ProbeMethod: Distribution]
  ) {
    self.scan = scan
    self.inspect = inspect
    self.digest = digest
    self.probes = probes
  }
}

/// What is for rent, and how long the marketplace takes to answer, in seconds.
public struct MarketplaceModel: Sendable, Hashable {
  public var offers: [Offer]
  /// The offers, by id, of one single GPU: not offered while it is rented. Of the others there is always one more.
  public var singleGPUs: Set<String> = []
  /// The names that new instances get, in order; later ones are numbered.
  public var newInstances: [NewInstance]
  public var search: Distribution
  public var create: Distribution
  public var describe: Distribution
  public var destroy: Distribution

  public struct NewInstance: Sendable, Hashable {
    public var id: InstanceID
    public var address: HostAddress

    public init(id: InstanceID, address: HostAddress) {
      self.id = id
      self.address = address
    }
  }

  public init(
    offers: [Offer], newInstances: [NewInstance], search: Distribution, create: Distribution,
    describe: Distribution, destroy: Distribution
  ) {
    self.offers = offers
    self.newInstances = newInstances
    self.search = search
    self.create = create
    self.describe = describe
    self.destroy = destroy
  }
}

/// The way between the hosts.
public struct NetworkModel: Sendable, Hashable {
  /// What the link carries, each way.
  public var link: DataRate
  /// What rsync over ssh moves at most, whatever the link.
  public var rsync: DataRate
  /// From the loss of a host until ssh gives up a connection to it.
  public var keepAlive: Duration

  public init(link: DataRate, rsync: DataRate, keepAlive: Duration) {
    self.link = link
    self.rsync = rsync
    self.keepAlive = keepAlive
  }

  /// What a transfer gets.
  public var rate: DataRate { min(link, rsync) }
}

/// The endpoint that users connect to, in seconds.
public struct EndpointModel: Sendable, Hashable {
  /// Pointing it elsewhere.
  public var change: Distribution
  /// Turning users away.
  public var hold: Distribution
  /// Asking where it points.
  public var verify: Distribution

  public init(change: Distribution, hold: Distribution, verify: Distribution) {
    self.change = change
    self.hold = hold
    self.verify = verify
  }
}

/// What is protected, and how fast it changes.
public struct WorkspaceModel: Sendable, Hashable {
  public struct File: Sendable, Hashable {
    public var name: String
    public var size: ByteCount
    public var kind: ContentKind

    /// - Parameter kind: what the name speaks for, when `nil`.
    public init(name: String, size: ByteCount, kind: ContentKind? = nil) {
      self.name = name
      self.size = size
      self.kind = kind ?? ContentKind(fileName: name)
    }
  }

  public var path: String
  public var files: [File]
  /// How fast users' work changes bytes, while a host serves them.
  public var dirtyRate: DataRate
  /// The share of changed bytes that a pass need not send, because the destination has an older copy to compare with.
  public var deltaReduction: Ratio

  public init(path: String, files: [File], dirtyRate: DataRate, deltaReduction: Ratio) {
    self.path = path
    self.files = files
    self.dirtyRate = dirtyRate
    self.deltaReduction = deltaReduction
  }

  public var size: ByteCount { files.reduce(.zero) { $0 + $1.size } }
}

/// When GPUs are taken away.
public enum InterruptionModel: Sendable, Hashable {
  case never
  /// Whatever GPU runs at these instants is lost.
  case at([Duration])
  /// Every GPU lives for a time drawn from a distribution, in seconds.
  case lifetimes(Distribution)
  /// Every GPU lives for a time drawn from measured lifetimes.
  case survival(SurvivalCurve)
  /// The seat is lost and comes back as recorded. A down-run of a trace holds the wait for capacity and the launch, so
  /// a GPU rented after it runs at once.
  case trace(InterruptionTrace)
}
