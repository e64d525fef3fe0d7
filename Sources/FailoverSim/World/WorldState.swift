import Failover

/// What changes in the simulated world.
struct WorldState {
  var hosts = HostList()
  var disks: [Disk] = []
  var store = StoredSnapshots()
  var workspaces: [WorkspaceState]
  var hasCapacity = true
  var supply = Supply()
  var instancesCreated = 0
  /// How often a person has been asked.
  var answersGiven: UInt64 = 0
  /// What is wrong at present.
  var faults = ActiveFaults()
  /// How long refusals take that come with faults.
  var refusals: RandomStream
  /// Fired, and replaced, whenever a host is lost.
  var disruption: Signal
  /// Fired, and replaced, whenever a GPU is said to be taken away.
  var warningGiven: Signal
  var violations: [String] = []
  var samplers: Samplers

  let dirtyRate: DataRate
  let workspaceSize: ByteCount
  let sites: Sites

  init(_ model: WorldModel, _ simulation: Simulation, _ network: Network) {
    sites = Sites(in: network, link: model.network.link)
    samplers = Samplers(model, simulation)
    disruption = Signal(in: simulation)
    refusals = simulation.stream("refusals")
    warningGiven = Signal(in: simulation)
    dirtyRate = model.workspace.dirtyRate
    workspaceSize = model.workspace.size
    workspaces = (0..<max(1, model.workspaces)).map { WorkspaceState(path: model.path(of: $0)) }
    for gpu in model.gpusAtStart {
      addHost(
        SimulatedHost(
          id: gpu.id, role: .gpu, address: gpu.address, price: model.gpu.price,
          status: .running, sshReadyAt: .start, workspace: gpu.workspace, machine: gpu.machine),
        holding: .initial, of: [gpu.workspace])
    }
  }

  // MARK: Hosts and disks

  /// Adds a machine with a disk of its own, which holds `content` of some workspaces and nothing of the others.
  mutating func addHost(_ host: SimulatedHost, holding content: Content = .empty, of numbers: [Int] = []) {
    var host = host
    host.disk = disks.count
    var copies = Array(repeating: Content.empty, count: workspaces.count)
    for number in numbers { copies[number] = content }
    disks.append(Disk(copies: copies, machine: host.machine))
    hosts.add(host)
  }

  /// Removes a machine, and its own disk with it.
  mutating func removeHost(_ id: InstanceID) {
    guard let host = hosts[id] else { return }
    if disks[host.disk].volume == nil { disks[host.disk].isLost = true }
    stopServing(id)
    hosts.remove(id)
  }

  /// The GPUs that an interruption of whatever runs takes, one a workspace: the one that serves, else the newest.
  var exposedGPUs: [InstanceID] {
    workspaces.indices.compactMap { number in
      let running = hosts.existing.filter { $0.role == .gpu && $0.workspace == number && $0.isUp }
      let serving = running.last { $0.id == workspaces[number].serving }
      return (serving ?? running.last)?.id
    }
  }

  /// The number of the workspace that lives at `path`.
  func workspace(at path: String) -> Int { workspaces.firstIndex { $0.path == path } ?? 0 }

  func content(of host: SimulatedHost, _ workspace: Int) -> Content { disks[host.disk].copies[workspace] }

  // MARK: Writing

  /// Credits every serving machine with what users have written since the last time.
  mutating func settle(at now: VirtualClock.Instant) {
    guard dirtyRate > .zero else { return }
    for number in workspaces.indices where workspaces[number].serving != nil {
      let (written, since) = dirtyRate.settled(workspaces[number].servingSince, at: now)
      guard written > .zero else { continue }
      disks[workspaces[number].servingDisk].copies[number].written += written
      workspaces[number].servingSince = since
    }
  }

  /// Users of a workspace reach `address` from now on; nobody, when `nil`.
  mutating func serve(_ address: HostAddress?, _ number: Int, at now: VirtualClock.Instant) {
    settle(at: now)
    if workspaces[number].serving != nil {
      workspaces[number].newest = disks[workspaces[number].servingDisk].copies[number]
    }
    workspaces[number].endpoint = address
    workspaces[number].serving = nil
    guard let address, let host = hosts[at: address], host.isUp, faults.letUsersWork(on: Spot(host)) else { return }
    audit(host, number)
    auditVolume(of: host)
    hosts.update(host.id) { $0.hasServed = true }
    var content = disks[host.disk].copies[number]
    if content == .empty, !workspaces[number].hasBegun {
      // The first users bring their work with them.
      content = workspaces[number].newest
    } else if content != workspaces[number].newest {
      // Users go on with an older copy: what they write now is a history of its own.
      let written = content == .empty ? .zero : content.written
      content = Content(history: workspaces[number].histories, written: written)
      workspaces[number].histories += 1
    }
    disks[host.disk].copies[number] = content
    workspaces[number].hasBegun = true
    workspaces[number].serving = host.id
    workspaces[number].servingDisk = host.disk
    workspaces[number].servingSince = now
  }

  /// A machine that is gone serves nobody. What users had last is what was on it.
  mutating func stopServing(_ id: InstanceID) {
    for number in workspaces.indices where workspaces[number].serving == id {
      workspaces[number].newest = disks[workspaces[number].servingDisk].copies[number]
      workspaces[number].serving = nil
    }
  }

  /// How much of what is on a machine is on no other disk. It is lost with the disk; a volume may survive. Where users have
  /// gone on with another copy, it was lost then.
  func unsynced(of host: SimulatedHost) -> ByteCount {
    var lost = ByteCount.zero
    for number in workspaces.indices {
      let content = disks[host.disk].copies[number]
      guard content != .empty else { continue }
      let copy = newestCopy(of: number, besides: host.disk)
      lost += content.history < copy.history ? .zero : content.lost(goingOnWith: copy, size: workspaceSize)
    }
    return lost
  }

  /// The newest copy of a workspace from which a GPU could be filled: on standby machines, on volumes that could be got at,
  /// in the object store.
  func newestCopy(of number: Int, besides disk: Int) -> Content {
    var newest = store.newest(of: number)
    for index in disks.indices where index != disk && !disks[index].isLost {
      guard disks[index].volume.map({ _ in !disks[index].isOutOfReach }) ?? isStandbyDisk(index) else { continue }
      newest = max(newest, disks[index].copies[number])
    }
    return newest
  }

  private func isStandbyDisk(_ disk: Int) -> Bool {
    hosts.existing.contains { $0.disk == disk && $0.role == .standby && $0.isUp }
  }

  // MARK: What must always hold

  /// A GPU that is about to serve has the newest content that could be had.
  private mutating func audit(_ host: SimulatedHost, _ number: Int) {
    guard host.role == .gpu, workspaces[number].hasBegun else { return }
    let content = disks[host.disk].copies[number]
    let newest = newestCopy(of: number, besides: host.disk)
    if content < newest {
      violations.append("gpu \(host.id) serves \(content), but \(newest) could be had")
    }
  }
}

/// A workspace, where its users are and what they had last.
struct WorkspaceState {
  let path: String
  /// Where the endpoint points; `nil` while users are turned away.
  var endpoint: HostAddress?
  /// The machine that users write to, if the endpoint leads to one that runs, and its disk.
  var serving: InstanceID?
  var servingDisk = 0
  var servingSince = VirtualClock.Instant.start
  /// The content that users had last.
  var newest = Content.initial
  var histories = 1
  /// Whether it has ever been served.
  var hasBegun = false

  init(path: String) { self.path = path }
}

extension DataRate {
  /// What has been written between two instants in whole bytes, and until when that accounts for the time: what has not
  /// made up a whole byte yet is kept for the next time.
  func settled(
    _ since: VirtualClock.Instant, at now: VirtualClock.Instant
  ) -> (written: ByteCount, since: VirtualClock.Instant) {
    let elapsed = since.duration(to: now)
    let written = amount(in: elapsed)
    guard written > .zero, let taken = duration(for: written) else { return (.zero, since) }
    return (written, since.advanced(by: min(taken, elapsed)))
  }
}
