import Failover
import Testing

/// What health checks see of a machine, simulated or over the network.
@Suite struct HealthProbeTests {
  /// What the checks by tcp, ssh and process say.
  struct Expected: Sendable, CustomTestStringConvertible {
    var trouble: HostTrouble?
    var results: [ProbeResult]

    init(_ trouble: HostTrouble?, _ failures: ProbeFailure?...) {
      self.trouble = trouble
      results = failures.map { $0.map(ProbeResult.unhealthy) ?? .healthy }
    }

    var testDescription: String { trouble?.rawValue ?? "no trouble" }
  }

  static let methods: [ProbeMethod] = [.tcp, .ssh, .process]
  static let timeout = Duration.seconds(1)

  @Test(
    arguments: Arm.allCases,
    [
      Expected(nil, nil, nil, nil),
      // The kernel of a frozen machine still takes connections.
      Expected(.frozenGPU, nil, .noBanner, .timedOut),
      Expected(.partitionedGPU, .timedOut, .timedOut, .timedOut),
      Expected(.noServerOnGPU, .refused, .refused, .refused),
      Expected(.refusedKey, nil, nil, .unauthorized),
      Expected(.deadProcess, nil, nil, .noProcess),
    ])
  func `a check sees what is wrong, and that it is over`(arm: Arm, expected: Expected) async throws {
    try await arm.hosts(HostSetting(expected.trouble)) { stage in
      func look() async -> [ProbeResult] {
        var seen: [ProbeResult] = []
        for method in Self.methods {
          seen.append(await stage.probe.check(stage.gpu, by: method, timeout: Self.timeout))
        }
        return seen
      }
      let before = await look()
      #expect(before == [.healthy, .healthy, .healthy])
      try await stage.strike()
      let during = await look()
      #expect(during == expected.results)
      #expect(await stage.probe.check(stage.standby, by: .tcp, timeout: Self.timeout) == .healthy)
      guard expected.trouble != .deadProcess else { return }
      try await stage.relent()
      let after = await look()
      #expect(after == [.healthy, .healthy, .healthy])
    }
  }

  @Test(arguments: Arm.allCases)
  func `a cancelled check ends promptly, and says so`(arm: Arm) async throws {
    try await arm.hosts(HostSetting(.partitionedGPU)) { stage in
      try await stage.strike()
      let start = stage.passing.elapsed()
      let seen = await withTaskGroup(of: ProbeResult.self) { group in
        for method in Self.methods {
          group.addTask { await stage.probe.check(stage.gpu, by: method, timeout: long) }
        }
        try? await stage.passing.pause(.milliseconds(200))
        group.cancelAll()
        var seen: [ProbeResult] = []
        for await result in group { seen.append(result) }
        return seen
      }
      #expect(seen == [.unhealthy(.cancelled), .unhealthy(.cancelled), .unhealthy(.cancelled)])
      #expect(stage.passing.elapsed() - start < .seconds(30))
    }
  }
}
