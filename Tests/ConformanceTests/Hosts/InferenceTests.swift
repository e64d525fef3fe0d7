import Failover
import Testing

/// What asking a model does, simulated or by HTTP through ssh.
@Suite struct InferenceTests {
  @Test(arguments: Arm.allCases)
  func `a model is loaded, and answers`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(hasModelServer: true)) { stage in
      let report = try await stage.inference.firstAnswer(
        of: HostStage.model, on: stage.gpu.address, timeout: long)
      #expect(report.model == HostStage.model)
      #expect(report.load >= .milliseconds(90))
      #expect(report.answer > .zero)
    }
  }

  @Test(
    arguments: Arm.allCases,
    [
      (HostTrouble.deadGPU, PortError.Reason.unreachable), (.frozenGPU, .unreachable), (.partitionedGPU, .unreachable),
      (.noServerOnGPU, .unreachable), (.refusedKey, .unauthorized),
    ])
  func `a host that cannot be talked to has no answer`(
    arm: Arm, _ expected: (trouble: HostTrouble, reason: PortError.Reason)
  ) async throws {
    try await arm.hosts(HostSetting(expected.trouble, hasModelServer: true)) { stage in
      @Sendable func ask(_ timeout: Duration) async throws {
        _ = try await stage.inference.firstAnswer(of: HostStage.model, on: stage.gpu.address, timeout: timeout)
      }
      try await ask(long)
      try await stage.strike()
      await expect(.failed(expected.reason)) { try await ask(long) }
      guard expected.trouble == .partitionedGPU else { return }
      // Sooner than the connection is given up.
      await expect(.failed(.timedOut)) { try await ask(.seconds(1)) }
      let ended = try await endingWhenCancelled {
        try await ask(long)
      } after: {
        try await stage.passing.pause(.milliseconds(500))
      }
      #expect(ended == .failed(.cancelled))
    }
  }
}
