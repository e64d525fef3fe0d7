/// How an accrual detector turns silence into suspicion.
///
/// Its level of suspicion is phi = -log10(1 - F(t)), where t is the time since the last heartbeat and F the normal
/// distribution with the mean and standard deviation of the heartbeats seen: at phi 1 a suspicion is wrong once in
/// ten times, at 2 once in a hundred, at 8 once in a hundred million, as far as heartbeats really are normal.
///
/// Source: N. Hayashibara, X. Défago, R. Yared, T. Katayama, "The φ Accrual Failure Detector", 23rd IEEE Symposium on
/// Reliable Distributed Systems (2004). The names, the pause, the smallest deviation and the numbers for a start are
/// those of Akka (`akka.cluster.failure-detector` in its reference configuration, meant for a heartbeat a second).
/// Two differences to know when comparing settings:
/// - Akka puts a logistic formula in place of the normal distribution, which rises faster far out: its phi of 8 is
///   reached at 5.23 deviations, the normal one at 5.61; at 6 deviations it says 10.8 instead of 9.0.
/// - Cassandra takes the exponential distribution instead, so that phi grows with the mean alone:
///   phi = t / (mean · ln 10). Its `phi_convict_threshold` of 8 is 18.4 mean intervals and cannot be carried over.
public struct AccrualPolicy: Sendable, Hashable {
  /// The phi from which on the machine counts as down, within `thresholds`. It need not be whole.
  public var phiThreshold: Ratio
  /// Added to the mean: a silence that is forgiven whatever was seen before, such as a pause of a garbage collector or
  /// a few lost heartbeats; not negative.
  public var acceptablePause: Duration
  /// The standard deviation counts as no less, so that heartbeats as regular as a clock do not make the detector
  /// jumpy; at least a nanosecond.
  public var minimumDeviation: Duration
  /// How many times between heartbeats are remembered, within `sampleSizes`.
  public var sampleSize: Int

  public init(
    phiThreshold: Ratio = .percent(800), acceptablePause: Duration = .seconds(3),
    minimumDeviation: Duration = .milliseconds(100), sampleSize: Int = 1000
  ) {
    self.phiThreshold = phiThreshold
    self.acceptablePause = acceptablePause
    self.minimumDeviation = minimumDeviation
    self.sampleSize = sampleSize
  }

  /// Where thresholds may lie: below, suspicion would come before the next heartbeat is due by many deviations; above,
  /// a double no longer holds the probability. A threshold outside counts as the nearer end.
  public static let thresholds: ClosedRange<Ratio> = Ratio.percent(1)...Ratio.percent(30_000)

  /// Where sample sizes may lie; one outside counts as the nearer end.
  public static let sampleSizes = 1...ArrivalHistory.largestCapacity

  /// By how many standard deviations the silence must exceed the mean until phi is at the threshold: the normal
  /// quantile of 1 - 10^-threshold, in units of 2⁻⁴⁸. Negative for thresholds below log10(2), 0.301.
  var deviations: Int64 {
    let threshold = min(max(phiThreshold, Self.thresholds.lowerBound), Self.thresholds.upperBound)
    // The quantile of the small tail and its sign turned: 1 - tail would lose the tail's digits.
    let tail = ExactMath.exp(-threshold.value * Self.naturalLogarithmOfTen)
    let scaled = -ExactMath.normalQuantile(tail) * 0x1p48
    return Int64(scaled + (scaled < 0 ? -0.5 : 0.5))
  }

  /// The silence after which phi is at the threshold, rounded up to a nanosecond: mean + pause + z · deviation.
  ///
  /// - Parameters:
  ///   - mean: of the times between heartbeats, in nanoseconds.
  ///   - deviation: of the same, in nanoseconds.
  ///   - deviations: what the property of that name says; given, since it does not change and takes a logarithm.
  func patience(mean: Int64, deviation: Int64, deviations: Int64) -> Int64 {
    let spread = Int128(max(deviation, leastDeviation)) * Int128(deviations)
    let margin = -((-spread) >> 48)
    return Int64(clamping: max(0, Int128(mean) + Int128(pause) + margin))
  }

  /// `acceptablePause` in nanoseconds.
  var pause: Int64 { max(0, acceptablePause.wholeNanoseconds) }

  /// `minimumDeviation` in nanoseconds.
  var leastDeviation: Int64 { max(1, minimumDeviation.wholeNanoseconds) }

  static var naturalLogarithmOfTen: Double { 0x1.26bb1bbb55516p+1 }
}
