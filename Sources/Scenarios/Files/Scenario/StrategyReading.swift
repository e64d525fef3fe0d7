import Failover

extension Backoff {
  /// Reads `{initial: 5s, growth: 200%, maximum: 5min}`.
  static func reading(
    default standard: Backoff
  ) -> @Sendable (MappingReader) -> Backoff {
    { reader in
      let initial = reader.value(
        "initial", .duration.positive, default: standard.initial, help: "before the second attempt")
      let growth = reader.value(
        "growth", .count.between(100, 1000), default: Int(standard.growthPercent),
        help: "each wait is so many per cent of the one before")
      let maximum = reader.value(
        "maximum", .duration.positive, default: max(standard.maximum, initial),
        help: "no wait is longer")
      reader.check(
        initial <= maximum, "maximum", "initial", message: "maximum must not be less than initial")
      return Backoff(initial: initial, growthPercent: Int64(growth), maximum: maximum)
    }
  }
}

extension SyncPolicy {
  init(_ reader: MappingReader) {
    let interval = reader.value(
      "interval", .duration.positive, default: .seconds(30), help: "from one pass to the next")
    // A first copy of 1.2 GB at 6 MB/s through a relay takes 400 s.
    let timeout = reader.value(
      "timeout", .duration.positive, default: .seconds(1800), help: "when a pass is given up")
    let route = reader.value(
      "route", .choice(SyncRoute.self), default: .relay,
      help: "relay: over the orchestrator's machine, every byte travels twice; direct: from host to host")
    let retry = reader.section(
      "retry", help: "waits after failed passes",
      Backoff.reading(default: Backoff(initial: .seconds(5), maximum: .seconds(60))))
    let failures = reader.value(
      "failuresUntilNotice", .count.atLeast(1), default: 3, help: "failed passes in a row until people are told")
    self.init(
      interval: interval, timeout: timeout, route: route, retry: retry, failuresUntilNotice: failures)
  }
}

extension HealthCheckPolicy {
  init(_ reader: MappingReader) {
    let interval = reader.value(
      "interval", .duration.positive, default: .seconds(10), also: .seconds("periodSeconds"),
      help: "from one check to the next")
    let timeout = reader.value(
      "timeout", .duration.positive, default: .seconds(5), also: .seconds("timeoutSeconds"),
      help: "how long one check waits for its answer")
    let threshold = reader.value(
      "failureThreshold", .count.atLeast(1), default: 3, help: "failures in a row until the GPU counts as down")
    let successes = reader.value(
      "successThreshold", .count.atLeast(1), default: 1, help: "successes in a row until a new GPU counts as up")
    let jitter = reader.value(
      "intervalJitter", .count.between(0, 100), default: 0, help: "stretch each interval by up to so many per cent")
    let delay = reader.value(
      "initialDelay", .duration, default: .zero, also: .seconds("initialDelaySeconds"),
      help: "how long a GPU that has just begun to serve is left alone")
    let methods = reader.value(
      "methods", .list(of: .choice(ProbeMethod.self)), default: [.api],
      help: "what is looked at, in this order; empty: the GPU is not asked")
    let requirement = reader.value(
      "require", .choice(Requirement.self), default: .all,
      help: "all: a check passes when every method does; any: when one does, so that the others confirm a failure")
    self.init(
      interval: interval, timeout: timeout, failureThreshold: threshold, successThreshold: successes,
      intervalJitterPercent: Int64(jitter), initialDelay: delay, methods: methods,
      requirement: requirement)
  }
}

extension FailoverPolicy {
  init(_ reader: MappingReader) {
    self.init(
      attempts: reader.value(
        "attempts", .count.between(1, 100), default: 3,
        help: "how often moving users to the standby is tried"),
      retry: reader.section(
        "retry", help: "waits between these attempts",
        Backoff.reading(default: Backoff(initial: .seconds(1), maximum: .seconds(10)))))
  }
}

extension RecoveryPolicy {
  /// Defaults from the standby documents: 8 GB, $0.50/h, four regions, 300 s for ssh.
  init(_ reader: MappingReader) {
    let query = OfferQuery(
      minimumMemory: reader.value(
        "minimumMemory", .byteCount, default: .gigabytes(8), help: "main memory of the new machine"),
      maximumPrice: reader.value(
        "maximumPrice", .hourlyPrice, default: HourlyPrice(perHour: .cents(50)), help: "dearer offers are not taken"),
      regions: reader.value(
        "regions", .list(of: .text), default: ["TH", "VN", "JP", "EU"],
        help: "acceptable places, the preferred one first; empty: any"))
    self.init(
      mode: reader.recoveryMode, query: query,
      retry: reader.section(
        "retry", help: "waits after failed attempts",
        Backoff.reading(default: Backoff(initial: .seconds(5), maximum: .seconds(300)))),
      failuresUntilNotice: reader.value(
        "failuresUntilNotice", .count.atLeast(1), default: 5, help: "failed attempts until people are told"),
      offerCacheAge: reader.value(
        "offerCacheAge", .duration, default: .seconds(60),
        help: "how long the other offers of a search may serve as a second choice; 0s: never"),
      provisionTimeout: reader.value(
        "provisionTimeout", .duration.positive, default: .seconds(600), help: "from the order until it must run"),
      provisionPoll: reader.section(
        "provisionPoll", help: "waits between questions whether it runs",
        Backoff.reading(default: .constant(.seconds(5)))),
      sshTimeout: reader.value(
        "sshTimeout", .duration.positive, default: .seconds(300), help: "from running until ssh must answer"),
      sshPoll: reader.section(
        "sshPoll", help: "waits before each attempt to reach ssh",
        Backoff.reading(default: Backoff(initial: .seconds(2), growthPercent: 150, maximum: .seconds(10)))),
      restoreTimeout: reader.value(
        "restoreTimeout", .duration.positive, default: .seconds(3600), help: "how long copying everything may take"),
      restoreAttempts: reader.value(
        "restoreAttempts", .count.between(1, 100), default: 3,
        help: "how often copying is tried before the instance is given up"))
  }
}

extension CallTimeouts {
  init(_ reader: MappingReader) {
    self.init(
      api: reader.value(
        "api", .duration.positive, default: .seconds(30), help: "one call of a provider's interface"),
      standbyCreation: reader.value(
        "standbyCreation", .duration.positive, default: .seconds(300), help: "creating the standby until it runs"),
      endpoint: reader.value(
        "endpoint", .duration.positive, default: .seconds(30), help: "moving the endpoint or asking where it points"),
      verification: reader.value(
        "verification", .duration.positive, default: .seconds(10), help: "one look at a host"),
      digest: reader.value(
        "digest", .duration.positive, default: .seconds(600), help: "fingerprinting a workspace"),
      notification: reader.value(
        "notification", .duration.positive, default: .seconds(10), help: "telling people"),
      inference: reader.value(
        "inference", .duration.positive, default: .seconds(300), help: "starting a model until it answers"))
  }
}
