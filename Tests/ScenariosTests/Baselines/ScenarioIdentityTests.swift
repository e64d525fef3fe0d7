import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct ScenarioIdentityTests {
  private func identity(_ overrides: String...) throws -> ScenarioIdentity {
    let text = """
      schemaVersion: 1
      name: identity
      summary: A scenario to change.
      duration: 1d
      strategy: [cpuStandby, snapshots]
      interruptions: {lifetimes: {weibull: {shape: 0.63, scale: 1d}}}
      workload: {kind: training, checkpointInterval: 15min, checkpointDuration: 5s, checkpointSize: 100MB}
      gpu: {probes: {api: 1s, ssh: 2s, tcp: 3s}}
      """
    let document = try Document(bytes: Array(text.utf8), name: "identity.yaml").setting(overrides)
    return ScenarioIdentity(try document.read(ScenarioFile.init).value.scenario)
  }

  @Test(arguments: [
    ("name=other", "called 'other'"), ("duration=2d", "(duration or script)"), ("network.rsync=5MB/s", "(network)"),
    ("interruptions={at: [1h]}", "(interruptions)"), ("workspace.dirtyRate=7MB/s", "(workspace)"),
    ("gpu.boot=5s", "(gpu)"), ("gpu.probes.tcp=4s", "(gpu)"), ("standby.creation=5s", "(standby)"),
    ("marketplace.search=1s", "(marketplace)"), ("endpoint.change=1s", "(endpoint)"),
    ("clock.overshoot=1ms", "(clock)"), ("notification=1s", "(notification)"), ("pricing.volume=$1/GB/month", "(pricing)"),
    ("workload={kind: inference}", "(workload)"), ("machines.standbyRentedAway=5%", "(machines)"),
  ])
  func `whatever makes the world is part of the identity`(override: String, named: String) throws {
    let why = try #require(try identity().whyOther(identity(override)))
    #expect(why.contains(named), "\(why)")
    #expect(try identity().hash != identity(override).hash)
  }

  @Test(arguments: [
    ("healthCheck.failureThreshold=4", "healthCheck.failureThreshold: 3 → 4"),
    ("sync.interval=1min", "standby.sync.interval: 30s → 1min"), ("sync.route=direct", "standby.sync.route: relay → direct"),
    ("recovery.maximumPrice=$1/h", "recovery.query.maximumPrice: "), ("recovery.mode=manual", "approval"),
    ("snapshots.interval=2h", "snapshots.interval: "), ("snapshots.method=zstd:1", "objectStore.compression"),
    ("strategy=[cpuStandby]", "snapshots"), ("workload.checkpointInterval=5min", "workload.checkpoints.interval: 15min → 5min"),
    ("heartbeat={interval: 30s, timeout: 45s}", "heartbeat"),
  ])
  func `whatever is a choice is named and compared`(override: String, named: String) throws {
    let (before, after) = (try identity(), try identity(override))
    #expect(before.whyOther(after) == nil)
    #expect(before.hash == after.hash)
    let changes = before.strategyChanges(to: after)
    #expect(changes.contains { $0.contains(named) }, "\(changes)")
  }

  @Test func `what is only said of a scenario is neither`() throws {
    let changed = try identity("summary=Another sentence.", "expect=[{metric: mttd.max, atMost: 1h}]", "ledger=[A2]")
    #expect(try identity() == changed)
  }

  @Test func `sets and dictionaries are described in one order, whatever theirs is`() {
    for _ in 0..<50 {
      var (set, map): (Set<String>, [String: Int]) = ([], [:])
      for name in ["a", "b", "c", "d", "e", "f"].shuffled() {
        set.insert(name)
        map[name] = name.utf8.reduce(0) { $0 + Int($1) }
      }
      let description = StableDescription((set: set, map: map))
      #expect(description.leaves.prefix(6).map(\.text) == ["a", "b", "c", "d", "e", "f"])
      #expect(description.hash == StableDescription((set: set, map: map)).hash)
    }
  }

  @Test func `nothing, an empty list and a list of nothing are told apart`() {
    let none: Int? = nil
    let values: [Any] = [none as Any, [Int](), [none], [[Int]()], "", [""]]
    #expect(Set(values.map { StableDescription($0, path: "x").hash }).count == values.count)
  }
}

@Suite struct ModelVersionTests {
  /// The fingerprints with seed 1 of what version 1 of the simulated world does.
  static let version = 1
  static let fingerprints = [
    ("report-18.63.yaml", "07b62ab45afe4c25"),
    ("cpu-standby/failover-only.yaml", "78f0cefc9d73102c"),
    ("warm-pool/settings.yaml", "07f72d7ab34b8ad3"),
  ]

  @Test(arguments: fingerprints)
  func `the numbers of the world change only with its version`(name: String, fingerprint: String) throws {
    let scenario = try LoadedScenario(path: StoredReplications.root + "/scenarios/" + name).scenario
    let found = try Run(scenario, seed: 1).fingerprint.description
    #expect(
      found == fingerprint && ModelVersion.current == Self.version,
      """
      \(name) has the fingerprint \(found). If what the simulated world does changed on purpose, raise ModelVersion.current, \
      note the version and the fingerprints here, and run make baselines. If only what the orchestrator does changed, \
      note the fingerprints: stored figures stay comparable.
      """)
  }
}
