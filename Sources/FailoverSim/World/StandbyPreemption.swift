import Failover

/// When and how the provider takes standby machines away.
public struct StandbyPreemption: Sendable, Hashable {
  /// What becomes of a machine that is taken away. Google Compute Engine calls it the instance termination action.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// It is deleted with its disk.
    case delete
    /// It is stopped and keeps its disk; it can be started again.
    case stop
  }

  /// How long a machine runs until it is taken away, in seconds; `nil` for ever.
  public var lifetimes: Distribution?
  /// Whatever standby runs at these instants is taken away, too.
  public var at: [Duration]
  public var action: Action

  public init(lifetimes: Distribution? = nil, at: [Duration] = [], action: Action = .delete) {
    self.lifetimes = lifetimes
    self.at = at
    self.action = action
  }
}

extension World {
  /// Sets the alarms for the instants that the scenario names.
  func schedulePreemptions() {
    for time in model.standby.preemption.at {
      simulation.schedule(at: VirtualClock.Instant.start.advanced(by: time)) { [self] in
        for id in state({ $0.hosts.runningStandbys }) { preempt(id) }
      }
    }
  }

  /// Called when a standby has begun to run.
  func schedulePreemption(of id: InstanceID) {
    guard let lifetimes = model.standby.preemption.lifetimes else { return }
    let (number, run) = state { state -> (Int, Int) in
      state.hosts.update(id) { $0.runs += 1 }
      return (state.hosts[id]?.number ?? 0, state.hosts[id]?.runs ?? 1)
    }
    // The first run of a machine draws by its number alone, so that a restart of one never shifts another's life.
    let name = run == 1 ? "standby lifetimes" : "standby lifetimes, run \(run)"
    let life = lifetimes.sampleDuration(simulation.stream(name), at: UInt64(number))
    simulation.schedule(after: life) { [self] in
      // A machine that was stopped and started meanwhile has a new life.
      if state({ $0.hosts[id]?.runs == run }) { preempt(id) }
    }
  }

  /// Takes a standby away as the scenario says: whoever it serves is left alone, and every connection to it breaks.
  public func preempt(_ id: InstanceID) {
    switch model.standby.preemption.action {
    case .delete: loseStandby(id, cause: "spot preemption")
    case .stop: stopStandby(id)
    }
  }

  /// A standby is gone, with its disk.
  public func loseStandby(_ id: InstanceID, cause: String) {
    let now = simulation.clock.now
    let unsynced = state { state -> ByteCount? in
      guard let host = state.hosts[id], host.isUp else { return nil }
      state.settle(at: now)
      let unsynced = state.unsynced(ofStandby: host)
      state.removeHost(id)
      return unsynced
    }
    guard let unsynced else { return }
    record(.standbyLost(id, cause: cause, unsynced: unsynced), on: .standby(id))
    disrupt()
  }

  /// A standby is stopped by its provider, and keeps its disk.
  public func stopStandby(_ id: InstanceID) {
    let now = simulation.clock.now
    let wasRunning = state { state -> Bool in
      guard let host = state.hosts[id], host.isUp else { return false }
      state.settle(at: now)
      state.stopServing(id)
      state.hosts.update(id) { $0.status = .stopped }
      return true
    }
    guard wasRunning else { return }
    record(.instanceStopped(id), on: .standby(id))
    disrupt()
  }
}

extension HostList {
  var runningStandbys: [InstanceID] { existing.filter { $0.role == .standby && $0.isUp }.map(\.id) }
}

extension StandbyModel {
  /// The first machine has the name that the scenario gives; later ones are numbered.
  func name(ofMachine number: Int) -> (InstanceID, HostAddress) {
    guard number > 0 else { return (id, address) }
    let name = "\(id)-\(number + 1)"
    return (InstanceID(name), HostAddress(host: "\(name).example", port: address.port))
  }
}

extension WorldState {
  /// How much would be lost with a standby: what neither another copy nor a GPU that runs has.
  func unsynced(ofStandby host: SimulatedHost) -> ByteCount {
    var lost = ByteCount.zero
    for number in workspaces.indices {
      let content = disks[host.disk].copies[number]
      guard content != .empty else { continue }
      var other = newestCopy(of: number, besides: host.disk)
      for gpu in hosts.existing where gpu.role == .gpu && gpu.isUp {
        other = max(other, disks[gpu.disk].copies[number])
      }
      if content <= other { continue }
      lost += content.history == other.history ? content.written - other.written : workspaceSize
    }
    return lost
  }
}
