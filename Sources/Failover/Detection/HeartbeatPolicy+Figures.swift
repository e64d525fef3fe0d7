/// Closed forms for heartbeats that are sent every interval, each lost with the same probability independently of the
/// others, and otherwise `transit` under way.
///
/// They are exact for `.silence`. For `.accrual` they take `patience` as a fixed time-out, which is exact where nothing
/// is lost; otherwise its detector, having learned of losses, is slower than they say and wrong less often.
extension HeartbeatPolicy {
  /// The mean time to detect a fault that comes at a moment unrelated to the heartbeats.
  ///
  /// The last heartbeat that arrived was sent a time A before the fault, and suspicion comes at patience + transit - A.
  /// With no losses A is half an interval in the mean. With them it is evenly spread over the interval after the last
  /// heartbeat that was not lost, which lies g intervals further back with a probability in proportion to pᵍ; faults
  /// that find the machine already suspected, by bad luck, are left out. Thus losses make detection quicker.
  public func meanDetectionTime(transit: Duration = .zero, loss: Ratio = .zero) -> Duration {
    let reach = max(0, worstDetectionTime(transit: transit).wholeNanoseconds)
    let period = max(1, interval.wholeNanoseconds)
    let (whole, rest) = reach.quotientAndRemainder(dividingBy: period)
    let share = Double(rest) / Double(period)
    let lost = GeometricSum(ratio: Self.probability(loss), terms: whole)
    // Whole intervals, age g + 1/2 each, and the part of the last one that is still within reach.
    let weight = lost.sum + lost.power * share
    guard weight > 0 else { return .zero }
    let ages = lost.weightedSum + lost.sum / 2 + lost.power * share * (Double(whole) + share / 2)
    let age = Duration(roundingNanoseconds: ages / weight * Double(period)) ?? .zero
    return .nanoseconds(reach) - age
  }

  /// The longest time to detect a fault, which strikes just after a heartbeat was sent: patience + transit.
  public func worstDetectionTime(transit: Duration = .zero) -> Duration { patience + transit }

  /// How many heartbeats lost in a row make a healthy machine suspected: those that are due before `patience` is over.
  /// The one due at its very end comes too late.
  public var lossesUntilSuspicion: Int {
    let time = patience.wholeNanoseconds
    return time > 0 ? Int(clamping: (time - 1) / max(1, interval.wholeNanoseconds)) : 0
  }

  /// The mean time from a heartbeat, or from a beginning at the moment of one, to the first suspicion of a healthy
  /// machine; `nil` when there is none, or not within 292 years.
  ///
  /// Suspicion comes with the patience after the last heartbeat before m are lost in a row: (M - m) intervals +
  /// patience, M = (1 - pᵐ) / ((1 - p) pᵐ). A watch that begins anew with each false failover has one that often.
  public func meanTimeToFalseSuspicion(loss: Ratio) -> Duration? {
    let needed = lossesUntilSuspicion
    guard let losses = losses(loss) else { return patience }
    let beats = losses.meanTrials - Double(needed)
    return Duration(roundingNanoseconds: beats * Double(interval.wholeNanoseconds)).map { $0 + patience }
  }

  /// The probability that a healthy machine is suspected at least once in a time `span` that begins with a heartbeat.
  public func probabilityOfFalseSuspicion(in span: Duration, loss: Ratio) -> Double {
    guard let beats = beatsThatCount(in: span) else { return 0 }
    return losses(loss)?.probability(within: beats) ?? 1
  }

  /// The expected number of suspicions of a healthy machine in a time `span` that begins with a heartbeat, each ended
  /// by the next heartbeat that arrives.
  ///
  /// One arises when m heartbeats are lost after one that was not: pᵐ for the first m, and (1 - p) pᵐ for every one
  /// more.
  public func expectedFalseSuspicions(in span: Duration, loss: Ratio) -> Double {
    guard let beats = beatsThatCount(in: span) else { return 0 }
    let needed = Int64(lossesUntilSuspicion)
    let p = Self.probability(loss)
    let run = GeometricSum(ratio: p, terms: needed).power
    return run + Double(beats - needed) * (1 - p) * run
  }

  /// Heartbeats due after the first that decide about suspicions within `span`: the n-th loss in a row completes a run
  /// of m that began n - m heartbeats after the start, and suspicion follows its beginning by the patience. `nil` when
  /// the span is too short for any.
  private func beatsThatCount(in span: Duration) -> Int64? {
    guard span >= patience else { return nil }
    let later = (span - patience).wholeNanoseconds / max(1, interval.wholeNanoseconds)
    return Int64(clamping: Int128(later) + Int128(lossesUntilSuspicion))
  }

  /// `nil` when not even one loss is needed.
  private func losses(_ loss: Ratio) -> FailureRuns? {
    let needed = lossesUntilSuspicion
    return needed > 0 ? FailureRuns(probability: Self.probability(loss), length: needed) : nil
  }

  private static func probability(_ loss: Ratio) -> Double { min(max(0, loss.value), 1) }
}
