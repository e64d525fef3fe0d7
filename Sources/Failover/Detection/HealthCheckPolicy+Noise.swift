/// Closed forms for checks that may be wrong. They hold as long as a check ends before the next one is due; nothing is
/// assumed of the machine but that it is healthy until the fault and dead from then on. The noise is that of each method,
/// independent of the others.
extension HealthCheckPolicy {
  /// The mean time to detect a fault that comes at a moment unrelated to the checks, when each failing check takes
  /// `probeTime`; `nil` when it never is, or not within 292 years.
  ///
  /// (E - 1) I + R + probe time, for I the mean interval, R the mean time until the first check, and E the mean number
  /// of checks of the dead machine. E counts from the false failures that stand in a row at the fault already, j with a
  /// probability in proportion to pʲ: the more false failures, the sooner a fault is noticed.
  public func meanDetectionTime(probeTime: Duration, noise: CheckNoise) -> Duration? {
    let seen = FailureRuns(probability: 1 - chances(noise).falsePass, length: failureThreshold)
    var checks = 0.0
    for (failures, weight) in standing(noise).enumerated() where weight > 0 {
      checks += weight * seen.meanTrials(after: failures)
    }
    let laterChecks = max(0, checks - 1)
    guard let later = Duration(roundingNanoseconds: laterChecks * Double(meanInterval.wholeNanoseconds)) else {
      return nil
    }
    return meanTimeToNextCheck + later + probeTime
  }

  /// The probability that a fault is not yet detected a time `delay` after it; the same fault and the same checks as
  /// for the mean.
  ///
  /// With the delay less the probe time m whole intervals and a share f of one, m checks have been made, and with the
  /// probability f one more. Exact without jitter; with it each interval counts as its mean.
  public func probabilityUndetected(after delay: Duration, probeTime: Duration, noise: CheckNoise) -> Double {
    let time = (delay - probeTime).wholeNanoseconds
    guard time >= 0 else { return 1 }
    let (whole, rest) = time.quotientAndRemainder(dividingBy: max(1, meanInterval.wholeNanoseconds))
    let seen = FailureRuns(probability: 1 - chances(noise).falsePass, length: failureThreshold)
    let start = standing(noise)
    let share = Double(rest) / Double(max(1, meanInterval.wholeNanoseconds))
    let fewer = 1 - seen.probability(within: whole, from: start)
    if rest == 0 { return fewer }
    return (1 - share) * fewer + share * (1 - seen.probability(within: whole + 1, from: start))
  }

  /// The mean time from one false failover of a healthy machine to the next, counting afresh after each and leaving out
  /// the time that it takes: (1 - pᵏ) / ((1 - p) pᵏ) intervals, for p the false failures and k the threshold. `nil`
  /// when there is none, or not within 292 years.
  public func meanTimeBetweenFalseFailovers(noise: CheckNoise) -> Duration? {
    Duration(roundingNanoseconds: falseAlarms(noise).meanTrials * Double(meanInterval.wholeNanoseconds))
  }

  /// The expected number of false failovers of a healthy machine in a time `span`, counting afresh after each and
  /// leaving out the time that it takes. Exact without jitter; with it each interval counts as its mean.
  public func expectedFalseFailovers(in span: Duration, noise: CheckNoise) -> Double {
    falseAlarms(noise).expectedCount(within: checks(in: span))
  }

  /// The probability of at least one false failover of a healthy machine in a time `span`. Exact without jitter; with
  /// it each interval counts as its mean.
  public func probabilityOfFalseFailover(in span: Duration, noise: CheckNoise) -> Double {
    falseAlarms(noise).probability(within: checks(in: span))
  }

  /// How likely a whole check is wrong when each of its m methods is wrong with the noise's probabilities p and q: with
  /// `.all` it fails falsely with 1 - (1 - p)ᵐ and passes falsely with qᵐ, with `.any` pᵐ and 1 - (1 - q)ᵐ. With no
  /// methods there are no checks: nothing fails, and nothing is detected.
  public func chances(_ noise: CheckNoise) -> (falseFailure: Double, falsePass: Double) {
    guard !methods.isEmpty else { return (0, 1) }
    let (p, q) = (noise.falseFailure.value, noise.falsePass.value)
    return switch requirement {
    case .all: (atLeastOne(p), every(q))
    case .any: (every(p), atLeastOne(q))
    }
  }

  /// All methods, each with probability `p`.
  private func every(_ p: Double) -> Double { methods.reduce(1) { product, _ in product * p } }

  /// At least one method, each with probability `p`: a sum of positive numbers, so that small ones keep their digits.
  private func atLeastOne(_ p: Double) -> Double { methods.reduce(0) { sum, _ in sum + (1 - sum) * p } }

  private func falseAlarms(_ noise: CheckNoise) -> FailureRuns {
    FailureRuns(probability: chances(noise).falseFailure, length: failureThreshold)
  }

  /// How likely 0, 1, ... false failures in a row stand counted when a fault comes.
  private func standing(_ noise: CheckNoise) -> [Double] { falseAlarms(noise).steadyState }

  /// The first check of a watched machine comes an interval after `initialDelay`.
  private func checks(in span: Duration) -> Int64 {
    max(0, (span - initialDelay).wholeNanoseconds) / max(1, meanInterval.wholeNanoseconds)
  }
}
