import Failover
import Testing

@testable import FailoverSim
@testable import Scenarios

/// Faults of the network.
@Suite struct FaultyLinkTests {
  private func play(_ faults: String, _ overrides: [String] = [], until hours: Int64 = 3) throws -> Run {
    let run = try Catalogue.run(
      "cpu-standby", ["interruptions={at: []}", "faults=[\(faults)]"] + overrides, until: .seconds(hours * 3600))
    #expect(run.violations.isEmpty, "\(faults): \(run.violations)")
    return run
  }

  @Test(arguments: [
    // What is cut, the sync's route, whether syncs fail and whether ssh checks do.
    ("[gpu, orchestrator]", "relay", true, true), ("[gpu, standby]", "relay", false, false),
    ("[gpu, standby]", "direct", true, false), ("[standby, orchestrator]", "relay", true, false),
    ("[users, gpu]", "relay", false, false), ("[users, gpu]", "direct", false, false),
    ("[orchestrator, objectStore]", "relay", false, false),
  ]) func `a partition breaks what crosses it and nothing else`(
    places: String, route: String, syncsFail: Bool, checksFail: Bool
  ) throws {
    for oneWay in [false, true] {
      let run = try play(
        "{partition: {between: \(places), oneWay: \(oneWay), at: 1h, for: 20s}}",
        ["sync.route=\(route)", "sync.interval=5s", "healthCheck.methods=[api, ssh]", "strategy=[cpuStandby, snapshots]"],
        until: 2)
      let query = LogQuery(run: run)
      #expect((query.count("syncFailed") > 0) == syncsFail, "\(places) \(route)")
      #expect((query.count("checkFailed") > 0) == checksFail, "\(places) \(route)")
      #expect(Metrics(run).availability.down == (places.contains("users") ? .seconds(20) : .zero))
      #expect(query.count("failoverStarted") == 0)
    }
  }

  @Test func `after a partition has made a false failover the old GPU is given back`() throws {
    let run = try play(
      "{partition: {between: [orchestrator, gpu], at: 1h, for: 2h}}", ["healthCheck.methods=[ssh]"], until: 4)
    #expect(Metrics(run).falseFailovers == 1)
    #expect(LogQuery(run: run).count("instanceDestroyed") == 1)
    #expect(Metrics(run).availability.full > .seconds(4 * 3600 - 1500))
  }

  @Test func `a slow link carries a pass at its rate, also from the middle on`() throws {
    // Half of the first leg, 1190.002 MB at 6 MB/s, takes 99.167 s; the second half at 3 MB/s 198.33 s.
    let atOnce = ["standby.creation=0s", "marketplace.describe=0s", "endpoint.change=0s"]
    let undisturbed = try play(
      "{slowLink: {between: [gpu, orchestrator], factor: 1%, at: 2h, for: 1s}}", atOnce, until: 1)
    let slowed = try play(
      "{slowLink: {between: [gpu, orchestrator], rate: 3MB/s, at: 99.5668333s, for: 1h}}", atOnce, until: 1)
    let first = try #require(undisturbed.counts.longestSync), second = try #require(slowed.counts.longestSync)
    let added = second - first
    #expect(added > .milliseconds(99_160) && added < .milliseconds(99_180), "\(added)")
  }

  /// How long a stream of ssh takes for 10 s' worth of bytes at a rate, in a world with faults on the way between
  /// orchestrator and GPU.
  private func time(
    atRate rate: Int64, from source: Spot, to destination: Spot, _ faults: [FaultKind]
  ) throws -> Duration? {
    let scenario = try Catalogue.load("cpu-standby", ["network={link: 1000Mbit/s, rsync: 100MB/s}"]).scenario
    return try Simulation(seed: 1).run { simulation in
      let world = World(simulation: simulation, model: scenario.world, log: EventLog())
      var active = ActiveFaults()
      for kind in faults {
        _ = world.lay(active.begin(kind, at: [.orchestrator, .gpu(scenario.world.gpu.id)], .start, stream))
      }
      let sites = world.state { state in [source, destination].compactMap { state.place(of: $0)?.site } }
      return try await world.network.carry(
        Transfer(ByteCount(rate * 10), from: sites[0], to: sites[1], limit: .megabytesPerSecond(100), stream: .ssh)
      ) { false }
    }
  }

  private var stream: RandomStream { RandomStream(seed: 1, name: "test") }

  @Test func `lost packets bound one stream as Mathis and others have it`() throws {
    let gpu = Spot.gpu(try Catalogue.load("cpu-standby").scenario.world.gpu.id)
    let (orchestrator, store) = (Spot.orchestrator, Spot.objectStore)
    func isTenSeconds(_ time: Duration?) -> Bool { time.map { abs(($0 - .seconds(10)) / .microseconds(1)) < 60 } ?? false }
    let loss = FaultKind.packetLoss(Way(.orchestrator, .gpu), Ratio.percent(1))
    // 1460 / 0.024 · √1.5 / √0.01 = 745,053.
    #expect(isTenSeconds(try time(atRate: 745_053, from: orchestrator, to: gpu, [loss])))
    #expect(isTenSeconds(try time(atRate: 745_053, from: gpu, to: orchestrator, [loss])), "both ways")
    #expect(try time(atRate: 100_000_000, from: store, to: gpu, [loss]) == .seconds(10), "another way")
    // 76 ms more make 100 ms: the window of 2 MiB bounds at 20,971,520 B/s, the loss at 178,812.
    let latency = FaultKind.latency(Way(.orchestrator, .gpu), .milliseconds(38))
    #expect(isTenSeconds(try time(atRate: 20_971_520, from: orchestrator, to: gpu, [latency])))
    #expect(isTenSeconds(try time(atRate: 178_812, from: gpu, to: orchestrator, [latency, loss])))
    // One way the loss and the delay of the data's direction count, and the way back is no shorter for it.
    let oneWay = FaultKind.packetLoss(Way(.orchestrator, .gpu, isOneWay: true), Ratio.percent(1))
    #expect(isTenSeconds(try time(atRate: 745_053, from: orchestrator, to: gpu, [oneWay])))
    #expect(isTenSeconds(try time(atRate: 87_381_333, from: gpu, to: orchestrator, [oneWay])))
  }

  @Test(arguments: [(2000, 5, true), (2000, 10, false), (1200, 5, false)])
  func `latency fails a check exactly when two round trips outlast it`(added: Int, timeout: Int, fails: Bool) throws {
    let run = try play(
      "{latency: {between: [orchestrator, gpu], added: \(added)ms, at: 1h, for: 10min}}",
      ["healthCheck={interval: 20s, timeout: \(timeout)s, methods: [ssh]}"])
    #expect((LogQuery(run: run).count("checkFailed") > 0) == fails)
  }
}
