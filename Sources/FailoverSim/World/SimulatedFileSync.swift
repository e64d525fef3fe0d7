import Failover

/// rsync over ssh: a listing of the source, then the changed bytes at what the network and the program allow, once or,
/// through a relay, twice.
struct SimulatedFileSync: FileSync {
  let world: World

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    let started = world.simulation.clock.now
    let plan = try plan(request, at: started)
    var transfer = plan.transfer
    transfer.deadline = started.advanced(by: timeout)
    if let room = plan.room, room < plan.bytes { try await fill(room, by: transfer, plan) }
    try await carry(transfer, plan)
    return finish(plan, started)
  }

  /// Fills up a destination that has no room for all: on a relay everything arrives at the orchestrator's machine first.
  private func fill(_ room: ByteCount, by transfer: Transfer, _ plan: Plan) async throws(PortError) {
    var rest = transfer
    if let relay = transfer.relay {
      var first = transfer
      first.relay = nil
      first.destination = relay
      try await carry(first, plan)
      rest.relay = nil
      rest.source = relay
      rest.lead = .zero
    }
    rest.bytes = room
    try await carry(rest, plan)
    throw PortError(
      .diskFull, "\(plan.bytes) to write, room for \(room) on \(plan.destination.id)", host: plan.destination.address)
  }

  /// Lets bytes travel; breaks when a host is lost, or when nothing gets through for too long.
  private func carry(_ transfer: Transfer, _ plan: Plan) async throws(PortError) {
    try await world.carry(transfer, "sync to \(plan.destination.address)") { state in
      for end in [plan.source, plan.destination] where !state.hosts.isUp(end.id) {
        return PortError(.unreachable, "connection to \(end.id) lost during the transfer", host: end.address)
      }
      return nil
    } silence: { isPastRelay in
      let hasLeftSource = isPastRelay || transfer.source != plan.source.site
      let silent = hasLeftSource ? plan.destination : plan.source
      return PortError(
        .unreachable, "nothing got through \(hasLeftSource ? "to" : "from") \(silent.id)", host: silent.address)
    }
  }

  /// A transfer by rsync over ssh: straight, with the orchestrator holding the line to the source, or by way of it.
  ///
  /// - Parameter scan: what listing the source takes.
  static func transfer(
    _ bytes: ByteCount, from source: SiteID, to destination: SiteID, _ route: SyncRoute, after scan: Duration = .zero,
    in state: WorldState, _ network: NetworkModel
  ) -> Transfer {
    let orchestrator = state.sites.orchestrator.site
    let isRelayed = route == .relay
    return Transfer(
      bytes, from: source, to: destination, by: isRelayed ? orchestrator : nil, after: scan, limit: network.rsync,
      control: isRelayed ? nil : orchestrator, stream: .ssh, stallLimit: network.keepAlive)
  }

  private func finish(_ plan: Plan, _ started: VirtualClock.Instant) -> SyncReport {
    world.state { state in
      guard let disk = state.hosts[plan.destination.id]?.disk else { return }
      state.disks[disk].copies[plan.workspace] = plan.content
    }
    return SyncReport(
      files: plan.files, bytesSent: plan.bytes, duration: started.duration(to: world.simulation.clock.now))
  }

  private struct Host {
    var id: InstanceID
    var address: HostAddress
    var site: SiteID
  }

  private struct Plan {
    var source: Host
    var destination: Host
    var workspace: Int
    /// What the source holds when the pass begins, and the destination when it ends.
    var content: Content
    var files: Int
    var bytes: ByteCount
    /// With the listing as its lead.
    var transfer: Transfer
    /// What the destination can still take when the listing is done; `nil` for as much as is needed.
    var room: ByteCount?
  }

  private func plan(_ request: SyncRequest, at now: VirtualClock.Instant) throws(PortError) -> Plan {
    let workspace = world.model.workspace
    let faults = world.model.faults
    return try world.state { state throws(PortError) in
      state.settle(at: now)
      guard let first = state.hosts.index(at: request.source), case let source = state.hosts.existing[first],
        source.answersSSH(at: now)
      else { throw PortError(.unreachable, "source \(request.source)", host: request.source) }
      guard let second = state.hosts.index(at: request.destination),
        case let destination = state.hosts.existing[second], destination.answersSSH(at: now)
      else {
        throw PortError(.unreachable, "destination \(request.destination)", host: request.destination)
      }
      let number = state.workspace(at: request.path)
      let content = state.content(of: source, number)
      let scan = state.withSamplers(of: source.role, number) { $0.scan.next() }
      let (bytes, files) = Self.difference(content, state.content(of: destination, number), workspace)
      let room = faults.isEmpty
        ? nil : state.disk(of: destination.id, capacity: faults.standbyDisk, at: now.advanced(by: scan))
      let (from, to) = (state.place(ofHostAt: first).site, state.place(ofHostAt: second).site)
      return Plan(
        source: Host(id: source.id, address: request.source, site: from),
        destination: Host(id: destination.id, address: request.destination, site: to),
        workspace: number, content: content, files: files, bytes: bytes,
        transfer: Self.transfer(
          bytes, from: from, to: to, request.route, after: scan, in: state, world.model.network),
        room: room.map { $0.capacity - $0.used })
    }
  }

  /// What one pass must send. A destination without any copy gets everything; one that lags gets what has changed
  /// since, less what comparing saves; one with another history gets everything compared.
  static func difference(
    _ source: Content, _ destination: Content, _ workspace: WorkspaceModel
  ) -> (ByteCount, files: Int) {
    if source == destination { return (.zero, 0) }
    if destination == .empty { return (workspace.size, workspace.files.count) }
    let changed =
      source.history == destination.history
      ? min(max(.zero, source.written - destination.written), workspace.size) : workspace.size
    let saved = workspace.deltaReduction.of(changed)
    return (changed - saved, workspace.files.count)
  }

  func inspect(
    _ path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceSummary {
    let target = try find(host)
    let delay = world.state { $0.withSamplers(of: target.role, $0.workspace(at: path)) { $0.inspect.next() } }
    try await world.pause(for: delay, timeout: timeout, "inspect \(host)")
    let isEmpty = try content(of: path, on: host) == .empty
    let workspace = world.model.workspace
    return isEmpty
      ? WorkspaceSummary(files: 0, bytes: .zero)
      : WorkspaceSummary(files: workspace.files.count, bytes: workspace.size)
  }

  func digest(
    of path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceDigest {
    let target = try find(host)
    let delay = world.state { $0.withSamplers(of: target.role, $0.workspace(at: path)) { $0.digest.next() } }
    try await world.pause(for: delay, timeout: timeout, "digest \(host)")
    return try content(of: path, on: host).digest
  }

  private func content(of path: String, on address: HostAddress) throws(PortError) -> Content {
    let host = try find(address)
    return world.state { $0.content(of: host, $0.workspace(at: path)) }
  }

  private func find(_ address: HostAddress) throws(PortError) -> SimulatedHost {
    let now = world.simulation.clock.now
    let host = world.state { state in
      state.settle(at: now)
      return state.hosts[at: address]
    }
    guard let host, host.answersSSH(at: now) else {
      throw PortError(.unreachable, "host \(address)", host: address)
    }
    return host
  }
}
