import Failover
import Testing

/// What every store of snapshots does, simulated or with tar, ssh and an object store.
@Suite struct SnapshotTests {
  private static let nobody = SnapshotID("run/nobody/knows-it")

  @Test(arguments: Arm.allCases)
  func `snapshots are listed oldest first, and each can be restored until it is deleted`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(hasStore: true)) { stage in
      #expect(try await stage.stored() == [])
      let first = try await stage.digest(stage.gpu)
      var ids = [try await stage.save()]
      try await stage.work()
      ids.append(try await stage.save())
      let second = try await stage.digest(stage.gpu)
      ids.append(try await stage.save())
      #expect(try await stage.stored() == ids)
      try await stage.restore(ids[1])
      #expect(try await stage.digest(stage.standby) == second)
      let look = try await stage.sync.inspect(HostStage.path, on: stage.standby.address, timeout: long)
      #expect(look == HostStage.summary)
      try await stage.restore(ids[0])
      #expect(try await stage.digest(stage.standby) == first)

      try await stage.snapshots.delete(ids[1], timeout: long)
      try await stage.snapshots.delete(ids[1], timeout: long)
      #expect(try await stage.stored() == [ids[0], ids[2]])
      await expect(.failed(.notFound)) { try await stage.restore(ids[1]) }
      #expect(try await stage.digest(stage.standby) == first)
    }
  }

  @Test(arguments: Arm.allCases)
  func `a snapshot of what has changed is small, and restored with what it builds on`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(hasStore: true)) { stage in
      func request(_ base: SnapshotID?) -> SnapshotRequest {
        SnapshotRequest(source: stage.gpu.address, path: HostStage.path, base: base)
      }
      let whole = try await stage.snapshots.save(request(nil), timeout: long)
      #expect(whole.base == nil)
      #expect(whole.content >= HostStage.summary.bytes)
      #expect(whole.stored > .zero)
      // Nothing has changed since.
      let empty = try await stage.snapshots.save(request(whole.id), timeout: long)
      #expect(empty.base == whole.id)
      #expect(empty.stored < .kilobytes(50))
      try await stage.work()
      let changed = try await stage.snapshots.save(request(empty.id), timeout: long)
      let report = try await stage.snapshots.restore(
        changed.id, to: stage.standby.address, path: HostStage.path, timeout: long)
      #expect(report.id == changed.id)
      #expect(report.content >= whole.content)
      #expect(try await stage.digest(stage.standby) == stage.digest(stage.gpu))
    }
  }

  @Test(arguments: Arm.allCases)
  func `a snapshot that is not there is not found, and deleted without an error`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(hasStore: true)) { stage in
      await expect(.failed(.notFound)) { try await stage.restore(Self.nobody) }
      await expect(.failed(.notFound)) { _ = try await stage.save(base: Self.nobody) }
      await expect(.done) { try await stage.snapshots.delete(Self.nobody, timeout: long) }
      let stored = try await stage.stored()
      #expect(stored == [])
    }
  }

  // MARK: Damage

  @Test(arguments: Arm.allCases, SnapshotDamage.allCases)
  func `a damaged snapshot is refused, and the workspace stays as it was`(
    arm: Arm, damage: SnapshotDamage
  ) async throws {
    try await arm.hosts(HostSetting(hasStore: true, isDamaged: true)) { stage in
      _ = try await stage.synchronize()
      let before = try await stage.digest(stage.standby)
      try await stage.work()
      let id = try await stage.save()
      try await stage.damage(id, damage)
      await expect(.failed(.invalidAnswer)) { try await stage.restore(id) }
      #expect(try await stage.digest(stage.standby) == before)
      let look = try await stage.sync.inspect(HostStage.path, on: stage.standby.address, timeout: long)
      #expect(look == HostStage.summary, "nothing half restored is left")
    }
  }

  @Test(arguments: Arm.allCases)
  func `a restore to a full disk says so, and the workspace stays as it was`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(.fullStandby, hasStore: true)) { stage in
      _ = try await stage.synchronize()
      let before = try await stage.digest(stage.standby)
      try await stage.work()
      let id = try await stage.save()
      try await stage.strike()
      await expect(.failed(.diskFull)) { try await stage.restore(id) }
      try await stage.relent()
      #expect(try await stage.digest(stage.standby) == before)
      try await stage.restore(id)
      #expect(try await stage.digest(stage.standby) == stage.digest(stage.gpu))
    }
  }

  @Test(arguments: Arm.allCases, [HostTrouble.deadGPU, .partitionedGPU, .frozenGPU])
  func `an upload that is broken off is never listed, and leaves nothing behind`(
    arm: Arm, trouble: HostTrouble
  ) async throws {
    // 4 MB take 4 s.
    try await arm.hosts(HostSetting(trouble, link: 1_000_000, hasStore: true)) { stage in
      let whole = try await stage.save()
      try await stage.approach(.seconds(2))
      let ended = try await ending {
        _ = try await stage.save()
      } while: {
        try await stage.passing.pause(.seconds(1))
        try await stage.strike()
      }
      #expect(ended == .failed(.unreachable))
      #expect(try await stage.stored() == [whole])
      let prefix = String(whole.rawValue.prefix(3))
      #expect(try await stage.inventory.resources(labelled: prefix, timeout: long).map(\.id) == [whole.rawValue])
    }
  }

  @Test(arguments: Arm.allCases)
  func `a save that takes too long ends with its time, and is never listed`(arm: Arm) async throws {
    // 4 MB take 200 s.
    try await arm.hosts(HostSetting(link: 20_000, hasStore: true)) { stage in
      let start = stage.passing.elapsed()
      await expect(.failed(.timedOut)) { _ = try await stage.save(timeout: .seconds(2)) }
      #expect(try await stage.stored() == [])
      let ended = try await endingWhenCancelled {
        _ = try await stage.save(timeout: .seconds(500))
      } after: {
        try await stage.passing.pause(.seconds(1))
      }
      #expect(ended == .failed(.cancelled))
      #expect(try await stage.stored() == [])
      #expect(try await stage.inventory.resources(labelled: "", timeout: long) == [])
      #expect(stage.passing.elapsed() - start < .seconds(60))
    }
  }

  @Test(arguments: Arm.allCases)
  func `a restore that takes too long ends with its time, and the workspace stays as it was`(arm: Arm) async throws {
    // 4 MB take 4 s.
    try await arm.hosts(HostSetting(link: 1_000_000, hasStore: true)) { stage in
      let id = try await stage.save()
      let before = try await stage.digest(stage.standby)
      await expect(.failed(.timedOut)) { try await stage.restore(id, timeout: .seconds(1)) }
      #expect(try await stage.digest(stage.standby) == before)
    }
  }

  // MARK: Hosts and store out of reach

  @Test(
    arguments: Arm.allCases,
    [
      (HostTrouble.deadGPU, PortError.Reason.unreachable), (.frozenGPU, .unreachable), (.partitionedGPU, .unreachable),
      (.noServerOnGPU, .unreachable), (.refusedKey, .unauthorized), (.storeDown, .unreachable),
    ])
  func `nothing is saved from a host, or to a store, that cannot be reached`(
    arm: Arm, _ expected: (trouble: HostTrouble, reason: PortError.Reason)
  ) async throws {
    try await arm.hosts(HostSetting(expected.trouble, hasStore: true)) { stage in
      let whole = try await stage.save()
      try await stage.strike()
      await expect(.failed(expected.reason)) { _ = try await stage.save() }
      guard expected.trouble != .storeDown else {
        await expect(.failed(.unreachable), "list") { _ = try await stage.stored() }
        await expect(.failed(.unreachable), "restore") { try await stage.restore(whole) }
        await expect(.failed(.unreachable), "delete") { try await stage.snapshots.delete(whole, timeout: long) }
        return
      }
      #expect(try await stage.stored() == [whole])
    }
  }

  @Test(
    arguments: Arm.allCases,
    [
      (HostTrouble.deadStandby, PortError.Reason.unreachable), (.partitionedStandby, .unreachable),
      (.noServerOnStandby, .unreachable), (.refusedKey, .unauthorized),
    ])
  func `nothing is restored to a host that cannot be reached`(
    arm: Arm, _ expected: (trouble: HostTrouble, reason: PortError.Reason)
  ) async throws {
    try await arm.hosts(HostSetting(expected.trouble, hasStore: true)) { stage in
      let id = try await stage.save()
      try await stage.strike()
      await expect(.failed(expected.reason)) { try await stage.restore(id) }
      guard !expected.trouble.isForGood else { return }
      try await stage.relent()
      try await stage.passing.pause(.milliseconds(500))
      try await stage.restore(id)
      #expect(try await stage.digest(stage.standby) == stage.digest(stage.gpu))
    }
  }
}
