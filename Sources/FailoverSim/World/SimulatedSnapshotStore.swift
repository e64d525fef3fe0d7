import Failover

/// An object store and the pipeline that leads to it.
struct SimulatedSnapshotStore: SnapshotStore {
  let world: World

  private var model: SnapshotModel { world.model.snapshots }

  // MARK: Saving

  func save(_ request: SnapshotRequest, timeout: Duration) async throws(PortError) -> SnapshotReport {
    let clock = world.simulation.clock
    let started = clock.now
    let plan = try plan(request, at: started)
    try await ask(timeout, "save")
    try await carry(
      Transfer(
        plan.stored, from: plan.site, to: plan.store, after: plan.lead, pace: plan.pace,
        until: started.advanced(by: timeout), stallLimit: world.model.network.keepAlive),
      host: plan.host, "save")
    let id = try world.state { state throws(PortError) in
      if let base = request.base, state.store[base] == nil { throw Self.missing(base) }
      let number = state.store.nextNumber
      let id = SnapshotID("snapshot-\(number)")
      state.store.add(
        .init(
          id: id, base: request.base, workspace: plan.workspace, content: plan.content, bytes: plan.bytes,
          stored: plan.stored, isDamaged: isDamaged(number)))
      return id
    }
    return SnapshotReport(
      id: id, base: request.base, content: plan.bytes, stored: plan.stored,
      duration: started.duration(to: clock.now), compression: model.compression.name,
      storage: model.storage)
  }

  private struct SavePlan {
    var host: InstanceID
    var workspace: Int
    /// What the host holds when the snapshot begins.
    var content: Content
    var bytes: ByteCount
    var stored: ByteCount
    /// What it takes beside sending.
    var lead = Duration.zero
    /// How long the slowest stage of the pipeline works, with the link to itself.
    var pace: Duration
    var site: SiteID
    var store: SiteID
  }

  private func plan(
    _ request: SnapshotRequest, at now: VirtualClock.Instant
  ) throws(PortError) -> SavePlan {
    try world.state { state throws(PortError) in
      let (host, place) = try Self.find(request.source, in: &state, at: now)
      let number = state.workspace(at: request.path)
      let content = state.content(of: host, number)
      var bytes = content == .empty ? .zero : state.workspaceSize
      var lead = Duration.zero
      if let id = request.base {
        guard let base = state.store[id] else { throw Self.missing(id) }
        bytes = content.changed(since: base.content, atMost: bytes)
        // What has changed is found by a listing.
        lead = state.samplers.snapshotListing.next()
      }
      let times = model.saving(bytes, over: world.model.network.link)
      return SavePlan(
        host: host.id, workspace: number, content: content, bytes: bytes,
        stored: model.compression.stored(for: bytes), lead: lead + (times?.fill ?? .zero),
        pace: times?.slowest ?? Self.endless, site: place.site, store: state.sites.objectStore.site)
    }
  }

  /// Decided by the snapshot's number alone, so that it does not depend on what else happens.
  private func isDamaged(_ number: UInt64) -> Bool {
    guard model.damaged > .zero else { return false }
    var draw = world.simulation.stream("snapshot damage").draw(number)
    return draw.nextChance(
      numerator: UInt64(model.damaged.numerator), over: UInt64(model.damaged.denominator))
  }

  // MARK: Restoring

  func restore(
    _ id: SnapshotID, to host: HostAddress, path: String, timeout: Duration
  ) async throws(PortError) -> SnapshotRestoreReport {
    let clock = world.simulation.clock
    let started = clock.now
    try await ask(timeout, "restore of \(id)")
    let (target, site, store, chain) = try world.state { state throws(PortError) in
      let (target, place) = try Self.find(host, in: &state, at: clock.now)
      guard let chain = state.store.chain(of: id) else { throw Self.missing(id) }
      return (target, place.site, state.sites.objectStore.site, chain)
    }
    let bytes = chain.reduce(ByteCount.zero) { $0 + $1.bytes }
    let stored = chain.reduce(ByteCount.zero) { $0 + $1.stored }
    let times = model.restoring(bytes, from: stored, over: world.model.network.link)
    try await carry(
      Transfer(
        stored, from: store, to: site, after: times?.whole.fill ?? .zero, pace: times?.whole.slowest ?? Self.endless,
        until: started.advanced(by: timeout), stallLimit: world.model.network.keepAlive),
      host: target.id, "restore of \(id)")
    try checkRoom(for: bytes, on: target, "restore of \(id)")
    // Checksums are compared at the end; nothing damaged is left in place.
    if chain.contains(where: \.isDamaged) {
      throw PortError(.invalidAnswer, "\(id): a checksum does not match")
    }
    world.state { state in
      guard let disk = state.hosts[target.id]?.disk else { return }
      state.disks[disk].copies[state.workspace(at: path)] = chain[0].content
    }
    return SnapshotRestoreReport(
      id: id, downloaded: stored, content: bytes, download: times?.download ?? .zero,
      decompress: times?.decompress ?? .zero, unpack: times?.unpack ?? .zero,
      duration: started.duration(to: clock.now))
  }

  /// What a disk has no room for is taken away again: the workspace stays as it was.
  private func checkRoom(for bytes: ByteCount, on host: SimulatedHost, _ what: String) throws(PortError) {
    let faults = world.model.faults
    guard !faults.isEmpty else { return }
    let now = world.simulation.clock.now
    let disk = world.state { $0.disk(of: host.id, capacity: faults.standbyDisk, at: now) }
    guard let disk, case let room = disk.capacity - disk.used, room < bytes else { return }
    throw PortError(.diskFull, "\(what): \(bytes) to write, room for \(room) on \(host.id)", host: host.address)
  }

  // MARK: Questions

  func list(path: String, timeout: Duration) async throws(PortError) -> [SnapshotID] {
    try await ask(timeout, "list snapshots")
    return world.state { state in
      let number = state.workspace(at: path)
      return state.store.all.filter { $0.workspace == number }.map(\.id)
    }
  }

  func delete(_ id: SnapshotID, timeout: Duration) async throws(PortError) {
    try await ask(timeout, "delete \(id)")
    world.state { state in
      if state.store.remove(id) { state.violations.append("\(id) was deleted before what builds on it") }
    }
  }

  /// Any question to the service, such as to begin an upload.
  private func ask(_ timeout: Duration, _ what: String) async throws(PortError) {
    try await world.pause(\.samplers.snapshotRequest, timeout: timeout, what)
    if world.state({ $0.store.isDown }) { throw Self.unreachable }
  }

  // MARK: The way between a host and the store

  /// Moves bytes between a host and the store: the one place where they travel. Beside the links the pipeline's slowest
  /// stage bounds them, as their pace; what the pipeline takes to fill and to empty is their lead.
  private func carry(_ transfer: Transfer, host: InstanceID, _ what: String) async throws(PortError) {
    try await world.carry(transfer, what) { state in
      if state.store.isDown { return Self.unreachable }
      if !state.hosts.isUp(host) { return PortError(.unreachable, "connection to \(host) lost: \(what)") }
      return nil
    } silence: { _ in
      Self.unreachable
    }
  }

  /// Longer than any run.
  private static let endless = Duration.nanoseconds(Int64.max)

  private static func find(
    _ address: HostAddress, in state: inout WorldState, at now: VirtualClock.Instant
  ) throws(PortError) -> (SimulatedHost, NetworkPlace) {
    state.settle(at: now)
    guard let index = state.hosts.index(at: address), state.hosts.existing[index].answersSSH(at: now) else {
      throw PortError(.unreachable, "host \(address)")
    }
    return (state.hosts.existing[index], state.place(ofHostAt: index))
  }

  private static let unreachable = PortError(.unreachable, "object store")

  private static func missing(_ id: SnapshotID) -> PortError { PortError(.notFound, id.rawValue) }
}

extension Content {
  /// How much has been written since an older copy; everything when that copy is of another history.
  fileprivate func changed(since base: Content, atMost all: ByteCount) -> ByteCount {
    history == base.history ? min(max(.zero, written - base.written), all) : all
  }
}
