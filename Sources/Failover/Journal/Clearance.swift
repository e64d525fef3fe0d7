/// A reconciliation under way.
struct Clearance {
  private(set) var resumption: Resumption
  private var history: JournalHistory
  private let tools: Reconciliation
  private let keepsNothing: Bool

  init(_ history: JournalHistory, _ tools: Reconciliation, keepsNothing: Bool) {
    self.history = history
    self.tools = tools
    self.keepsNothing = keepsNothing
    resumption = Resumption(history)
    if keepsNothing { resumption.state = OperationState() }
  }

  private mutating func write(_ entry: JournalEntry) throws(JournalError) {
    try tools.journal.append(entry)
    history.add(entry)
  }

  // MARK: What was being created

  /// Writes down the names of what has a label that was intended and no name yet.
  mutating func identify(_ found: [OwnedResource]) throws(JournalError) {
    for resource in found {
      let label = ResourceLabel(resource.label)
      guard let item = history.created.first(where: { $0.label == label }), item.id == nil,
        item.creation.kind == resource.kind
      else { continue }
      try write(.outcome(label, id: resource.id))
    }
    resumption.doubts = history.doubts.map(\.label)
    for item in history.created { if let id = item.id { own(id, item.creation) } }
  }

  /// Sees to it that what exists is on the orchestrator's lists, and in its place if that was about to be given to it.
  private mutating func own(_ id: String, _ creation: Creation) {
    switch creation {
    case .instance(let order):
      let id = InstanceID(id)
      if !resumption.state.owned.contains(id) { resumption.state.owned.append(id) }
      resumption.state.adopt(id, of: order)
    case .machine:
      let id = InstanceID(id)
      if !resumption.state.owned.contains(id) { resumption.state.owned.append(id) }
      if resumption.state.lacksStandby, !isBeingReleased(.machine, id.rawValue), !keepsNothing {
        resumption.newStandby = id
      }
    case .volume(let size, let machine):
      let id = VolumeID(id)
      guard !resumption.state.volumes.contains(where: { $0.id == id }) else { return }
      resumption.state.volumes.append(Volume(id: id, size: size, machine: machine))
    }
  }

  // MARK: What was being given back

  private func isBeingReleased(_ kind: ResourceKind, _ id: String) -> Bool {
    history.unfinishedReleases.contains { $0.kind == kind && $0.id == id }
  }

  mutating func finishReleases(_ found: [OwnedResource]) async throws {
    for release in history.unfinishedReleases {
      let shown = found.first { $0.kind == release.kind && $0.id == release.id }
      try await giveBack(shown ?? OwnedResource(kind: release.kind, id: release.id, label: ""))
    }
  }

  /// Gives back everything that nobody has a use for.
  mutating func clear(_ found: [OwnedResource]) async throws {
    for resource in found where !resumption.destroyed.contains(where: { $0.isSame(as: resource) }) {
      if let role = role(of: resource) {
        resumption.kept.append(.init(resource: resource, role: role))
      } else {
        try await giveBack(resource)
      }
    }
  }

  private func role(of resource: OwnedResource) -> ResourceRole? {
    let state = resumption.state
    let id = InstanceID(resource.id)
    switch resource.kind {
    case .instance:
      if state.discardedStandbys.contains(id) { return nil }
      if id == state.primary?.id { return .primary }
      if id == state.candidate?.id { return .candidate }
      if id == state.warmPool.standby?.id || id == state.warmPool.starting?.id { return .warmStandby }
      return id == state.warmPool.making?.id ? .secondGPU : nil
    case .machine:
      return id == state.standby?.id || id == resumption.newStandby ? .standby : nil
    case .volume: return state.needsVolume(VolumeID(resource.id)) ? .volume : nil
    case .snapshot:
      let all = resumption.snapshots.kept + resumption.snapshots.expired
      return !keepsNothing && all.contains { $0.id.rawValue == resource.id } ? .snapshot : nil
    }
  }

  /// Whatever cannot be given back stays on the orchestrator's lists of what has no use.
  private mutating func giveBack(_ resource: OwnedResource) async throws {
    if !isBeingReleased(resource.kind, resource.id) {
      try write(.releaseIntent(resource.kind, id: resource.id))
    }
    do {
      try await release(resource)
      try write(.released(resource.kind, id: resource.id))
      resumption.destroyed.append(resource)
      resumption.state.forget(resource)
    } catch let error as PortError {
      try error.rethrowIfCancelled()
      resumption.problems.append("\(resource.kind.rawValue) \(resource.id) could not be given back: \(error)")
      resumption.state.keepAsUnused(resource)
    }
  }

  private func release(_ resource: OwnedResource) async throws(PortError) {
    switch resource.kind {
    case .instance: try await tools.marketplace.destroy(InstanceID(resource.id), timeout: tools.timeout)
    case .machine: try await tools.compute.delete(InstanceID(resource.id), timeout: tools.timeout)
    case .volume: try await tools.marketplace.deleteVolume(VolumeID(resource.id), timeout: tools.timeout)
    case .snapshot: try await tools.snapshots?.provider.release(resource, timeout: tools.timeout)
    }
  }

  // MARK: What is not there

  /// Asks after everything that was created and is on no provider's list. A list may lag behind: what somebody needs is
  /// asked for by its name, and the rest is given back once more.
  mutating func lookFor(missingFrom found: [OwnedResource]) async throws {
    for item in history.created {
      guard let id = item.id else { continue }
      let resource = OwnedResource(kind: item.creation.kind, id: id, label: item.label.rawValue)
      guard !found.contains(where: { $0.isSame(as: resource) }) else { continue }
      guard let role = role(of: resource) else {
        try await giveBack(resource)
        continue
      }
      if try await exists(resource) {
        resumption.kept.append(.init(resource: resource, role: role))
      } else {
        try write(.released(resource.kind, id: id))
        resumption.missing.append(resource)
        if resumption.newStandby?.rawValue == id { resumption.newStandby = nil }
        resumption.state.lose(resource, role)
        if role == .standby { resumption.copy = nil }
      }
    }
  }

  /// Whether a provider still has something; so it is taken to have, when it does not answer.
  private func exists(_ resource: OwnedResource) async throws -> Bool {
    do throws(PortError) {
      switch resource.kind {
      case .instance: _ = try await tools.marketplace.describe(InstanceID(resource.id), timeout: tools.timeout)
      case .machine: _ = try await tools.compute.describe(InstanceID(resource.id), timeout: tools.timeout)
      // Nobody can be asked after a volume; whoever orders something with it hears that it is gone.
      case .volume, .snapshot: return true
      }
      return true
    } catch {
      try error.rethrowIfCancelled()
      return error.reason != .notFound
    }
  }

  // MARK: Snapshots

  /// Deletes what is half uploaded or known to nobody, and strikes from the list what is gone.
  mutating func clearStore(_ stored: [OwnedResource]) async throws {
    try await clear(stored)
    let chains = resumption.snapshots
    func isThere(_ id: SnapshotID) -> Bool { stored.contains { $0.id == id.rawValue } }
    for record in chains.expired where !isThere(record.id) { resumption.snapshots.forget(record.id) }
    for record in chains.kept where !isThere(record.id) {
      resumption.missing.append(OwnedResource(kind: .snapshot, id: record.id.rawValue, label: ""))
      resumption.snapshots.discard(record.id)
      resumption.snapshots.forget(record.id)
    }
  }
}

extension OwnedResource {
  fileprivate func isSame(as other: OwnedResource) -> Bool { kind == other.kind && id == other.id }
}
