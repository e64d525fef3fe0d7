import Failover
import FailoverSim

@testable import Scenarios

/// A warm pool whose every delay is a constant, so that instants can be worked out by hand.
enum PoolScenario {
  /// Three GPUs on machine "m", none elsewhere; the first is lost after an hour.
  static let text = """
    schemaVersion: 1
    name: constant-pool
    summary: every delay is a constant
    duration: 3h
    strategy: warmPool
    interruptions: {at: [1h]}
    workspace:
      path: /data
      dirtyRate: 1MB/s
      files: [{name: model.pt, size: 600MB}]
    gpu: {boot: 100s, sshStart: 20s, scan: 1s, inspect: 0.5s, digest: 2s, probes: {api: 0s, ssh: 0.1s}}
    standby: {creation: 10s, describe: 0.5s, scan: 1s, inspect: 0.5s, digest: 2s, probes: {api: 0s, ssh: 0.1s}}
    marketplace:
      search: 1s
      create: 2s
      describe: 0.3s
      destroy: 1s
      offers:
        - {id: a, gpu: RTX 4090, memory: 32GB, price: $0.40/h, region: TH, machine: m, count: 3}
    machines:
      start: 0.4s
      stop: 0.5s
      createVolume: 2s
      deleteVolume: 1s
      resume: 45s
      sshAfterResume: 30s
      rentalByOthers: 20min
    endpoint: {change: 3s, hold: 0.2s, verify: 0.2s}
    notification: 0s
    network: {link: 1Gbit/s, rsync: 60MB/s}
    sync: {interval: 30s, route: direct}
    healthCheck: {interval: 10s, failureThreshold: 3}
    recovery: {provisionPoll: {initial: 5s, maximum: 5s}, sshPoll: {initial: 2s, maximum: 2s}}
    """

  static func scenario(_ overrides: [String] = []) throws -> Scenario {
    try Document(bytes: Array(text.utf8), name: "constant-pool.yaml").setting(overrides).read(ScenarioFile.init)
      .value.scenario
  }

  static func run(_ overrides: [String] = [], seed: UInt64 = 1, until: Duration? = nil) throws -> Run {
    try Run(scenario(overrides), seed: seed, until: until)
  }
}

extension Run {
  /// The states that the warm pool went through, from the first.
  var poolStates: [WarmPoolState] {
    events.compactMap { event in
      if case .warmPoolChanged(_, let to) = event.kind { to } else { nil }
    }
  }

  func count(_ kind: String) -> Int { events.count { $0.kind.name == kind } }

  func first(_ kind: String) -> Event? { events.first { $0.kind.name == kind } }

  var incidents: [Incident] { Incident.all(in: events) }

  func last(_ kind: String) -> Event? { events.last { $0.kind.name == kind } }

}
