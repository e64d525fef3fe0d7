import Failover
import Testing

/// Where the two arms are known to differ: each row of the table in the documentation, held on both sides, so that a
/// difference that goes away is noticed.
@Suite struct DifferenceTests {
  @Test(arguments: Arm.allCases)
  func `a machine that is gone is silent in the simulation, and said to be so by the lab's network`(
    arm: Arm
  ) async throws {
    try await arm.hosts(HostSetting(.deadGPU)) { stage in
      try await stage.strike()
      for method in HealthProbeTests.methods {
        let seen = await stage.probe.check(stage.gpu, by: method, timeout: HealthProbeTests.timeout)
        #expect(seen == .unhealthy(arm == .simulated ? .timedOut : .unreachable), "\(method)")
      }
    }
  }

  @Test(arguments: Arm.allCases)
  func `the simulation has no other directory than workspaces`(arm: Arm) async throws {
    try await arm.hosts { stage in
      let elsewhere = "/nowhere"
      let expected = arm == .simulated ? Ending.done : .failed(.notFound)
      await expect(expected) {
        _ = try await stage.sync.inspect(elsewhere, on: stage.gpu.address, timeout: long)
      }
      await expect(expected) {
        _ = try await stage.sync.digest(of: elsewhere, on: stage.gpu.address, timeout: long)
      }
    }
  }

  @Test(arguments: Arm.allCases)
  func `the simulation has every model, and loads it each time`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(hasModelServer: true)) { stage in
      let host = stage.gpu.address
      await expect(arm == .simulated ? .done : .failed(.notFound)) {
        _ = try await stage.inference.firstAnswer(of: "nobody/knows-it:1b", on: host, timeout: long)
      }
      _ = try await stage.inference.firstAnswer(of: HostStage.model, on: host, timeout: long)
      let again = try await stage.inference.firstAnswer(of: HostStage.model, on: host, timeout: long)
      #expect((again.load >= .milliseconds(90)) == (arm == .simulated))
    }
  }

  @Test(arguments: Arm.allCases)
  func `a snapshot under way goes from the host to the store in the simulation, and by way of here for real`(
    arm: Arm
  ) async throws {
    // 4 MB take 4 s.
    try await arm.hosts(HostSetting(.cutOffGPU, link: 1_000_000, hasStore: true)) { stage in
      try await stage.approach(.seconds(2))
      let ended = try await ending {
        _ = try await stage.save()
      } while: {
        try await stage.passing.pause(.seconds(1))
        try await stage.strike()
      }
      #expect(ended == (arm == .simulated ? .done : .failed(.unreachable)))
    }
  }

  @Test(arguments: Arm.allCases)
  func `an instance that waits for a GPU is on its way in the simulation, and stopped at Vast`(arm: Arm) async throws {
    try await arm.marketplace(isInterruptible: true) { stage in
      let id = try await stage.rent()
      try await stage.interrupt(id)
      try await stage.market.start(id, timeout: long)
      let status = try await stage.market.describe(id, timeout: long).status
      #expect(status == (arm == .simulated ? .provisioning : .stopped))
    }
  }
}
