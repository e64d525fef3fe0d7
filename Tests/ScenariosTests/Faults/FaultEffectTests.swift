import Failover
import FailoverSim
import Testing

@testable import Scenarios

/// Each fault has its effect, and ends.
@Suite struct FaultEffectTests {
  /// A quiet life with one fault after an hour.
  private func play(
    _ faults: String, _ overrides: [String] = [], seed: UInt64 = 1, until hours: Int64 = 3
  ) throws -> Run {
    let run = try Catalogue.run(
      "cpu-standby", ["interruptions={at: []}", "faults=[\(faults)]"] + overrides, seed: seed,
      until: .seconds(hours * 3600))
    #expect(run.violations.isEmpty, "\(faults): \(run.violations)")
    return run
  }

  private static let hour = Duration.seconds(3600)
  private static let allMethods = "healthCheck.methods=[api, tcp, ssh, process]"

  @Test func `a world without faults lives exactly as it did`() throws {
    let bare = try Catalogue.run("cpu-standby", until: .seconds(86_400))
    // A fault that never comes puts every adapter in its place and must change nothing.
    let armed = try Catalogue.run("cpu-standby", ["faults=[{notifierDown: {at: 60d}}]"], until: .seconds(86_400))
    #expect(bare.fingerprint == armed.fingerprint)
    #expect(bare.counts == armed.counts)
  }

  @Test func `a GPU that is lost is an interruption`() throws {
    let run = try play("{gpuLost: {at: 1h}}")
    #expect(LogQuery(run: run).times("interrupted") == [Self.hour])
    #expect(LogQuery(run: run).count("recoveryCompleted") == 1)
  }

  @Test(arguments: [("api", nil), ("tcp", nil), ("ssh", ProbeFailure.noBanner), ("process", .timedOut)])
  func `a frozen GPU passes api and tcp, does not greet, and times out for process`(
    method: String, failure: ProbeFailure?
  ) throws {
    let isNoticed = failure != nil
    let run = try play("{gpuFrozen: {at: 1h, for: 30min}}", ["healthCheck.methods=[\(method)]"])
    let failed = run.events.compactMap { event -> ProbeFailure? in
      if case .checkFailed(_, _, _, let failure) = event.kind { failure } else { nil }
    }
    #expect(failed == (failure.map { [$0, $0, $0] } ?? []))
    #expect(LogQuery(run: run).count("failoverCompleted") == (isNoticed ? 1 : 0))
    #expect(LogQuery(run: run).times("faultEnded") == [Self.hour + .seconds(1800)])
    // Users were cut off, so the failover is none without a fault.
    #expect(Metrics(run).falseFailovers == 0)
    let down = Metrics(run).availability.down
    #expect(isNoticed ? down < .seconds(120) : down == .seconds(1800))
    #expect(LogQuery(run: run).count("syncFailed") > 0, "transfers stall, and are given up")
  }

  @Test func `what a short freeze interrupts goes on where it was`() throws {
    // The first copy lasts from 0 to 397 s; ssh gives a silent connection up after 11.4 s.
    let short = try play("{gpuFrozen: {at: 100s, for: 10s}}", [], until: 1)
    #expect(LogQuery(run: short).count("syncFailed") == 0)
    let long = try play("{gpuFrozen: {at: 100s, for: 12s}}", [], until: 1)
    #expect(LogQuery(run: long).times("syncFailed") == [.milliseconds(111_400)])
  }

  @Test func `only a check that looks for the process sees that it has ended`() throws {
    for method in ["api", "tcp", "ssh"] {
      let run = try play("{gpuProcessDead: {at: 1h, for: 10min}}", ["healthCheck.methods=[\(method)]"])
      #expect(LogQuery(run: run).count("checkFailed") == 0, "\(method)")
      #expect(Metrics(run).availability.down == .seconds(600))
    }
    let run = try play("{gpuProcessDead: {at: 1h, for: 10min}}", [Self.allMethods])
    #expect(LogQuery(run: run).text("checkFailed", "reason") == "no process")
    #expect(LogQuery(run: run).count("failoverCompleted") == 1)
  }

  @Test func `a dead ssh server refuses at once, and nothing can be copied`() throws {
    let run = try play("{sshDown: {at: 1h, for: 10min}}")
    let query = LogQuery(run: run)
    #expect(query.count("failoverStarted") == 0, "the provider says that it runs")
    #expect(query.text("syncFailed", "detail").contains("refuses connections"))
    #expect(query.count("syncRecovered") == 1)
    let other = try play("{sshDown: {host: standby, at: 1h, for: 10min}}", [Self.allMethods])
    #expect(LogQuery(run: other).count("checkFailed") == 0)
    #expect(LogQuery(run: other).count("syncFailed") > 3)
  }

  @Test func `a key that is refused is told once, blamed on no machine, and not tried in a tight loop`() throws {
    let run = try play("{sshKeyExpired: {at: 1h, for: 30min}}", [Self.allMethods])
    let query = LogQuery(run: run)
    #expect(query.text("syncFailed", "reason") == "unauthorized")
    #expect(query.count("failoverStarted") == 0)
    #expect(run.told.filter { $0 == .credentialsRefused }.count == 1)
    // Waits of 5, 10, 20, 40 and then 60 s.
    #expect(query.count("syncFailed") < 36)
    #expect(query.count("syncRecovered") == 1)
  }

  @Test func `a marketplace that does not answer makes checks impossible, not a GPU lost`() throws {
    let run = try play("{marketplaceErrors: {at: 1h, for: 30min}}")
    let query = LogQuery(run: run)
    #expect(query.count("failoverStarted") == 0)
    #expect(query.count("checkFailed") > 100)
    #expect(run.told == [.checksImpossible])
  }

  @Test func `a share of failing passes fails that share of them`() throws {
    let run = try play("{syncFails: {share: 25%, at: 1h}}", [], until: 24)
    let rate = Double(LogQuery(run: run).count("syncFailed")) / Double(run.counts.syncsCompleted - 100)
    // A quarter fails: one for three that succeed; some 2000 passes.
    #expect(rate > 0.26 && rate < 0.42, "\(rate)")
  }

  @Test func `a stopped standby keeps its copy and a preempted one does not`() throws {
    let stopped = LogQuery(run: try play("{standbyStopped: {at: 1h}}"))
    #expect(stopped.count("instanceStarted") == 1 && stopped.count("standbyCreated") == 1)
    let preempted = LogQuery(run: try play("{standbyPreempted: {at: 1h}}"))
    #expect(preempted.count("standbyLost") == 1 && preempted.count("standbyCreated") == 2)
  }

  @Test func `a disk that fills tells of every tenth, and syncs fail from the byte that does not fit`() throws {
    // 100 GB, of which the copy takes 1.190002: 98.809998 GB at 100 MB/s are there after 988.1 s.
    let run = try play("{standbyDiskFull: {rate: 100MB/s, at: 1h, for: 1h}}")
    let query = LogQuery(run: run)
    let usages = run.events.compactMap { event -> Int64? in
      if case .diskUsage(_, let used, _) = event.kind { used.bytes } else { nil }
    }
    #expect(usages.first == 1_190_002_000)
    #expect(usages.dropFirst().dropLast().map { $0 / 10_000_000_000 } == Array(1...10))
    #expect(usages.last == 1_190_002_000)
    let full = Self.hour + .seconds(988)
    let failed = query.times("syncFailed")
    #expect(failed.allSatisfy { $0 > full - .seconds(1) && $0 < Self.hour * 2 + .seconds(60) })
    #expect(failed.count > 20)
    #expect(query.text("syncFailed", "reason") == "disk full")
    #expect(query.count("syncRecovered") == 1)
    let alerts = HealthReport(run).alerts.filter { $0.rule.watched == .standbyDisk }
    #expect(alerts.count == 1)
    // 80 GB less the copy at 100 MB/s.
    #expect(try #require(alerts.first).at - Self.hour > .milliseconds(788_099))
    #expect(try #require(alerts.first).at - Self.hour < .milliseconds(788_101))
  }

  @Test func `a disk that is full at once, or shrinks below the copy, takes nothing more`() throws {
    for fault in ["standbyDiskFull: {at: 1h, for: 30min}", "diskShrinks: {to: 1GB, at: 1h, for: 30min}"] {
      let query = LogQuery(run: try play("{\(fault)}"))
      #expect(query.text("syncFailed", "reason") == "disk full", "\(fault)")
      #expect(query.count("diskUsage") == 2)
      #expect(query.count("syncRecovered") == 1)
    }
  }

  @Test(arguments: [
    "noCapacity: {at: 59min, for: 30min}", "priceSpike: {factor: 10, at: 59min, for: 30min}",
    "offersVanish: {at: 59min, for: 30min}", "marketplaceErrors: {at: 3640s, for: 30min}",
    "marketplaceTimeouts: {at: 3640s, for: 30min}", "endpointStuck: {at: 3650s, for: 30min}",
    "partition: {between: [orchestrator, marketplace], at: 3640s, for: 30min}",
  ]) func `what keeps GPUs from being rented delays the recovery until it ends`(fault: String) throws {
    let run = try play("{\(fault)}, {gpuLost: {at: 1h}}", [], until: 4)
    let ended = try #require(LogQuery(run: run).first("faultEnded"))
    let completed = try #require(LogQuery(run: run).first("recoveryCompleted"))
    #expect(completed > ended)
    #expect(completed < ended + .seconds(1500), "a wait of five minutes and a recovery")
    #expect(LogQuery(run: run).count("recoveryCompleted") == 1)
  }

  @Test func `a price spike is told when it begins and when it ends`() throws {
    let run = try play("{priceSpike: {factor: 3, at: 1h, for: 1h}}")
    let prices = run.events.compactMap { event -> HourlyPrice? in
      if case .priceChanged(let price, _) = event.kind { price } else { nil }
    }
    #expect(prices == [HourlyPrice(perHour: .cents(135)), HourlyPrice(perHour: .cents(45))])
    #expect(HealthReport(run).alerts.filter { $0.rule.watched == .gpuPrice }.map(\.at) == [Self.hour])
  }

  @Test func `a limit on calls lets exactly so many through in any interval`() throws {
    // A check every 10 s, three of six a minute let through.
    let run = try play("{rateLimit: {calls: 3, per: 1min, at: 1h, for: 1h}}")
    let refused = LogQuery(run: run).count("checkFailed")
    #expect(refused >= 179 && refused <= 181)
    #expect(LogQuery(run: run).count("failoverStarted") == 0)
  }

  @Test func `a machine that cannot be given back is tried again until it is`() throws {
    // The lost GPU is due to be given back after some 12 minutes.
    let run = try play("{gpuLost: {at: 1h}}, {marketplaceErrors: {at: 4290s, for: 90min}}", ["healthCheck.methods=[ssh]"], until: 5)
    let query = LogQuery(run: run)
    if query.count("recoveryCompleted") == 1, query.times("recoveryCompleted")[0] < .seconds(4290 + 5400) {
      #expect(query.count("destroyFailed") > 5)
      #expect(run.told.contains(.giveBackFailing))
    }
    #expect(query.count("instanceDestroyed") >= 1)
    #expect(try #require(query.times("instanceDestroyed").last) > .seconds(4290 + 5400))
  }

  @Test func `the standby's provider can fail or have nothing left`() throws {
    for fault in ["computeErrors", "stockOut"] {
      let query = LogQuery(run: try play("{\(fault): {at: 1h, for: 30min}}, {standbyPreempted: {at: 3700s}}"))
      #expect(query.count("standbyCreated") == 2)
      #expect(query.times("standbyCreated")[1] > .seconds(5400), "\(fault)")
    }
    let errors = LogQuery(run: try play("{stockOut: {at: 1h, for: 30min}}, {standbyPreempted: {at: 3700s}}"))
    #expect(errors.count("standbyCreationFailed") > 2)
  }

  @Test func `an object store that is down lets snapshots fail, people know, and they go on`() throws {
    let run = try play("{objectStoreDown: {at: 1h, for: 30min}}", ["strategy=[cpuStandby, snapshots]"])
    let query = LogQuery(run: run)
    #expect(query.count("snapshotFailed") >= 3)
    #expect(query.times("snapshotFailed").allSatisfy { $0 >= Self.hour && $0 < .seconds(5500) })
    #expect(run.told == [.snapshotFailing])
  }

  @Test func `what people could not be told they are told later`() throws {
    let run = try play("{notifierDown: {at: 1h, for: 10min}}, {gpuLost: {at: 1h}}")
    let query = LogQuery(run: run)
    #expect(query.count("notificationFailed") > 0)
    #expect(try #require(query.first("notified")) > .seconds(4200))
    #expect(run.told == [.failoverStarted, .standbyActive, .gpuRestored, .failbackComplete])
  }

  @Test func `a fault that comes again and again is over before it comes again`() throws {
    let run = try play(
      "{syncFails: {every: {exponential: {mean: 20min}}, for: {uniform: {low: 1min, high: 5min}}}}", [], until: 24)
    let marks = run.events.compactMap { event -> Bool? in
      switch event.kind {
      case .faultBegan: true
      case .faultEnded: false
      default: nil
      }
    }
    #expect(marks.count > 60)
    #expect(zip(marks, marks.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test func `a fault without an end lasts to the end`() throws {
    let run = try play("{syncFails: {at: 1h}}")
    #expect(LogQuery(run: run).count("faultEnded") == 0)
    #expect(run.counts.syncsCompleted < 115)
  }
}
