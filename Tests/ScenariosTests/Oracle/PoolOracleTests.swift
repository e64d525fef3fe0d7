import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// `Tests/oracle/pool-incidents.json`: nothing is random, and GPUs of a warm pool are lost at instants chosen for what
/// is going on then; calls time out here and there.
@Suite struct PoolOracleEventTests {
  /// Changes to the scenario, and kinds of events that show that they had their effect.
  static let cases: [(changes: [String], kinds: [String])] = [
    ([], ["warmFailoverCompleted", "warmFailoverFailed", "volumeReused", "warmStandbyReady", "offerRefused"]),
    // Nothing times out: the plain incident.
    (
      ["marketplace.search=\"1.171s\"", "marketplace.create=\"2.137s\"", "endpoint.change=\"3.119s\"",
        "machines.start=\"0.413s\"", "machines.resume=\"41.007s\"", "gpu.probes.ssh=\"0.127s\""],
      ["warmFailoverCompleted", "instanceDestroyed", "warmStandbyReady"]
    ),
    // The stopped GPU has been rented away: START waits, long or short, or is refused.
    (["machines.standbyRentedAway=\"100%\""], ["rentedAway", "warmFailoverFailed"]),
    (
      ["machines.standbyRentedAway=\"100%\"", "machines.rentalByOthers=\"17.3s\"", "machines.resume=\"37.3s\"",
        "endpoint.change=\"3.119s\""],
      ["rentedAway", "warmFailoverCompleted"]
    ),
    (
      ["machines.standbyRentedAway=\"100%\"", "machines.whenRentedAway=\"refused\""],
      ["rentedAway", "warmFailoverFailed"]
    ),
    // Every interruption takes the machine, for two hours or for a quarter of one.
    (["machines.interruptionTakesMachine=\"100%\""], ["machineLost", "volumeLost", "volumeDeleted", "noMachine"]),
    (
      ["machines.interruptionTakesMachine=\"100%\"", "machines.outage=\"901s\""],
      ["machineLost", "volumeLost", "warmStandbyReady"]
    ),
    // The machine goes before its GPU has ever served, and comes back without the volume.
    (
      ["interruptions={\"at\": [\"150s\"]}", "machines.interruptionTakesMachine=\"100%\"", "machines.outage=\"61.7s\"",
        "recovery.regions=[\"TH\"]"],
      ["volumeLost", "offerRefused", "failbackCompleted", "volumeDeleted"]
    ),
    // Losses while the next stopped GPU is being made, which is taken over.
    (
      ["interruptions={\"at\": [\"1873.913s\", \"1999.527s\", \"5004s\", \"5101.3s\", \"9200s\", \"9402.1s\"]}",
        "marketplace.search=\"1.171s\"", "marketplace.create=\"2.137s\"", "endpoint.change=\"3.119s\""],
      ["instanceStarted", "volumeReused"]
    ),
    // A check that takes too long is enough for a false failover: the GPU that works is stopped first.
    (["healthCheck.failureThreshold=1"], ["warmFailoverStarted"]),
    (["warmPool.autoProvision=false"], ["warmFailoverStarted"]),
    (["warmPool.minimumGPUs=4"], ["noMachine"]),
    (["recovery.maximumPrice=\"$0.10/h\""], ["noOffer"]),
  ]

  @Test(.enabled(if: Oracle.isThere, Comment(rawValue: Oracle.absence)), arguments: cases.indices)
  func `two implementations of a warm pool tell the same events to the nanosecond`(index: Int) throws {
    let (changes, kinds) = Self.cases[index]
    let run = try Run(Oracle.scenario("pool-incidents", changes), seed: 1, logsRoutine: true)
    let expected = try Oracle.events(of: "pool-incidents", changes)
    #expect(run.events.count == expected.count)
    if let (event, told) = zip(run.events, expected).first(where: { $1.line(of: $0) != $1.line }) {
      Issue.record("the simulator says \(told.line(of: event)), the oracle \(told.line)")
    }
    for kind in kinds { #expect(expected.contains { $0.kind == kind }, "\(kind)") }
    #expect(run.violations.isEmpty)
  }

  /// What the scenario is there for. Without it, the agreement above would say little.
  @Test func `GPUs are lost while they serve, while they stand by and while they are being prepared`() throws {
    let events = try Run(Oracle.scenario("pool-incidents"), seed: 1, logsRoutine: true).events
    let kinds = Set(events.map(\.kind.name))
    let rare = [
      "destroyFailed", "notificationFailed", "suspicionCleared", "warmStandbyFailed", "recoveryFailed", "offerRefused",
    ]
    #expect(kinds.isSuperset(of: rare), "missing: \(rare.filter { !kinds.contains($0) })")
    let steps = events.compactMap { if case .recoveryFailed(_, let step, _, _) = $0.kind { step } else { nil } }
    #expect(Set(steps).isSuperset(of: ["search", "provision"]))
    // One is lost between its start and its first user.
    let started = events.compactMap { event in
      if case .warmFailoverStarted(_, let to) = event.kind { (event.time, to) } else { nil }
    }
    let lost = events.contains { event in
      guard case .interrupted(let id, _, _) = event.kind else { return false }
      return started.contains { $0.1 == id && event.time - $0.0 < .seconds(120) && event.time > $0.0 }
    }
    #expect(lost)
  }
}

/// `Tests/oracle/pool.json`: a warm pool in an unkind market. Each side draws its own random numbers.
@Suite struct PoolOracleFigureTests {
  private static let count = 40

  /// Asked once for all tests.
  private static let oracle = Result { try Oracle.replications(of: "pool", count: count) }

  /// Means and numbers of events, with the share of the mean that three standard errors may come to: what is rare is
  /// known less well.
  private static let figures: [(name: String, sharpness: Double)] = [
    ("mttd", 0.05), ("mttrFull", 0.15),
    ("warmFailoverCompleted", 0.2), ("warmFailoverFailed", 0.25), ("warmStandbyReady", 0.15), ("instanceCreated", 0.15),
    ("machineLost", 0.35), ("rentedAway", 0.4), ("volumeReused", 0.3),
  ]

  @Test(.enabled(if: Oracle.isThere, Comment(rawValue: Oracle.absence)))
  func `the mean figures of two implementations of a warm pool agree within three standard errors`() async throws {
    async let asked = Self.oracle.get()
    let simulated = try Oracle.simulate("pool", seeds: 1...Self.count)
    let oracle = try await asked
    #expect(simulated.map(\.incidents).reduce(0, +) > 1000)
    for (name, sharpness) in Self.figures {
      let comparison = OracleComparison(name, simulated, oracle)
      #expect(abs(comparison.distance) < 3, "\(name): \(comparison)")
      #expect(3 * comparison.standardError < sharpness * comparison.oracle.mean, "\(name): \(comparison)")
    }
  }

  @Test(
    .enabled(if: Oracle.isThere, Comment(rawValue: Oracle.absence)),
    arguments: [
      ("healthCheck.interval=11s", "mttd"), ("machines.sshAfterResume={uniform: {low: 60s, high: 70s}}", "mttrFull"),
      ("machines.standbyRentedAway=60%", "mttrFull"), ("machines.interruptionTakesMachine=0%", "warmFailoverCompleted"),
    ])
  func `a pool or a market that is a little different is told apart`(change: String, figure: String) throws {
    let simulated = try Oracle.simulate("pool", seeds: 1...20, [change])
    let comparison = OracleComparison(figure, simulated, try Self.oracle.get())
    #expect(abs(comparison.distance) > 3, "\(comparison)")
  }
}
