import Failover

extension Claim {
  /// What the documents claim of times, losses, success, availability and monthly costs, by strategy.
  ///
  /// Where two documents say the same it stands once, under the one that says it most fully. Goals ("under 20 min" as a
  /// target of monitoring) are no claims; sums over the documents' own prices are `CostClaims`.
  public static let all: [Claim] = warmPool + standby + standbySteps + success + standbyOnDemand + snapshots + whole

  /// What the executive summary says of production beside the drill's figures.
  static let production: [Claim] = [
    Claim(.executiveSummary, .standby, "detection", .atMost(.detection, .seconds(30))),
    Claim(
      .executiveSummary, .standby, "decision to fail over", .times(.failoverStart, .lessThan(.seconds(1)))),
    Claim(
      .executiveSummary, .standby, "switch to the standby", .times(.transition, .range(.seconds(2), .seconds(5))),
      note: "elsewhere the same summary says less than 2 s", isAssumed: true),
    Claim(
      .executiveSummary, .standby, "recovery, once begun", .times(.recovery, .range(minutes(10), minutes(20)))),
    Claim(
      .executiveSummary, .standby, "recovered at the first attempt", .rate(.firstAttempt, 98, to: 99)),
  ]

  private static func minutes(_ number: Int) -> Duration { .seconds(60 * number) }

  // MARK: The warm pool

  private static let warmPool: [Claim] = [
    Claim(
      .warmPoolGuide, .warmPool, "recovery by the second GPU",
      .times(.gpuService, .range(.seconds(30), .seconds(60))), note: "the same guide's timeline says 60 to 90 s"),
    Claim(
      .warmPoolGuide, .warmPool, "the same, by its timeline",
      .times(.gpuService, .range(.seconds(60), .seconds(90))), note: "the same guide promises 30 to 60 s"),
    Claim(
      .executiveSummary, .warmPool, "detection", .atMost(.detection, .milliseconds(100)),
      note: "its own settings check every 10 s"),
    Claim(
      .executiveSummary, .warmPool, "second GPU told to start", .atMost(.detection, .milliseconds(500)),
      note: "it is told at the detection"),
    Claim(
      .executiveSummary, .warmPool, "second GPU running",
      .times(.warm(through: "warm start"), .range(.seconds(30), .seconds(60))), isAssumed: true),
    Claim(
      .executiveSummary, .warmPool, "second GPU answers over ssh",
      .times(.warm(through: "ssh wait"), .range(.seconds(60), .seconds(90))), isAssumed: true),
    Claim(
      .warmPoolGuide, .warmPoolAlone, "warm pool, a month", .monthly(.moneyRange(.cents(500), .cents(1000)))),
  ]

  // MARK: The standby that runs

  private static let standby: [Claim] =
    production + [
      Claim(.simulationReport, .standby, "detection", .times(.detection, .about(.seconds(30)))),
      Claim(
        .executiveSummary, .standby, "transition", .times(.transition, .lessThan(.seconds(2))),
        note: "the same summary's table says 2 to 5 s", isAssumed: true),
      Claim(
        .executiveSummary, .standby, "CPU takes over", .times(.standbyService, .lessThan(.seconds(2))),
        note: "detection alone takes up to 30 s, says the same summary"),
      Claim(
        .executiveSummary, .standby, "downtime", .times(.standbyService, .range(.seconds(2), .seconds(5))),
        note: "detection alone takes up to 30 s, says the same summary"),
      Claim(
        .warmPoolGuide, .standby, "recovery", .times(.gpuService, .range(minutes(10), minutes(20)))),
      Claim(
        .simulationReport, .standby, "until the system is ready",
        .times(.gpuService, .range(minutes(15), minutes(20))),
        note: "elsewhere the same report says 10 to 20 min, typically"),
      Claim(
        .executiveSummary, .standby, "most work that is lost", .atMost(.dataAge, .seconds(30)),
        note: "elsewhere the same summary says zero"),
      Claim(
        .warmPoolGuide, .standbyAlone, "CPU standby, a month", .monthly(.money(.cents(1100), step: .cents(100)))),
      Claim(
        .warmPoolGuide, .standbyAlone, "the same, compared", .monthly(.moneyRange(.cents(1100), .cents(2800)))),
    ]

  private static let standbySteps: [Claim] = [
    Claim(
      .simulationReport, .standby, "search", .times(.phase("search"), .about(.seconds(1))), isAssumed: true),
    Claim(
      .simulationReport, .standby, "provisioning", .times(.phase("provision"), .range(minutes(2), minutes(5))),
      note: "elsewhere the same report says about 2 min", isAssumed: true),
    Claim(
      .simulationReport, .standby, "provisioning, in its metrics", .times(.phase("provision"), .about(minutes(2))),
      note: "elsewhere the same report says 2 to 5 min", isAssumed: true),
    Claim(
      .simulationReport, .standby, "ssh", .times(.phase("ssh wait"), .range(.seconds(30), .seconds(60))),
      note: "the executive summary says 1 to 2 min", isAssumed: true),
    Claim(
      .simulationReport, .standby, "ssh at worst", .atMost(.phase("ssh wait"), minutes(5)), isAssumed: true),
    Claim(
      .executiveSummary, .standby, "ssh", .times(.phase("ssh wait"), .range(minutes(1), minutes(2))),
      note: "the simulation report says 30 to 60 s", isAssumed: true),
    Claim(
      .simulationReport, .standby, "restore at best",
      .statistic(.shortest, .phase("restore"), .range(minutes(1), minutes(2)))),
    Claim(
      .simulationReport, .standby, "restore, typically",
      .statistic(.median, .phase("restore"), .range(minutes(5), minutes(10)))),
    Claim(
      .simulationReport, .standby, "restore at worst",
      .statistic(.longest, .phase("restore"), .orMore(minutes(30)))),
    Claim(
      .warmPoolGuide, .standby, "restore by rsync", .times(.phase("restore"), .range(minutes(5), minutes(30)))),
    Claim(
      .executiveSummary, .standby, "restore, as a known limit",
      .times(.phase("restore"), .range(minutes(10), minutes(30))),
      note: "elsewhere the same summary says 5 to 30 min"),
  ]

  private static let success: [Claim] = [
    Claim(.simulationReport, .standby, "faults detected", .rate(.detected, 95, to: 95)),
    Claim(.executiveSummary, .standby, "precision of detection", .rate(.precise, 95, to: 100)),
    Claim(
      .simulationReport, .standby, "failovers that succeed", .rate(.metric("failover.successRate"), 100, to: 100)),
    Claim(
      .simulationReport, .standby, "auto-recovery", .rate(.metric("recovery.successRate"), 100, to: 100),
      note: "one recovery of one, in its drill"),
    Claim(
      .simulationReport, .standby, "restores that succeed", .rate(.metric("restore.successRate"), 100, to: 100)),
    Claim(.simulationReport, .standby, "syncs that succeed", .rate(.metric("sync.successRate"), 100, to: 100)),
    Claim(
      .simulationReport, .standby, "reliability", .rate(.metric("availability.serving"), 95, to: 99),
      note: "the report does not say of what: here the time in which somebody serves"),
  ]

  // MARK: The standby that is off

  private static let standbyOnDemand: [Claim] = [
    Claim(.standbyGuide, .standbyOnDemand, "detection", .times(.detection, .about(.seconds(5)))),
    Claim(
      .standbyGuide, .standbyOnDemand, "activation of the standby", .times(.failoverStart, .about(.seconds(10))),
      isAssumed: true),
    Claim(
      .standbyGuide, .standbyOnDemand, "download of the backup",
      .times(.transition, .range(.seconds(30), minutes(5))), note: "here with the switch of users that follows"),
    Claim(.standbyGuide, .standbyOnDemand, "system ready", .times(.standbyService, .about(minutes(1)))),
  ]

  // MARK: Snapshots

  private static let snapshots: [Claim] = [
    Claim(
      .failoverSystem, .snapshots, "detection", .times(.detection, .lessThan(.seconds(1))),
      note: "by a time-out of heartbeats that come every 30 s"),
    Claim(
      .failoverSystem, .snapshots, "search", .times(.phase("search"), .range(.seconds(2), .seconds(5))),
      isAssumed: true),
    Claim(
      .failoverSystem, .snapshots, "provisioning", .times(.phase("provision"), .range(.seconds(30), .seconds(60))),
      note: "the simulation report says 2 to 5 min", isAssumed: true),
    Claim(
      .failoverSystem, .snapshots, "ssh", .times(.phase("ssh wait"), .range(.seconds(30), minutes(2))),
      isAssumed: true),
    Claim(
      .failoverSystem, .snapshots, "restore", .times(.phase("restore"), .range(.seconds(10), .seconds(30)))),
    Claim(
      .failoverSystem, .snapshots, "inference", .times(.phase("inference"), .range(.seconds(5), .seconds(15))),
      isAssumed: true),
    Claim(
      .failoverSystem, .snapshots, "recovery", .times(.gpuService, .range(minutes(1), minutes(2))),
      note: "elsewhere the same document says less than 60 s"),
    Claim(
      .failoverSystem, .snapshots, "inference resumes", .times(.gpuService, .lessThan(minutes(1))),
      note: "the same document's total is 60 to 120 s"),
    Claim(.failoverSystem, .snapshots, "snapshots", .snapshots(every: .seconds(30))),
    Claim(
      .failoverSystem, .snapshots, "data lost", .nothingLost,
      note: "what is written after the last snapshot, 30 s by the same answer, is in none"),
    Claim(
      .failoverSystem, .standbyAndSnapshots, "failover ready, a month",
      .monthly(.money(.cents(1000), step: .cents(100)))),
  ]

  // MARK: All of it

  private static let whole: [Claim] = [
    Claim(
      .warmPoolGuide, .standbyAndSnapshotsBehindAnything, "recovery when the host is lost",
      .times(.gpuServiceWithoutMachine, .range(minutes(15), minutes(30)))),
    Claim(
      .executiveSummary, .anyProtection, "data lost, in all scenarios", .nothingLost,
      note: "elsewhere the same summary says up to 30 s"),
    Claim(
      .executiveSummary, .anyProtection, "in all, a month", .monthly(.moneyRange(.cents(500), .cents(2000)))),
  ]
}
