import Failover

/// The named figures of a run, in a fixed order.
///
/// Rubrics, limits and comparisons all find a figure by its name here. What a run has no figure for (the time to detect
/// where nothing was lost, a monthly rate in a drill) is absent: never zero.
public struct MetricTable: Sendable {
  public struct Row: Sendable, Hashable {
    public let name: String
    public let value: MetricValue
  }

  public let rows: [Row]
  /// A script decided when things happened and how long they took: times and shares say nothing of operation.
  public let isScripted: Bool

  public init(_ run: Run) {
    self.init(MetricInputs(run))
  }

  init(_ inputs: MetricInputs) {
    isScripted = inputs.isScripted
    rows = Self.definitions.compactMap { definition in
      definition.read(inputs).map { Row(name: definition.name, value: $0) }
    }
  }

  /// The figures of a log, whether simulated or kept while protecting a real GPU.
  ///
  /// - Parameters:
  ///   - counts: what the log counted instead of logging it.
  ///   - length: how long the log is; what is open then is cut there.
  ///   - isScripted: a script decided when things happened; there are no monthly rates then.
  ///   - violations: how many of what must always hold did not; `nil` where nobody looked.
  ///   - workload: what ran on the GPUs.
  ///   - rules: when people are to be called.
  ///   - charges: what is paid for; at the documents' prices, when `nil`.
  public init(
    events: [Event], counts: RoutineCounts, length: Duration, isScripted: Bool = false, violations: Int? = nil,
    workload: Workload = .interactive, rules: [AlertRule] = AlertRule.documented, charges: Charges? = nil
  ) {
    self.init(
      MetricInputs(
        events: events, counts: counts, length: length, isScripted: isScripted, violations: violations,
        workload: workload, rules: rules, charges: charges))
  }

  /// A table of figures that come from elsewhere, such as the means of many runs.
  public init(_ rows: [Row], isScripted: Bool = false) {
    self.rows = rows
    self.isScripted = isScripted
  }

  /// The figure of that name, if the run has it.
  public subscript(name: String) -> MetricValue? { rows.first { $0.name == name }?.value }

  /// What a name stands for; `nil` for a name that is not in the table.
  public static func definition(_ name: String) -> MetricDefinition? { definitions.first { $0.name == name } }

  /// The names of all metrics, in their order.
  public static let names = definitions.map(\.name)

  /// Every metric there is. A new one is one more line; the order is that of reports.
  public static let definitions: [MetricDefinition] =
    summaries.flatMap(statistics) + [
      .share("availability.full", .higher, "share of the time in which a GPU served") { $0.share(\.full) },
      .share("availability.degraded", .neither, "share in which the standby served") { $0.share(\.degraded) },
      .share("availability.down", .lower, "share in which nobody served") { $0.share(\.down) },
      .share("availability.serving", .higher, "share in which somebody served") { $0.share(\.serving) },

      .count("interruptions", .neither, "GPUs lost while they served") { $0.metrics.interruptions },
      .monthly("interruptions.month", .neither, "the same in 30 days") { $0.metrics.interruptions },
      .count("failovers", .lower, "failovers begun") { $0.tally.failovers },
      .monthly("failovers.month", .lower, "the same in 30 days") { $0.tally.failovers },
      .count("falseFailovers", .lower, "failovers without a fault") { $0.metrics.falseFailovers },
      .monthly("falseFailovers.month", .lower, "the same in 30 days") { $0.metrics.falseFailovers },
      .share("failover.successRate", .higher, "failovers after which somebody served") {
        $0.share($0.tally.succeeded, and: $0.tally.failed)
      },
      .share("recovery.successRate", .higher, "attempts to get a GPU back that succeeded") {
        $0.share($0.tally.recoveriesSucceeded, and: $0.tally.recoveriesFailed)
      },
      .share("restore.successRate", .higher, "copies back to a new GPU that succeeded") {
        $0.share(
          $0.count("restoreCompleted") + $0.count("snapshotRestored"),
          and: $0.count("restoreFailed") + $0.count("snapshotRestoreFailed"))
      },

      .bytes("unsynced.total", .lower, "written and not copied when GPUs were lost") { inputs in
        let lost = inputs.incidents.compactMap(\.unsynced)
        return lost.isEmpty ? nil : lost.reduce(.zero, +)
      },
      .bytes("unsynced.max", .lower, "the same, the most in one incident") {
        $0.incidents.compactMap(\.unsynced).max()
      },

      .count("sync.completed", .higher, "syncs that succeeded") { $0.routine.syncsCompleted },
      .count("sync.failed", .lower, "syncs that failed") { $0.count("syncFailed") },
      .share("sync.successRate", .higher, "syncs that succeeded, of all") {
        $0.share($0.routine.syncsCompleted, and: $0.count("syncFailed"))
      },
      .bytes("sync.bytes", .lower, "sent by syncs") { $0.routine.bytesSynced },
      .count("snapshot.saved", .higher, "snapshots that were saved") { $0.routine.snapshots.saved },
      .count("snapshot.failed", .lower, "snapshots that failed") { $0.count("snapshotFailed") },
      .share("snapshot.successRate", .higher, "snapshots that were saved, of all") {
        $0.share($0.routine.snapshots.saved, and: $0.count("snapshotFailed"))
      },
      .bytes("snapshot.bytes", .lower, "sent to the object store") { $0.routine.snapshots.stored },
      .bytes("snapshot.kept", .lower, "in the object store on average") {
        $0.routine.snapshots.saved > 0 ? $0.routine.snapshots.meanKept(until: $0.length) : nil
      },
      .duration("snapshot.time.mean", .lower, "saving a snapshot, mean") { $0.routine.snapshots.meanSave },
      .duration("snapshot.time.max", .lower, "saving a snapshot, longest") { $0.routine.snapshots.longestSave },
      .duration("restore.time.mean", .lower, "restoring a snapshot, mean") { inputs in
        Summary(inputs.incidents.compactMap(\.snapshot?.duration)).mean
      },
      .duration("inference.time.mean", .lower, "starting a model until it answers, mean") { inputs in
        Summary(inputs.incidents.compactMap(\.inference).map { $0.load + $0.answer }).mean
      },
      .count("incidents.allLost", .lower, "incidents after which there was no copy to go on with") { inputs in
        inputs.incidents.count { !$0.isFalse && $0.restoreCompleted != nil && $0.lastSync == nil }
      },
      .count("check.passed", .higher, "health checks that passed") { $0.routine.checksPassed },
      .count("check.failed", .lower, "health checks that failed") { $0.count("checkFailed") },
      .share("check.failureRate", .lower, "health checks that failed, of all") {
        $0.share($0.count("checkFailed"), and: $0.routine.checksPassed)
      },

      .money("cost.total", .lower, "what everything cost") { $0.metrics.cost.total },
      .money("cost.month", .lower, "the same in 30 days") { $0.monthlyCost?.total },
      .money("cost.overhead", .lower, "all but running GPUs: the price of being protected") {
        $0.metrics.cost.overhead
      },
      .money("cost.overhead.month", .lower, "the same in 30 days") { $0.monthlyCost?.overhead },
    ] + CostItem.allCases.flatMap(costs) + [
      .money("lostWork", .lower, "work to be done again, at the price of its GPU") { inputs in
        inputs.hasLosses ? inputs.metrics.bill.lostWork : nil
      },
      .duration("lostWork.total", .lower, "work to be done again, of all incidents") { inputs in
        inputs.hasLosses ? inputs.metrics.lostWork.total : nil
      },
      .count("connections.cut", .lower, "how often those who were being served were cut off") {
        $0.metrics.connectionsCut
      },
      .share("training.goodput", .higher, "share of the time GPUs served that brought training on") {
        $0.metrics.lostWork.training?.goodput
      },
      .duration("training.progress", .higher, "training whose result was there at the end") {
        $0.metrics.lostWork.training?.progress
      },
      .count("checkpoint.written", .neither, "checkpoints of training") { $0.metrics.lostWork.training?.checkpoints },
      .duration("checkpoint.pause", .lower, "for how long training stood still for checkpoints") {
        $0.metrics.lostWork.training?.paused
      },

      .count("notices.delivered", .higher, "notifications delivered") { $0.count("notified") },
      .count("notices.failed", .lower, "notifications nobody got") { $0.count("notificationFailed") },
      .share("notices.deliveryRate", .higher, "notifications delivered, of all") {
        $0.share($0.count("notified"), and: $0.count("notificationFailed"))
      },
      .count("invariants.violated", .lower, "what must always hold and did not") { $0.violations },
      .count("alerts.raised", .lower, "alerts by the scenario's rules") { $0.alerts.count },
    ] + AlertRule.documented.map(alerts)

  private static func alerts(_ rule: AlertRule) -> MetricDefinition {
    .count("alerts.\(rule.watched.rawValue)", .lower, "alerts for \(rule.name)") { inputs in
      inputs.alerts.count { $0.rule.watched == rule.watched }
    }
  }

  private static func costs(_ item: CostItem) -> [MetricDefinition] {
    [
      .money("cost.\(item.rawValue)", .lower, "\(item.label): what it cost") { $0.metrics.cost[item] },
      .money("cost.\(item.rawValue).month", .lower, "the same in 30 days") { $0.monthlyCost?[item] },
    ]
  }

  /// What is summarised over the incidents of a run: the names are those of every report.
  private static let summaries: [(name: String, help: String, figure: any KeyPath<Metrics, Summary> & Sendable)] = {
    let help = [
      "mttd": "fault to detection", "mttrDegraded": "fault to service by the standby",
      "mttrFull": "fault to service by a GPU", "rpo": "age at the fault of the data that was gone on with", "lostWork": "work to be done again",
    ]
    return FigureNames.summaries.map { ($0.key, help[$0.key] ?? $0.key, $0.figure) }
  }()

  private static func statistics(
    _ summary: (name: String, help: String, figure: any KeyPath<Metrics, Summary> & Sendable)
  ) -> [MetricDefinition] {
    let parts: [(name: String, help: String, part: any KeyPath<Summary, Duration?> & Sendable)] = [
      ("mean", "mean", \.mean), ("p50", "median", \.median), ("p95", "95th percentile", \.percentile95),
      ("min", "shortest", \.minimum), ("max", "longest", \.maximum),
    ]
    return parts.map { part in
      .duration("\(summary.name).\(part.name)", .lower, "\(summary.help), \(part.help)") {
        $0.metrics[keyPath: summary.figure][keyPath: part.part]
      }
    }
  }
}

extension Availability {
  /// Somebody served: a GPU or the standby.
  var serving: Duration { full + degraded }
}
