import Failover
import Testing

@testable import Scenarios

@Suite struct MetricTableTests {
  @Test func `names are unique, and each metric gives figures of its own unit`() throws {
    let names = MetricTable.names
    #expect(Set(names).count == names.count)
    for run in try Fixture.runs() {
      for row in MetricTable(run).rows {
        #expect(row.value.unit == MetricTable.definition(row.name)?.unit, "\(row.name)")
      }
    }
  }

  @Test func `every metric has a figure in some run, in the order of the table`() throws {
    let samples = SampleEvents.kinds.map { Event(time: .zero, lane: .orchestrator, kind: $0) }
    let sample = MetricTable(events: samples, counts: RoutineCounts(), length: .seconds(1), violations: 0)
    let snapshots = MetricTable(try Catalogue.run("snapshots/example-70s"))
    let training = MetricTable(
      events: Written.incident, counts: RoutineCounts(), length: .seconds(2000),
      workload: .training(CheckpointSchedule(interval: .seconds(60))))
    let tables = try Fixture.runs().map(MetricTable.init) + [sample, snapshots, training]
    for name in MetricTable.names {
      #expect(tables.contains { $0[name] != nil }, "\(name)")
    }
    let names = MetricTable.names
    for table in tables {
      let places = table.rows.compactMap { row in names.firstIndex(of: row.name) }
      #expect(places == places.sorted())
    }
  }

  /// Every figure worked out by hand from the twenty lines of the log.
  @Test func `the figures of a log are those one reads off it`() {
    var counts = RoutineCounts()
    counts.syncsCompleted = 99
    counts.checksPassed = 300
    let table = MetricTable(events: Written.incident, counts: counts, length: .seconds(2000))
    let expected: [(String, MetricValue?)] = [
      ("mttd.mean", .duration(.seconds(10))), ("mttd.p95", .duration(.seconds(10))),
      ("mttrDegraded.p50", .duration(.seconds(20))), ("mttrFull.max", .duration(.seconds(100))),
      ("rpo.min", .duration(.seconds(30))),
      // 1000 s before the fault, 900 s after it; 70 s of standby; 20 s and 10 s of nobody.
      ("availability.full", .share(ratio(1900, 2000))), ("availability.degraded", .share(ratio(70, 2000))),
      ("availability.down", .share(ratio(30, 2000))), ("availability.serving", .share(ratio(1970, 2000))),
      ("interruptions", .count(1)), ("failovers", .count(1)), ("falseFailovers", .count(0)),
      // 2000 s go into 30 days 1296 times.
      ("interruptions.month", .count(1296)), ("failovers.month", .count(1296)), ("falseFailovers.month", .count(0)),
      ("failover.successRate", .share(.one)), ("recovery.successRate", .share(ratio(1, 2))),
      ("restore.successRate", .share(.one)),
      ("unsynced.total", .bytes(.megabytes(20))), ("unsynced.max", .bytes(.megabytes(20))),
      ("sync.successRate", .share(ratio(99, 100))), ("check.failureRate", .share(.zero)),
      // The GPU ran for 1000 s at $0.36/h, which is $0.10; the new one is free.
      ("cost.gpu", .money(.cents(10))), ("cost.standby", .money(Money(nanodollars: 5_555_555))),
      ("cost.gpu.month", .money(.cents(12_960))), ("cost.overhead", .money(Money(nanodollars: 5_555_555))),
      ("cost.volume.month", .money(.zero)),
      // 30 s of a GPU at $0.36/h.
      ("lostWork", .money(Money(nanodollars: 3_000_000))),
      ("notices.delivered", .count(1)), ("notices.failed", .count(1)), ("notices.deliveryRate", .share(ratio(1, 2))),
      ("invariants.violated", nil),
      ("alerts.syncFailures", .count(0)), ("alerts.checkFailures", .count(0)), ("alerts.recoveryAttempts", .count(1)),
    ]
    for (name, value) in expected {
      #expect(MetricTable.definition(name) != nil, "\(name)")
      #expect(table[name] == value, "\(name)")
    }
  }

  @Test func `what a quiet run has no figure for is absent, not zero`() throws {
    let table = MetricTable(try Run(Fixture.quiet, seed: 1))
    for prefix in ["mttd", "mttrDegraded", "mttrFull", "rpo", "unsynced"] {
      #expect(!table.rows.contains { $0.name.hasPrefix(prefix + ".") })
    }
    #expect(table["recovery.successRate"] == nil && table["notices.deliveryRate"] == nil)
    #expect(table["failovers"] == .count(0) && table["invariants.violated"] == .count(0))
  }

  @Test func `a drill has no monthly rates, and nothing at all has no shares`() throws {
    let drill = MetricTable(try Run(Fixture.drill, seed: 1))
    #expect(!drill.rows.contains { $0.name.hasSuffix(".month") })
    #expect(drill["mttd.mean"] != nil)
    let nothing = MetricTable(events: [], counts: RoutineCounts(), length: .zero)
    #expect(nothing.rows.allSatisfy { $0.value.unit != .share && !$0.name.hasSuffix(".month") })
  }

  private func table(_ kinds: [EventKind]) -> MetricTable {
    let events = Written.log(kinds.enumerated().map { ($0.offset, $0.element) })
    return MetricTable(events: events, counts: RoutineCounts(), length: .seconds(100))
  }

  @Test func `a failover that leaves nobody serving has failed, its single attempts have not`() {
    let started = EventKind.failoverStarted(from: Written.address, to: Written.address)
    let table = table([
      .phaseChanged(from: .suspicious, to: .failingOver), started, .failoverFailed("attempt 1"),
      .failoverFailed("attempt 2"), .phaseChanged(from: .failingOver, to: .degraded),
      .phaseChanged(from: .suspicious, to: .failingOver), started, .failoverFailed("attempt 1"),
      .phaseChanged(from: .failingOver, to: .down),
      // A warm GPU takes over.
      .phaseChanged(from: .suspicious, to: .failingOver),
      .warmFailoverStarted(from: InstanceID("1"), to: InstanceID("2")),
      .phaseChanged(from: .failingOver, to: .protected),
      // There is nothing to move to.
      .phaseChanged(from: .suspicious, to: .failingOver), .phaseChanged(from: .failingOver, to: .down),
    ])
    #expect(table["failovers"] == .count(4))
    #expect(table["failover.successRate"] == .share(ratio(2, 3)))
  }

  @Test func `renting the first GPU is no recovery`() {
    let failed = EventKind.recoveryFailed(attempt: 1, step: "search", PortError(.refused, ""), retryIn: .zero)
    let first: [EventKind] = [
      .phaseChanged(from: .preparing, to: .recovering), .recoveryStarted(attempt: 1), failed,
      .recoveryStarted(attempt: 2), .recoveryCompleted(attempts: 2),
    ]
    let later: [EventKind] = [
      .phaseChanged(from: .down, to: .recovering), .recoveryStarted(attempt: 1), failed,
      .recoveryStarted(attempt: 2), .recoveryCompleted(attempts: 2),
    ]
    #expect(table(first)["recovery.successRate"] == nil)
    #expect(table(first + later)["recovery.successRate"] == .share(ratio(1, 2)))
    #expect(table(later + later)["recovery.successRate"] == .share(ratio(2, 4)))
  }

  /// The same log, read by the reports' own code.
  @Test func `the table agrees with the metrics of the reports`() throws {
    for run in try Fixture.runs() {
      let (table, metrics) = (MetricTable(run), Metrics(run))
      #expect(table["mttd.mean"] == metrics.timeToDetect.mean.map(MetricValue.duration))
      #expect(table["mttrFull.p95"] == metrics.timeToFullService.percentile95.map(MetricValue.duration))
      #expect(table["cost.total"] == .money(metrics.cost.total))
      #expect(table["interruptions"] == .count(metrics.interruptions))
    }
  }
}

@Suite struct MetricValueTests {
  @Test(arguments: [
    (MetricValue.duration(.milliseconds(769_200)), "12 min 49 s", "12min49.2s"),
    (.money(.cents(720)), "$7.20", "$7.20"), (.money(Money(nanodollars: 5_500_000)), "$0.0055", "$0.0055"),
    (.share(ratio(99_555, 100_000)), "99.555 %", "99.555%"), (.share(ratio(1, 3)), "33.333 %", "1/3"),
    (.share(.one), "100 %", "100%"), (.count(3), "3", "3"), (.count(ratio(1, 2)), "0.5", "0.5"),
    (.bytes(.megabytes(40)), "40 MB", "40MB"),
  ]) func `figures read as people and files write them`(value: MetricValue, people: String, file: String) {
    #expect(value.description == people)
    #expect(value.written == file)
  }

  @Test func `figures of different units are never more than each other`() {
    let values: [MetricValue] = [
      .duration(.seconds(1)), .money(.cents(1)), .share(.one), .count(1), .bytes(ByteCount(1)),
    ]
    let zeros: [MetricValue] = [.duration(.zero), .money(.zero), .share(.zero), .count(0), .bytes(.zero)]
    for (i, value) in values.enumerated() {
      for (j, zero) in zeros.enumerated() { #expect(value.exceeds(zero) == (i == j)) }
      #expect(!value.exceeds(value))
    }
  }
}

/// A fraction that is known to be one.
func ratio(_ a: Int64, _ b: Int64) -> Ratio { Ratio(a, over: b) ?? .zero }
