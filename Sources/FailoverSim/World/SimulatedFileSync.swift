import Failover

/// rsync over ssh: a listing of the source, then the changed bytes at what link and program allow, once or, through a
/// relay, twice.
struct SimulatedFileSync: FileSync {
  let world: World

  func synchronize(_ request: SyncRequest, timeout: Duration) async throws(PortError) -> SyncReport {
    let clock = world.simulation.clock
    let started = clock.now
    let plan = try plan(request, at: started)
    if !world.model.faults.isEmpty {
      return try await carry(plan, request.route, until: started.advanced(by: timeout))
    }
    let deadline = started.advanced(by: min(plan.duration ?? timeout, timeout))
    try await transfer(until: deadline, between: plan.source, and: plan.destination)
    guard let duration = plan.duration, duration <= timeout else {
      throw PortError(.timedOut, "sync to \(request.destination)")
    }
    return finish(plan, started)
  }

  /// The same where faults can get in the way.
  private func carry(
    _ plan: Plan, _ route: SyncRoute, until deadline: VirtualClock.Instant
  ) async throws(PortError) -> SyncReport {
    let started = world.simulation.clock.now
    let transfer = world.state { state -> FaultyTransfer? in
      guard let source = state.hosts[plan.source.id], let destination = state.hosts[plan.destination.id] else { return nil }
      return FaultyTransfer(
        source: .init(source), destination: .init(destination), bytes: plan.bytes, scan: plan.scan, route: route)
    }
    if let transfer { try await world.carry(transfer, until: deadline) }
    return finish(plan, started)
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
  }

  private struct Plan {
    var source: Host
    var destination: Host
    var workspace: Int
    /// What the source holds when the pass begins, and the destination when it ends.
    var content: Content
    var files: Int
    var bytes: ByteCount
    var scan: Duration
    /// `nil` when it would never end.
    var duration: Duration?
  }

  private func plan(_ request: SyncRequest, at now: VirtualClock.Instant) throws(PortError) -> Plan {
    let workspace = world.model.workspace
    let network = world.model.network
    return try world.state { state throws(PortError) in
      state.settle(at: now)
      guard let source = state.hosts.index(at: request.source),
        state.hosts.existing[source].answersSSH(at: now)
      else { throw PortError(.unreachable, "source \(request.source)", host: request.source) }
      guard let destination = state.hosts.index(at: request.destination),
        state.hosts.existing[destination].answersSSH(at: now)
      else {
        throw PortError(.unreachable, "destination \(request.destination)", host: request.destination)
      }
      let role = state.hosts.existing[source].role
      let number = state.workspace(at: request.path)
      let content = state.content(of: state.hosts.existing[source], number)
      let scan = state.withSamplers(of: role) { $0.scan.next() }
      let (bytes, files) = Self.difference(
        content, state.content(of: state.hosts.existing[destination], number), workspace)
      let legs = request.route == .relay ? 2 : 1
      let duration = network.rate.duration(for: bytes).map { scan + $0 * legs }
      return Plan(
        source: Host(id: state.hosts.existing[source].id, address: request.source),
        destination: Host(id: state.hosts.existing[destination].id, address: request.destination),
        workspace: number, content: content, files: files, bytes: bytes,
        scan: scan, duration: duration)
    }
  }

  /// What one pass must send. A destination without any copy gets everything; one that lags gets what has changed
  /// since, less what comparing saves; one with another history gets everything compared.
  private static func difference(
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

  /// Lets the time of a transfer pass; breaks it when one of its hosts is lost.
  private func transfer(
    until deadline: VirtualClock.Instant, between source: Host, and destination: Host
  ) async throws(PortError) {
    try await world.wait(until: deadline, "sync") { state in
      let lost = [source, destination].first { state.hosts[$0.id]?.isUp != true }
      return lost.map {
        PortError(.unreachable, "connection to \($0.id) lost during the transfer", host: $0.address)
      }
    }
  }

  func inspect(
    _ path: String, on host: HostAddress, timeout: Duration
  ) async throws(PortError) -> WorkspaceSummary {
    let target = try find(host)
    let delay = world.state { $0.withSamplers(of: target.role) { $0.inspect.next() } }
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
    let delay = world.state { $0.withSamplers(of: target.role) { $0.digest.next() } }
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
