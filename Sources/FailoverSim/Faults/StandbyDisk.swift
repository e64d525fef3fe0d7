import Failover

extension WorldState {
  /// What a standby's disk holds and how much of it is used; `nil` for a disk of any size, or for no disk.
  func disk(
    of id: InstanceID, capacity: ByteCount?, at now: VirtualClock.Instant
  ) -> (used: ByteCount, capacity: ByteCount)? {
    guard let host = hosts[id], host.role == .standby, var capacity else { return nil }
    let copies = disks[host.disk].copies.count { $0 != .empty }
    var used = ByteCount(workspaceSize.bytes * Int64(copies))
    for fault in faults.all where fault.spots == [.standby(id)] {
      switch fault.kind {
      case .standbyDiskFull(nil): used = max(used, capacity)
      case .standbyDiskFull(let rate?): used += rate.amount(in: fault.began.duration(to: now))
      case .diskShrinks(let size): capacity = min(capacity, size)
      default: break
      }
    }
    return (min(used, capacity), capacity)
  }
}

extension World {
  /// Says how full a standby's disk is.
  func recordDisk(of id: InstanceID) {
    let now = simulation.clock.now
    let disk = state { $0.disk(of: id, capacity: model.faults.standbyDisk, at: now) }
    guard let disk else { return }
    record(.diskUsage(id, used: disk.used, capacity: disk.capacity), on: .standby(id))
  }

  /// Says so each time that a disk which other data fills has passed another tenth. (One of them is the 80 % at which
  /// the documents want people to be called.)
  func announceTenths(of fault: ActiveFaults.Active, _ rate: DataRate) {
    guard case .machine(.standby(let id))? = fault.spots.first,
      let disk = state({ $0.disk(of: id, capacity: model.faults.standbyDisk, at: fault.began) })
    else { return }
    for tenth in 1...10 {
      let mark = Ratio(Int64(tenth), over: 10)?.of(disk.capacity) ?? disk.capacity
      // Just above the mark, except at the very end.
      let missing = min(mark + ByteCount(1), disk.capacity) - disk.used
      guard missing > .zero, let delay = rate.duration(for: missing) else { continue }
      simulation.schedule(after: delay) { [self] in
        if state({ $0.faults.lasts(fault.number) }) { recordDisk(of: id) }
      }
    }
  }
}
