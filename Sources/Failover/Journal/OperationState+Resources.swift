// What a reconciliation changes of what an orchestrator knew.

extension OperationState {
  /// Whether a machine that was being created is the standby that is missing.
  var lacksStandby: Bool {
    switch phase {
    case .idle, .preparing, .protected, .suspicious: standby == nil
    case .failingOver, .degraded, .down, .recovering, .hibernating, .failingBack: false
    }
  }

  /// A GPU that was rented by the offer that a recovery had chosen is its candidate.
  mutating func adopt(_ id: InstanceID, of order: InstanceOrder) {
    guard phase == .recovering, let offer = recovery?.offer, offer == order.offer, recovery?.instance == nil,
      !hasRole(id)
    else { return }
    recovery?.instance = Instance(id: id, status: .provisioning, address: nil, price: offer.price)
    recovery?.volume = volumes.first { $0.id == order.volume }
  }

  private func hasRole(_ id: InstanceID) -> Bool {
    let known = [primary?.id, warmPool.standby?.id, warmPool.starting?.id, warmPool.making?.id, warmPool.abandoned]
    return known.contains(id)
  }

  /// Whether a volume is the pool's, or that of a GPU that is being prepared or about to be ordered.
  func needsVolume(_ id: VolumeID) -> Bool {
    if id == warmPool.volume || id == recovery?.volume?.id { return true }
    guard phase == .recovering, let machine = recovery?.offer?.machine, !warmPool.givenUp.contains(id) else {
      return false
    }
    return volumes.contains { $0.id == id && $0.machine == machine }
  }

  /// It has been given back.
  mutating func forget(_ resource: OwnedResource) {
    let id = InstanceID(resource.id)
    switch resource.kind {
    case .instance, .machine:
      owned.removeAll { $0 == id }
      discardedStandbys.removeAll { $0 == id }
      if warmPool.abandoned == id { warmPool.abandoned = nil }
      if warmPool.standby?.id == id { warmPool.standby = nil }
      if warmPool.making?.id == id { warmPool.making = nil }
      if recovery?.instance?.id == id { dropCandidate() }
      if standby?.id == id { dropStandby() }
    case .volume:
      let id = VolumeID(resource.id)
      volumes.removeAll { $0.id == id }
      warmPool.givenUp.removeAll { $0 == id }
    case .snapshot: break
    }
  }

  /// It is paid for, of no use, and could not be given back.
  mutating func keepAsUnused(_ resource: OwnedResource) {
    let id = InstanceID(resource.id)
    switch resource.kind {
    case .instance: if !owned.contains(id) { owned.append(id) }
    case .machine:
      if !owned.contains(id) { owned.append(id) }
      if !discardedStandbys.contains(id) { discardedStandbys.append(id) }
    case .volume, .snapshot: break
    }
  }

  /// It was needed and is not there any more. A GPU that serves is known to be lost when it is asked after its health.
  mutating func lose(_ resource: OwnedResource, _ role: ResourceRole) {
    let id = InstanceID(resource.id)
    owned.removeAll { $0 == id }
    switch role {
    case .standby: dropStandby()
    case .candidate: dropCandidate()
    case .warmStandby:
      warmPool.standby = nil
      if warmPool.starting?.id == id, primary?.id != id { warmPool.starting = nil }
    case .secondGPU: warmPool.making = nil
    case .primary, .volume, .snapshot: break
    }
  }

  private mutating func dropCandidate() {
    recovery?.instance = nil
    recovery?.volume = nil
  }

  private mutating func dropStandby() {
    standby = nil
    standbyServes = false
    standbyIsNewest = false
  }
}
