import Failover

/// A figure whose distribution over many replications is estimated.
public struct Figure: Sendable {
  /// What one value of it belongs to.
  public enum Sampling: String, Sendable, Hashable {
    /// Each incident gives one: quantiles are over the incidents of all replications.
    case incident
    /// Each replication gives one.
    case replication
  }

  /// As in reports of runs where they have it: `mttrFull`.
  public let name: String
  /// For headings.
  public let label: String
  public let help: String
  public let unit: MetricUnit
  public let better: MetricDefinition.Better
  public let sampling: Sampling
  /// Whether it is scaled to 30 days (not in a drill, of which nobody knows how often it happens).
  public let isMonthly: Bool
  /// Other names it is known by.
  let aliases: [String]
  let scale: QuantileHistogram.Scale
  let read: @Sendable (FigureInputs) -> [Double]

  /// Every figure, in the order of reports.
  public static let all: [Figure] = [
    .times("mttd", "MTTD", "fault to detection", \.timeToDetect),
    .times("mttrDegraded", "MTTR degraded", "fault to service by the standby", \.timeToDegradedService),
    .times("mttrFull", "MTTR full", "fault to service by a GPU", \.timeToFullService),
    .times("rpo", "RPO", "age at the fault of the data that was gone on with", \.recoveryPoint),
    Figure(
      name: "falseFailovers", label: "false failovers", help: "failovers without a fault", unit: .count, better: .lower,
      sampling: .replication, isMonthly: true, aliases: ["falseFailovers.month"], scale: .init(steps: 1e4)
    ) { inputs in
      let number = inputs.metrics.falseFailovers
      return [inputs.perMonth(number)?.value ?? Double(number)]
    },
    .share("availability", "available, GPU", "share of the time in which a GPU served", .higher, ["availability.full"]) {
      $0.share(\.full)
    },
    .share("availability.serving", "available, any", "share in which somebody served", .higher) { $0.share(\.serving) },
    .money("lostWork", "lost work", "work to be done again, at the price of its GPU") { inputs in
      let lost = inputs.metrics.bill.allIncidents.lostWork
      guard !inputs.isScripted, inputs.length > .zero else { return lost }
      var cost = Cost()
      cost[.gpu] = lost
      return cost.perMonth(after: inputs.length).total
    },
    .money("cost", "cost", "what everything cost", ["cost.month", "cost.total"]) {
      $0.monthlyCost?.total ?? $0.metrics.cost.total
    },
    .money("cost.overhead", "protection", "all but running GPUs", ["cost.overhead.month"]) {
      $0.monthlyCost?.overhead ?? $0.metrics.cost.overhead
    },
  ]

  public static let names = all.map(\.name)

  /// The figure of a name, or of another one it is known by.
  public static func named(_ name: String) -> Figure? {
    all.first { $0.name == name || $0.aliases.contains(name) }
  }

  private static func times(
    _ name: String, _ label: String, _ help: String, _ time: any KeyPath<Incident, Duration?> & Sendable
  ) -> Figure {
    Figure(
      name: name, label: label, help: help, unit: .duration, better: .lower, sampling: .incident, isMonthly: false,
      aliases: [], scale: .init(steps: 1_000, room: Self.usualIncident)
    ) { inputs in inputs.incidents.compactMap { $0[keyPath: time]?.inSeconds } }
  }

  /// In milliseconds: more than an hour, by a power of two.
  private static let usualIncident: UInt64 = 1 << 22

  private static func share(
    _ name: String, _ label: String, _ help: String, _ better: MetricDefinition.Better, _ aliases: [String] = [],
    _ read: @escaping @Sendable (FigureInputs) -> Ratio?
  ) -> Figure {
    Figure(
      name: name, label: label, help: help, unit: .share, better: better, sampling: .replication, isMonthly: false,
      aliases: aliases, scale: .init(steps: 1e9, isMirrored: true)
    ) { inputs in read(inputs).map { [$0.value] } ?? [] }
  }

  private static func money(
    _ name: String, _ label: String, _ help: String, _ aliases: [String] = [],
    _ read: @escaping @Sendable (FigureInputs) -> Money
  ) -> Figure {
    Figure(
      name: name, label: label, help: help, unit: .money, better: .lower, sampling: .replication, isMonthly: true,
      aliases: aliases, scale: .init(steps: 1e6)
    ) { inputs in [Double(read(inputs).nanodollars) / 1e9] }
  }
}
