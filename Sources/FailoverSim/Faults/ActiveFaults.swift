import Failover

/// The faults that last at this moment, in the order in which they began.
struct ActiveFaults {
  struct Active {
    let number: Int
    let kind: FaultKind
    /// What it has hit: a place, or two with a way between them.
    let spots: [Spot]
    let began: VirtualClock.Instant
    /// Decides what is left to chance.
    var stream: RandomStream
    /// When the calls were made that a limit has let through, as far back as it looks.
    var calls: [VirtualClock.Instant] = []
    /// What has been laid on the links of the network for it.
    var laid: [FaultID] = []

    /// Such as `gpu 1000` or `gpu 1000 - orchestrator`.
    var place: String { spots.map(\.name).joined(separator: " - ") }
    var lane: Lane { spots.lazy.compactMap(\.lane).first ?? .orchestrator }
  }

  private(set) var all: [Active] = []
  private var begun = 0

  var isEmpty: Bool { all.isEmpty }

  /// - Returns: the fault as it is now kept.
  mutating func begin(
    _ kind: FaultKind, at spots: [Spot], _ now: VirtualClock.Instant, _ stream: RandomStream
  ) -> Active {
    begun += 1
    let active = Active(number: begun, kind: kind, spots: spots, began: now, stream: stream)
    all.append(active)
    return active
  }

  /// Keeps what has been laid on links for a fault, to lift it at its end.
  mutating func keep(_ laid: [FaultID], of number: Int) {
    for index in all.indices where all[index].number == number { all[index].laid = laid }
  }

  mutating func end(_ number: Int) { all.removeAll { $0.number == number } }

  func lasts(_ number: Int) -> Bool { all.contains { $0.number == number } }

  /// Whether a fault lasts that `isMeant`.
  func contains(where isMeant: (FaultKind) -> Bool) -> Bool { all.contains { isMeant($0.kind) } }

  private func strikes(_ spot: Spot, _ isMeant: (FaultKind) -> Bool) -> Bool {
    all.contains { isMeant($0.kind) && $0.spots.contains(spot) }
  }

  // MARK: Machines

  func isFrozen(_ spot: Spot) -> Bool { strikes(spot) { $0 == .gpuFrozen } }

  func hasNoProcess(_ spot: Spot) -> Bool { strikes(spot) { $0 == .gpuProcessDead } }

  func hasNoSSH(_ spot: Spot) -> Bool {
    strikes(spot) { if case .sshDown = $0 { true } else { false } }
  }

  var keyIsExpired: Bool { contains { $0 == .sshKeyExpired } }

  /// Whether users who are sent to a machine can work there.
  func letUsersWork(on spot: Spot) -> Bool {
    isEmpty || !isFrozen(spot) && !hasNoProcess(spot) && links.areConnected(.users, spot)
  }

  /// Whether the orchestrator hears what an agent on a machine sends.
  func letHeartbeatThrough(from spot: Spot) -> Bool {
    isEmpty || !isFrozen(spot) && links.isOpen(from: spot, to: .orchestrator)
  }

  // MARK: Links

  var links: LinkConditions { LinkConditions(all) }

  // MARK: Chance

  /// Whether a fault strikes this time, by the share that `share` finds in it.
  mutating func strikesNow(_ share: (FaultKind) -> Ratio?) -> Bool {
    var strikes = false
    for index in all.indices {
      guard let share = share(all[index].kind) else { continue }
      var draw = all[index].stream.next()
      if draw.nextChance(numerator: UInt64(max(0, share.numerator)), over: UInt64(share.denominator)) { strikes = true }
    }
    return strikes
  }

  /// Counts a call of the marketplace.
  ///
  /// - Returns: whether a limit lets it through.
  mutating func admitsCall(at now: VirtualClock.Instant) -> Bool {
    var isAdmitted = true
    for index in all.indices {
      guard case .rateLimit(let calls, let interval) = all[index].kind else { continue }
      all[index].calls.removeAll { $0.duration(to: now) >= interval }
      if all[index].calls.count < calls { all[index].calls.append(now) } else { isAdmitted = false }
    }
    return isAdmitted
  }
}
