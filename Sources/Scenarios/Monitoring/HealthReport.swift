import Failover

/// What operators want to know of a run: which targets it met, and when they would have been called.
public struct HealthReport: Sendable {
  /// In the order of the policy.
  public let targets: [TargetResult]
  /// In the order in which they were raised.
  public private(set) var alerts: [Alert]
  /// The rules that were watched.
  public let rules: [AlertRule]
  /// Failed checks in a row after which users were moved, as the log has it; `nil` where checks detected
  /// nothing.
  let failureThreshold: Int?

  /// Everything is computed from the run's log.
  ///
  /// - Parameter policy: that of the scenario, when `nil`.
  public init(_ run: Run, policy: MonitoringPolicy? = nil) {
    let policy = policy ?? run.scenario.monitoring
    self.init(events: run.events, metrics: MetricTable(run), policy: policy)
    guard !run.companions.isEmpty else { return }
    alerts = run.workspaces.flatMap { AlertWatch.alerts(in: $0.events, by: policy.rules) }.sorted { $0.at < $1.at }
  }

  /// - Parameter metrics: of the same log.
  public init(events: [Event], metrics: MetricTable, policy: MonitoringPolicy = MonitoringPolicy()) {
    targets = policy.targets.map { $0.result(in: metrics) }
    alerts = AlertWatch.alerts(in: events, by: policy.rules)
    rules = policy.rules
    failureThreshold =
      events.lazy.compactMap { event in
        if case .faultDetected(_, .checks(_, let threshold), _) = event.kind { threshold } else { nil }
      }.first
  }

  /// Why a rule cannot be broken in this run, however badly it goes; `nil` when it can be.
  func whyNeverRaised(_ rule: AlertRule) -> String? {
    guard rule.watched == .checkFailures, let failureThreshold,
      !MetricValue.count(failureThreshold).exceeds(rule.threshold)
    else { return nil }
    return "cannot be: users are moved after \(failureThreshold)"
  }
}

/// The targets and alert rules of an operation; those of the documents, unless it says otherwise.
public struct MonitoringPolicy: Sendable, Hashable {
  public var targets = HealthTarget.documented
  public var rules = AlertRule.documented

  public init() {}

  /// Reads a mapping of `targets` and `alerts`, each by its key: `targets: {recoveryTime: 10min}`.
  public init(_ reader: MappingReader) {
    targets = reader.section("targets", help: "what operation should achieve") { reader in
      HealthTarget.documented.map { target in
        var target = target
        target.bound = reader.value(
          target.key, .metricValue(target.bound.unit), default: target.bound,
          help: "\(target.name): \(target.relation.rawValue) this")
        return target
      }
    }
    rules = reader.section("alerts", help: "when people are to be called") { reader in
      AlertRule.documented.map { rule in
        var rule = rule
        rule.threshold = reader.value(
          rule.watched.rawValue, .metricValue(rule.threshold.unit), default: rule.threshold,
          help: "\(rule.name): > this")
        return rule
      }
    }
  }
}
