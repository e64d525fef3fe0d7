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

  @Test func `lost packets bound one stream as Mathis and others have it`() throws {
    let spots: [Spot] = [.orchestrator, .gpu(InstanceID("1"))]
    var faults = ActiveFaults()
    let stream = RandomStream(seed: 1, name: "test")
    _ = faults.begin(.packetLoss(Way(.orchestrator, .gpu), Ratio.percent(1)), at: spots, .start, stream)
    let network = NetworkModel(
      link: .megabitsPerSecond(1000), rsync: .megabytesPerSecond(100), keepAlive: .seconds(10))
    // 1460 / 0.024 · √1.5 / √0.01 = 745,053.
    let rate = faults.links.rate(from: spots[0], to: spots[1], network)
    #expect(abs(rate.bytesPerSecond - 745_053) <= 1)
    #expect(faults.links.rate(from: spots[1], to: spots[0], network) == rate, "both ways")
    #expect(faults.links.rate(from: .objectStore, to: spots[1], network) == .megabytesPerSecond(100))
    // 76 ms more make 100 ms: the window of 2 MiB bounds at 20,971,520 B/s, the loss at 178,812.
    _ = faults.begin(.latency(Way(.orchestrator, .gpu), .milliseconds(38)), at: spots, .start, stream)
    #expect(abs(faults.links.rate(from: spots[0], to: spots[1], network).bytesPerSecond - 178_812) <= 1)
  }

  @Test(arguments: [(2000, 5, true), (2000, 10, false), (1200, 5, false)])
  func `latency fails a check exactly when two round trips outlast it`(added: Int, timeout: Int, fails: Bool) throws {
    let run = try play(
      "{latency: {between: [orchestrator, gpu], added: \(added)ms, at: 1h, for: 10min}}",
      ["healthCheck={interval: 20s, timeout: \(timeout)s, methods: [ssh]}"])
    #expect((LogQuery(run: run).count("checkFailed") > 0) == fails)
  }
}
