import Failover
import FailoverSim

// How the GPU is watched, and what the simulated world shows of it. Sources of the defaults are named where they stand.

extension HeartbeatPolicy {
  /// Reads `{interval: 30s, timeout: 45s}` or `{interval: 30s, phiThreshold: 8, acceptablePause: 3s}`.
  init(_ reader: MappingReader) {
    // Documents: every 30 s.
    let interval = reader.value(
      "interval", .duration.positive, default: .seconds(30), help: "from one heartbeat sent to the next")
    let timeout = reader.optional(
      "timeout", .duration.positive, help: "the silence that means down; one interval and a half forgives no loss")
    let accrual = AccrualPolicy.optional(reader)
    reader.check(
      timeout == nil || accrual == nil, "timeout", "phiThreshold",
      message: "give timeout, or phiThreshold and what belongs to it, but not both")
    reader.warn(
      unless: timeout.map { $0 > interval } ?? true, "timeout", "interval",
      message: "timeout is not longer than interval: every heartbeat comes too late")
    // Half an interval more than one, so that a heartbeat that is a little late is not too late.
    let rule = accrual.map(Rule.accrual) ?? .silence(timeout: timeout ?? interval.scaled(by: 3, over: 2))
    self.init(interval: interval, rule: rule)
  }
}

extension AccrualPolicy {
  /// Read when one of its keys is there; the names and defaults are Akka's.
  fileprivate static func optional(_ reader: MappingReader) -> AccrualPolicy? {
    let standard = AccrualPolicy()
    let threshold = reader.optional(
      "phiThreshold", .ratio.between(Self.thresholds.lowerBound, Self.thresholds.upperBound),
      help: "suspicion, as minus the logarithm of the chance to be wrong, that means down; 8")
    let pause = reader.optional("acceptablePause", .duration, help: "a silence that is always forgiven; 3s")
    let deviation = reader.optional(
      "minimumDeviation", .duration.positive, help: "heartbeats never count as more regular than this; 100ms")
    let samples = reader.optional(
      "sampleSize", .count.between(Self.sampleSizes.lowerBound, Self.sampleSizes.upperBound),
      help: "how many times between heartbeats are remembered; 1000")
    guard threshold != nil || pause != nil || deviation != nil || samples != nil else { return nil }
    return AccrualPolicy(
      phiThreshold: threshold ?? standard.phiThreshold, acceptablePause: pause ?? standard.acceptablePause,
      minimumDeviation: deviation ?? standard.minimumDeviation, sampleSize: samples ?? standard.sampleSize)
  }
}

extension NoticePolicy {
  init(_ reader: MappingReader) {
    let standard = NoticePolicy()
    self.init(
      pollInterval: reader.value(
        "pollInterval", .duration.positive, default: standard.pollInterval, help: "how often the provider is asked"),
      usesLeadTime: reader.value(
        "useLeadTime", .bool, default: standard.usesLeadTime,
        help: "whether a last sync or snapshot is made before users are moved"))
  }
}

extension HeartbeatModel {
  init(_ reader: MappingReader) {
    self.init(
      // Half of what opening a connection takes, which is there and back.
      transit: reader.value(
        "transit", .delay, default: .uniform(low: 0.01, high: 0.05), help: "how long a heartbeat is under way"),
      loss: reader.value("loss", .fraction, default: .zero, help: "the share of heartbeats that never arrive"))
  }
}

extension CheckNoise {
  init(_ reader: MappingReader) {
    self.init(
      falseFailure: reader.value(
        "falseFailure", .fraction, default: .zero, help: "the share of checks of a healthy machine that time out"),
      falsePass: reader.value(
        "falsePass", .fraction, default: .zero, help: "the share of checks of a lost machine that pass"))
  }
}

extension NoticeModel {
  /// What the `interruptions` section says of warnings.
  static func all(_ reader: MappingReader) -> [NoticeModel] {
    let notice = reader.optional(
      "notice", .mapping(notice), help: "the provider's notice; default: none, as at Vast.ai")
    let prediction = reader.optional(
      "prediction", .mapping(prediction), help: "somebody who predicts interruptions, with false alarms")
    return [notice, prediction].compactMap { $0 }
  }

  /// 120 s is what AWS gives; Google Cloud and Azure give 30 s.
  private static func notice(_ reader: MappingReader) -> NoticeModel {
    NoticeModel(
      probability: reader.value(
        "probability", .fraction, default: .one, help: "the share of interruptions that are told before"),
      lead: reader.value("lead", .delay, default: .constant(120), help: "how long before; AWS 120s, Google and Azure 30s"))
  }

  private static func prediction(_ reader: MappingReader) -> NoticeModel {
    NoticeModel(
      origin: .prediction,
      probability: reader.required("recall", .fraction, help: "the share of interruptions that are predicted"),
      lead: reader.required("lead", .delay, help: "how long before"),
      falseAlarmsPerDay: reader.value(
        "falseAlarmsPerDay", .ratio.between(.zero, .percent(100_000)), default: .zero,
        help: "how often a day a GPU is said to be lost that is not"))
  }
}

extension MappingReader {
  /// The heartbeat and notice sections of a scenario, each absent unless given.
  func watching() -> (heartbeat: HeartbeatPolicy?, notice: NoticePolicy?) {
    (
      optional("heartbeat", .mapping(HeartbeatPolicy.init), help: "an agent on the GPU says that it is alive"),
      optional("notice", .mapping(NoticePolicy.init), help: "the provider is asked for interruption notices")
    )
  }

  /// Checks what only several sections together show of how the GPU is watched.
  func checkWatching(_ strategy: Strategy, _ world: WorldModel, _ protections: [Protection]) {
    let mayBeBlind = protections.isEmpty && strategy.recovery.mode != .automatic
    check(
      strategy.detectsFaults || mayBeBlind, "healthCheck",
      message: "healthCheck.methods is empty and there is neither heartbeat nor notice: nobody would notice that the GPU "
        + "is gone")
    let onlyNotice = strategy.notice != nil && strategy.healthCheck.methods.isEmpty && strategy.heartbeat == nil
    warn(
      unless: !onlyNotice, "notice",
      message: "notices are given as a best effort: without health checks or heartbeats a GPU that is lost without one is "
        + "never missed")
    warn(
      unless: strategy.notice == nil || !world.notices.isEmpty, "notice",
      message: "the provider gives no notices; say so in interruptions.notice if it does")
  }
}
