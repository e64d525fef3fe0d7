import Failover
import FailoverSim
import Testing

@testable import Scenarios

@Suite struct WarmPoolInvariantTests {
  /// Months with an interruption every few hours, checked less often than in production so that 500 of them take seconds.
  @Test func `on five hundred seeds of whole months everything that must hold holds`() async throws {
    let sparse = [
      "healthCheck.interval=15min", "healthCheck.failureThreshold=1", "sync.interval=2h", "warmPool.checkInterval=4h",
      "interruptions={lifetimes: {weibull: {shape: 0.63, scale: 10h}}}",
    ]
    let variants = try [
      ("rented-away", ["machines.standbyRentedAway=40%"]),
      ("rented-away", ["strategy=warmPool", "machines.interruptionTakesMachine=10%"]),
      ("rented-away", ["machines.whenRentedAway=refused", "warmPool.fallsBackToStandby=false"]),
      ("machine-lost", ["machines.standbyRentedAway=20%", "recovery.sshTimeout=40s"]),
      ("machine-lost", ["strategy=warmPool", "machines.rentalByOthers=2d", "warmPool.autoProvision=false"]),
    ].map { try Catalogue.load("warm-pool/\($0.0)", sparse + $0.1).scenario }
    let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
      for worker in 0..<2 {
        group.addTask { @concurrent in
          var outcome = Outcome()
          for seed in stride(from: worker + 1, through: 500, by: 2) {
            outcome.add(try Run(variants[seed % variants.count], seed: UInt64(seed)), seed)
          }
          return outcome
        }
      }
      return try await group.reduce(into: Outcome()) { $0.add($1) }
    }
    #expect(results.violations.isEmpty, "\(results.violations.prefix(5))")
    #expect(results.incidents > 5_000)
    // Every course has really been taken.
    for (kind, count) in results.counts { #expect(count > 100, "\(kind)") }
  }

  private struct Outcome: Sendable {
    var violations: [String] = []
    var incidents = 0
    var counts = [
      "warmFailoverCompleted", "warmFailoverFailed", "rentedAway", "machineLost", "volumeLost", "volumeReused",
      "restoreCompleted", "warmStandbyFailed", "noMachine", "volumeDeleted",
    ].map { ($0, 0) }

    mutating func add(_ run: Run, _ seed: Int) {
      violations += run.violations.map { "seed \(seed): \($0)" }
      incidents += run.incidents.count
      for index in counts.indices { counts[index].1 += run.count(counts[index].0) }
    }

    mutating func add(_ other: Outcome) {
      violations += other.violations
      incidents += other.incidents
      for index in counts.indices { counts[index].1 += other.counts[index].1 }
    }
  }

  @Test func `twenty runs of one seed have one fingerprint`() throws {
    let scenario = try Catalogue.load("warm-pool/machine-lost", ["machines.standbyRentedAway=30%"]).scenario
    let prints = try (0..<20).map { _ in try Run(scenario, seed: 5, until: .seconds(86_400)).fingerprint }
    #expect(Set(prints).count == 1)
  }

  @Test func `a volume that nobody remembers is noticed`() {
    let ending = Run.Ending(
      length: .zero, violations: [], owned: [], existing: [], ownedVolumes: [VolumeID("a")],
      existingVolumes: [VolumeID("a"), VolumeID("b")])
    #expect(Invariants.violations(at: ending) == ["volume b exists, but the orchestrator does not know it"])
  }

  @Test func `a warm failover that never ends is noticed`() {
    let started = Event(
      time: .seconds(1), lane: .orchestrator, kind: .warmFailoverStarted(from: InstanceID("a"), to: InstanceID("b")))
    let recovery = Event(time: .seconds(2), lane: .orchestrator, kind: .recoveryStarted(attempt: 1))
    #expect(Invariants.violations(in: [started, started]).count == 1)
    #expect(Invariants.violations(in: [started, recovery]).count == 1)
  }

  /// The world is asked for what no orchestrator should ask.
  @Test func `two GPUs that write to one volume, and a GPU that serves although a volume has more, are noticed`() throws {
    let scenario = try PoolScenario.scenario(["interruptions={at: []}"])
    let log = EventLog()
    let violations = try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: log)
      world.start()
      let ports = world.ports()
      let (market, limit) = (ports.marketplace, Duration.seconds(30))
      let offer = try #require(scenario.world.marketplace.offers.first)
      let volume = try await market.createVolume(size: .gigabytes(100), on: offer.machine, timeout: limit)
      func rent(_ index: Int, _ volume: VolumeID?) async throws -> HostAddress {
        let order = InstanceOrder(scenario.world.marketplace.offers[index], volume: volume)
        let id = try await market.create(order, timeout: limit)
        try await simulation.clock.sleep(for: .seconds(200))
        return try #require(try await market.describe(id, timeout: limit).address)
      }
      let first = try await rent(0, volume)
      let second = try await rent(1, volume)
      let third = try await rent(2, nil)
      try await ports.router.route(to: first, timeout: limit)
      try await simulation.clock.sleep(for: .seconds(60))
      try await ports.router.route(to: second, timeout: limit)
      try await ports.router.route(to: third, timeout: limit)
      return world.violations
    }
    #expect(try #require(violations).count == 2)
    #expect(violations?.first == "gpu 1002 and gpu 1001 write to volume volume-1 at once")
    #expect(violations?.last?.hasPrefix("gpu 1003 serves") == true)
  }
}
