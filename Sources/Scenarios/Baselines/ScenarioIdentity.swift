import Failover
import FailoverSim

/// What makes two scenarios comparable, and what is compared.
///
/// A scenario is the same one while its name and its *world* are: interruptions, network, marketplace, workspace, prices,
/// duration. Then the same seed gives both the same luck. Its *strategy* (checks, syncs, recovery, snapshots) is what is
/// being judged: a change of it is named, and compared.
struct ScenarioIdentity: Sendable, Hashable {
  var name: String
  /// A hash of each part of the world, by the part's name in a scenario file.
  var world: [String: String]
  /// Every setting of the strategy, by its path.
  var strategy: [String: String]

  init(name: String, world: [String: String], strategy: [String: String]) {
    self.name = name
    self.world = world
    self.strategy = strategy
  }

  init(_ scenario: Scenario) {
    name = scenario.name
    world = Self.worldParts(of: scenario).mapValues { StableDescription($0).hash.description }
    strategy = [:]
    for (path, value) in Self.strategyParts(of: scenario) {
      for leaf in StableDescription(value, path: path).leaves { strategy[leaf.path] = leaf.text }
    }
  }

  /// Sixteen hexadecimal digits over the name and the world.
  var hash: String {
    var fingerprint = Fingerprint()
    fingerprint.add(name)
    for (part, hash) in world.sorted(by: { $0.key < $1.key }) {
      fingerprint.add(part)
      fingerprint.add(hash)
    }
    return fingerprint.description
  }

  /// Why `other` is another scenario, in one sentence; `nil` when it is the same.
  func whyOther(_ other: ScenarioIdentity) -> String? {
    if name != other.name {
      return "it is the baseline of another scenario, \(quoted(name)), and this one is called \(quoted(other.name))"
    }
    let parts = Set(world.keys).union(other.world.keys).filter { world[$0] != other.world[$0] }.sorted()
    guard !parts.isEmpty else { return nil }
    return "the world is another one (\(parts.joined(separator: ", "))), so that the same seed is not the same luck"
  }

  /// What changed in the strategy: `healthCheck.failureThreshold: 3 → 4`, by path.
  func strategyChanges(to other: ScenarioIdentity) -> [String] {
    Set(strategy.keys).union(other.strategy.keys).sorted().compactMap { path in
      let (before, after) = (strategy[path], other.strategy[path])
      return before == after ? nil : "\(path): \(before ?? "–") → \(after ?? "–")"
    }
  }

  private static func worldParts(of scenario: Scenario) -> [String: Any] {
    let world = scenario.world
    // What the strategy decides of the world is compared with the strategy.
    var gpu = world.gpu
    gpu.heartbeats.interval = nil
    gpu.isRentedAtStart = true
    return [
      "gpu": gpu, "standby": world.standby, "marketplace": world.marketplace, "network": world.network,
      "endpoint": world.endpoint, "workspace": scenario.workspaceBesideCheckpoints, "workload": scenario.workload.kind,
      "interruptions": world.interruptions, "interruptions.notice": world.notices, "fleet": world.workspaces,
      "machines": world.machines, "notification": world.notification, "inference": world.inference,
      "faults": world.faults.faults, "clock": scenario.timerOvershoot, "pricing": scenario.pricing,
      "duration or script": scenario.life,
    ]
  }

  private static func strategyParts(of scenario: Scenario) -> [(String, Any)] {
    var parts: [(String, Any)] = [
      ("", scenario.strategy), ("approval", scenario.world.approval as Any),
      ("fleet.sharing", scenario.standbySharing as Any),
    ]
    if scenario.strategy.snapshots != nil { parts.append(("objectStore", scenario.world.snapshots)) }
    if case .training(let schedule) = scenario.workload { parts.append(("workload.checkpoints", schedule)) }
    return parts
  }
}
