import Failover

@testable import Scenarios

/// A drill whose figures can be reckoned in one's head: the fault is found after half a second, and moving users to the
/// standby takes 2 to 5 s, all equally likely. So users are served again after 2.5 to 5.5 s, on average 4 s.
enum KnownScenario {
  static let mean = 4.0
  static let figure = Figure.names.firstIndex(of: "mttrDegraded") ?? 0

  static let text = """
    schemaVersion: 1
    name: known
    summary: One failover with a known mean.
    gpu: {probes: {api: 0s}}
    standby: {creation: 0s, describe: 0s}
    endpoint: {change: {uniform: {low: 2s, high: 5s}}, hold: 0s, verify: 0s}
    notification: 0s
    healthCheck: {failureThreshold: 1}
    script:
      - phase:
          name: All
          steps: [adoptPrimary, createStandby, openEndpoint, wait: 10s, interrupt, wait: 0.5s, checkHealth, failOver]
    """

  static func load(_ overrides: [String] = []) throws -> Scenario {
    try Document(bytes: Array(text.utf8), name: "known.yaml").setting(overrides).read(ScenarioFile.init).value.scenario
  }
}
