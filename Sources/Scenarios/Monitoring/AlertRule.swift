import Failover

/// When people who run the system want to be called: something to watch, and a threshold.
public struct AlertRule: Sendable, Hashable {
  /// What is watched. The events behind each are in `Event.readings`.
  public enum Watched: String, Sendable, Hashable, CaseIterable {
    case syncFailures
    case checkFailures
    case recoveryAttempts
    case standbyDisk
    case sshTrouble
    case gpuPrice
  }

  public let watched: Watched
  /// What it is called in a report.
  public let name: String
  /// An alert is raised when what is watched goes above this, and may be raised again once it has come back to it.
  public var threshold: MetricValue
  /// How far back occurrences count; `nil` counts those in a row.
  public let window: Duration?

  init(_ watched: Watched, _ name: String, above threshold: MetricValue, within window: Duration? = nil) {
    self.watched = watched
    self.name = name
    self.threshold = threshold
    self.window = window
  }

  /// The rules of the documents' "ALERTAR".
  ///
  /// "Auto-recovery attempt > 1 por dia" is read as it stands: attempts, within any 24 hours, so that one recovery that
  /// keeps failing is an alert too. For trouble with ssh the documents name no number: the first is an alert. A price
  /// spike is a price above the most that one is willing to pay.
  public static let documented = [
    AlertRule(.syncFailures, "syncs failed in a row", above: .count(3)),
    AlertRule(.checkFailures, "health checks failed in a row", above: .count(5)),
    AlertRule(.recoveryAttempts, "recovery attempts in 24 h", above: .count(1), within: .seconds(86_400)),
    AlertRule(.standbyDisk, "standby disk used", above: .share(.percent(80))),
    AlertRule(.sshTrouble, "trouble with ssh in a row", above: .count(0)),
    AlertRule(.gpuPrice, "GPU price, of the most to be paid", above: .share(.one)),
  ]
}

/// An alert that was raised.
public struct Alert: Sendable, Hashable {
  public let rule: AlertRule
  /// Since the start of the log.
  public let at: Duration
  /// What was above the threshold.
  public let value: MetricValue
  /// The particulars, in a few words.
  public let detail: String
}
