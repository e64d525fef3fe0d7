import Failover
import Testing

/// What every copy of a workspace does, simulated or with rsync over ssh.
@Suite struct FileSyncTests {
  @Test(arguments: Arm.allCases, SyncRoute.allCases)
  func `a pass makes two directories equal, and a second one has nothing to do`(
    arm: Arm, route: SyncRoute
  ) async throws {
    try await arm.hosts { stage in
      func look(_ target: ProbeTarget) async throws -> WorkspaceSummary {
        try await stage.sync.inspect(HostStage.path, on: target.address, timeout: long)
      }
      let original = try await stage.digest(stage.gpu)
      #expect(try await look(stage.gpu) == HostStage.summary)
      #expect(try await look(stage.standby) == WorkspaceSummary(files: 0, bytes: .zero))
      #expect(try await stage.digest(stage.standby) != original)

      let first = try await stage.synchronize(route)
      #expect(first.files == HostStage.summary.files)
      #expect(first.bytesSent >= HostStage.summary.bytes)
      #expect(first.duration > .zero)
      #expect(try await stage.digest(stage.standby) == original)
      #expect(try await look(stage.standby) == HostStage.summary)

      let second = try await stage.synchronize(route)
      #expect(second.files == 0)
      #expect(second.bytesSent < .kilobytes(10))

      try await stage.work()
      let changed = try await stage.digest(stage.gpu)
      #expect(changed != original)
      #expect(try await stage.digest(stage.standby) == original)
      let third = try await stage.synchronize(route)
      #expect(third.files > 0)
      #expect((ByteCount.kilobytes(9)...ByteCount.kilobytes(200)).contains(third.bytesSent), "\(third)")
      #expect(try await stage.digest(stage.standby) == changed)
      #expect(try await look(stage.standby) == HostStage.summary)
    }
  }

  /// The hosts that cannot be talked to, and whose fault it is.
  static let silent: [HostTrouble] = [
    .deadGPU, .deadStandby, .frozenGPU, .partitionedGPU, .partitionedStandby, .noServerOnGPU, .noServerOnStandby,
  ]

  @Test(arguments: Arm.allCases, silent)
  func `a host that cannot be talked to is unreachable, and blamed`(arm: Arm, trouble: HostTrouble) async throws {
    try await arm.hosts(HostSetting(trouble)) { stage in
      _ = try await stage.synchronize()
      let before = try await stage.digest(stage.standby)
      try await stage.work()
      try await stage.strike()
      let lost = trouble.isOnStandby ? stage.standby : stage.gpu
      await #expect { _ = try await stage.synchronize(.relay) } throws: { error in
        let error = error as? PortError
        return error?.reason == .unreachable && error?.host == lost.address
      }
      await expect(.failed(.unreachable), "direct") { _ = try await stage.synchronize(.direct) }
      for (what, call) in stage.looks(at: lost) {
        await #expect("\(what)") { try await call() } throws: { error in
          let error = error as? PortError
          return error?.reason == .unreachable && error?.host == lost.address
        }
      }
      if !trouble.isOnStandby {
        #expect(try await stage.digest(stage.standby) == before, "a pass that fails changes nothing")
      }
      guard !trouble.isForGood else { return }
      try await stage.relent()
      _ = try await stage.synchronize()
      #expect(try await stage.digest(stage.standby) == stage.digest(stage.gpu))
    }
  }

  @Test(arguments: Arm.allCases)
  func `a key that is refused is the caller's trouble, and nobody's else`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(.refusedKey)) { stage in
      try await stage.strike()
      for route in SyncRoute.allCases {
        await #expect { _ = try await stage.synchronize(route) } throws: { error in
          let error = error as? PortError
          return error?.reason == .unauthorized && error?.host == nil
        }
      }
      for (what, call) in stage.looks(at: stage.gpu) { await expect(.failed(.unauthorized), what, call) }
      try await stage.relent()
      _ = try await stage.synchronize()
    }
  }

  @Test(arguments: Arm.allCases, SyncRoute.allCases)
  func `a full disk is called so, and a later pass repairs the copy`(arm: Arm, route: SyncRoute) async throws {
    try await arm.hosts(HostSetting(.fullStandby)) { stage in
      try await stage.strike()
      await #expect { _ = try await stage.synchronize(route) } throws: { error in
        let error = error as? PortError
        return error?.reason == .diskFull && error?.host == stage.standby.address
      }
      try await stage.relent()
      _ = try await stage.synchronize(route)
      #expect(try await stage.digest(stage.standby) == stage.digest(stage.gpu))
    }
  }

  @Test(arguments: Arm.allCases, [HostTrouble.deadGPU, .partitionedGPU, .frozenGPU])
  func `a source that is lost in the middle breaks the pass, and leaves the copy as it was`(
    arm: Arm, trouble: HostTrouble
  ) async throws {
    // 4 MB take 8 s.
    try await arm.hosts(HostSetting(trouble, link: 500_000)) { stage in
      let before = try await stage.digest(stage.standby)
      try await stage.approach(.seconds(2))
      let ended = try await ending {
        _ = try await stage.synchronize()
      } while: {
        try await stage.passing.pause(.seconds(1))
        try await stage.strike()
      }
      #expect(ended == .failed(.unreachable))
      #expect(try await stage.digest(stage.standby) == before)
    }
  }

  @Test(arguments: Arm.allCases, SyncRoute.allCases)
  func `a pass that takes too long ends with its time, a cancelled one at once`(
    arm: Arm, route: SyncRoute
  ) async throws {
    // 4 MB take 200 s.
    try await arm.hosts(HostSetting(link: 20_000)) { stage in
      let start = stage.passing.elapsed()
      await expect(.failed(.timedOut)) { _ = try await stage.synchronize(route, timeout: .seconds(2)) }
      let ended = try await endingWhenCancelled {
        _ = try await stage.synchronize(route, timeout: .seconds(500))
      } after: {
        try await stage.passing.pause(.seconds(1))
      }
      #expect(ended == .failed(.cancelled))
      #expect(stage.passing.elapsed() - start < .seconds(60))
    }
  }
}

extension HostStage {
  /// The calls that look at a workspace, by name.
  func looks(at target: ProbeTarget) -> [(String, @Sendable () async throws -> Void)] {
    [
      ("inspect", { _ = try await sync.inspect(Self.path, on: target.address, timeout: long) }),
      ("digest", { _ = try await sync.digest(of: Self.path, on: target.address, timeout: long) }),
    ]
  }
}

extension HostTrouble {
  /// Whether it is the standby that cannot be talked to.
  var isOnStandby: Bool { self == .deadStandby || self == .partitionedStandby || self == .noServerOnStandby }

  /// Whether it never ends.
  var isForGood: Bool { self == .deadGPU || self == .deadStandby }
}
