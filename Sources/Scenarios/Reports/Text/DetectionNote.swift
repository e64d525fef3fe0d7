import Failover
import FailoverSim

/// What closed forms say of a scenario's detection; `nil` where there is none.
struct DetectionFigures: Sendable, Hashable {
  /// Fault to detection, of faults at a moment unrelated to checks and heartbeats.
  var mean: Duration?
  /// No detection takes longer.
  var longest: Duration?
  /// Expected failovers without a fault in 30 days, leaving out the time that they take; `nil` also when there are none.
  var falseFailovers: Double?

  /// With several kinds of detection the first one that notices counts, for which there is no closed form; nor is there one
  /// for an accrual detector, which learns, or for a notice, which comes before.
  init?(_ scenario: Scenario) {
    let strategy = scenario.strategy
    guard strategy.notice == nil else { return nil }
    switch (strategy.heartbeat, strategy.healthCheck.methods.isEmpty) {
    case (nil, false): self.init(checks: strategy.healthCheck, on: scenario.world.gpu.hostTimes)
    case (let heartbeat?, true): self.init(heartbeat, scenario.world.gpu.heartbeats)
    default: return nil
    }
  }

  // MARK: Checks

  private init?(checks policy: HealthCheckPolicy, on host: HostTimes) {
    let noise = host.noise
    // When the first of several methods can pass falsely, it is another one that fails, and takes another time.
    let isOneKind = policy.methods.count == 1 || policy.requirement == .any || noise.falsePass == .zero
    guard isOneKind, let probe = policy.failingCheck(on: host) else { return nil }
    // A check that outlasts its interval delays the next one.
    guard probe.longest <= policy.interval else { return nil }
    mean = policy.meanDetectionTime(probeTime: probe.mean, noise: noise)
    longest = noise.falsePass == .zero ? policy.worstDetectionTime(probeTime: probe.longest) : nil
    if noise.falseFailure > .zero {
      falseFailovers = policy.expectedFalseFailovers(in: .billingMonth, noise: noise)
    }
  }

  // MARK: Heartbeats

  private init?(_ policy: HeartbeatPolicy, _ model: HeartbeatModel) {
    guard case .silence = policy.rule, let mean = model.transit.mean, let low = model.transit.lowerBound,
      let high = model.transit.upperBound
    else { return nil }
    let transit = (
      low: Distribution.duration(seconds: low), high: Distribution.duration(seconds: high),
      mean: Distribution.duration(seconds: mean)
    )
    // The closed forms are those of a constant time under way. They hold for another one that neither lets a heartbeat be
    // overtaken nor changes how many must be lost.
    let spread = transit.high - transit.low
    func losses(_ patience: Duration) -> Int {
      HeartbeatPolicy(interval: policy.interval, rule: .silence(timeout: patience)).lossesUntilSuspicion
    }
    guard spread < policy.interval, losses(policy.patience - spread) == losses(policy.patience + spread) else { return nil }
    self.mean = policy.meanDetectionTime(transit: transit.mean, loss: model.loss)
    longest = policy.worstDetectionTime(transit: transit.high)
    guard model.loss > .zero || policy.lossesUntilSuspicion == 0 else { return }
    falseFailovers = policy.meanTimeToFalseSuspicion(loss: model.loss).map {
      $0 > .zero ? Duration.billingMonth.inSeconds / $0.inSeconds : .infinity
    }
  }
}

extension HealthCheckPolicy {
  /// How long one check of a lost machine takes that fails: the first method ends it where all must pass, otherwise every
  /// one is asked. The provider answers; a lost machine does not. `nil` where the time has no mean or no longest.
  fileprivate func failingCheck(on host: HostTimes) -> (mean: Duration, longest: Duration)? {
    let asked = requirement == .all ? methods.prefix(1) : methods[...]
    var (mean, longest) = (Duration.zero, Duration.zero)
    for method in asked {
      if method == .api {
        guard let times = host.probes[.api], let average = times.mean, let most = times.upperBound else { return nil }
        let bound = Distribution.duration(seconds: most)
        // An answer that is cut off by the time-out has another mean.
        guard bound <= timeout else { return nil }
        mean += Distribution.duration(seconds: average)
        longest += bound
      } else {
        mean += timeout
        longest += timeout
      }
    }
    return (mean, longest)
  }
}

extension DetectionFigures: CustomStringConvertible {
  /// Such as `closed form: mean 25.3 s, longest 30.4 s`.
  var description: String {
    let parts = [
      mean.map { "mean \(Figures.human($0))" }, longest.map { "longest \(Figures.human($0))" },
      falseFailovers.map { "\(Self.text($0)) false failovers a month" },
    ].compactMap { $0 }
    return parts.isEmpty ? "" : "closed form: " + parts.joined(separator: ", ")
  }

  private static func text(_ number: Double) -> String {
    guard number < 1_000_000 else { return "over a million" }
    let hundredths = Int64(number * 100 + 0.5)
    return hundredths == 0 ? "under 0.01" : Figures.fixed(hundredths, per: 100, decimals: 2)
  }
}
