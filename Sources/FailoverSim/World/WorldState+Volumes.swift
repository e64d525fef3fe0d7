import Failover

extension WorldState {
  /// The volumes that exist and are paid for, in the order of their creation.
  var volumes: [VolumeID] { disks.compactMap { $0.isLost ? nil : $0.volume } }

  func disk(of volume: VolumeID) -> Int? {
    disks.firstIndex { $0.volume == volume && !$0.isLost }
  }

  mutating func addVolume(_ size: ByteCount, on machine: MachineID) -> VolumeID {
    supply.volumesCreated += 1
    let id = VolumeID("volume-\(supply.volumesCreated)")
    let copies = Array(repeating: Content.empty, count: workspaces.count)
    disks.append(Disk(copies: copies, volume: id, machine: machine, capacity: size))
    return id
  }

  /// Adds a GPU that is attached to a volume. While another one runs on that volume, it is no candidate for serving.
  mutating func addHost(_ host: SimulatedHost, on volume: Int) {
    var host = host
    host.disk = volume
    hosts.add(host, isCandidate: !isInUse(volume))
  }

  /// Whether an instance that runs is attached to a disk.
  private func isInUse(_ disk: Int) -> Bool { hosts.existing.contains { $0.disk == disk && $0.isUp } }

  /// Whether users of any workspace write to a disk.
  private func isServed(_ disk: Int) -> Bool {
    workspaces.contains { $0.serving != nil && $0.servingDisk == disk }
  }

  /// Somebody has tried to get at the volumes of a machine, and could not.
  mutating func noteOutOfReach(_ machine: MachineID) {
    for index in disks.indices where disks[index].volume != nil && disks[index].machine == machine {
      noteOutOfReach(disk: index)
    }
  }

  /// The same for the disk of one machine: an instance on it has come to an end before it served.
  mutating func noteOutOfReach(disk: Int) {
    if disks[disk].volume != nil, !isServed(disk) { disks[disk].isOutOfReach = true }
  }

  /// Users are about to write to a disk: nobody else may be doing so.
  mutating func auditVolume(of host: SimulatedHost) {
    guard let volume = disks[host.disk].volume else { return }
    disks[host.disk].isOutOfReach = false
    for other in hosts.existing where other.disk == host.disk && other.id != host.id && other.isUp && other.hasServed {
      violations.append("gpu \(host.id) and gpu \(other.id) write to volume \(volume) at once")
    }
  }
}
