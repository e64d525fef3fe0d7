import Failover

extension Claim {
  /// A share of incidents or of what is done over and over.
  enum Rate: Sendable, Hashable {
    /// Incidents that the first attempt to get a GPU ended, of all that any attempt ended or that needed a second one.
    case firstAttempt
    /// Lost GPUs that were found to be lost.
    case detected
    /// Detections that had a fault.
    case precise
    /// A share in the table of metrics, by its name.
    case metric(String)
  }

  func judge(_ rate: Rate, atLeast percent: Int64, on evidence: ClaimEvidence) -> ClaimVerdict {
    let observations = evidence.observations
    switch rate {
    case .firstAttempt:
      let ended = observations.filter { $0.incident.attempts.count > 1 || $0.incident.isRecovered }
      let rest = ended.filter { $0.incident.attempts.count > 1 }
      let most = rest.map(\.incident.attempts.count).max() ?? 1
      return judge(
        ended.count - rest.count, of: ended.count, atLeast: percent, on: evidence,
        rest.isEmpty ? [] : ["\(rest.count) needed more attempts, up to \(most)"] + causeText(rest))
    case .detected:
      let faults = observations.filter { !$0.incident.isFalse }
      let slowest = faults.compactMap(\.incident.timeToDetect).max() ?? .zero
      // A fault just before the end of a run may still have been found.
      let decided = faults.filter { $0.incident.detected != nil || $0.elapsed > slowest }
      let found = decided.count { $0.incident.detected != nil }
      return judge(
        found, of: decided.count, atLeast: percent, on: evidence,
        found == 0 ? [] : ["the slowest took \(Figures.human(slowest))"])
    case .precise:
      let detections = observations.filter { $0.incident.detected != nil }
      let wrong = detections.count { $0.incident.isFalse }
      return judge(
        detections.count - wrong, of: detections.count, atLeast: percent, on: evidence,
        ["\(wrong) false failover\(wrong == 1 ? "" : "s")"])
    case .metric(let name): return judge(metric: name, atLeast: percent, on: evidence)
    }
  }

  private func judge(
    _ part: Int, of whole: Int, atLeast percent: Int64, on evidence: ClaimEvidence, _ details: [String]
  ) -> ClaimVerdict {
    guard let ratio = Ratio(Int64(part), over: Int64(whole)) else {
      return ClaimVerdict(self, on: evidence, .notSeen, simulated: "–", why: ["no incident"])
    }
    return ClaimVerdict(
      self, on: evidence, ratio < .percent(percent) ? .doesNotHold : .holds,
      simulated: MetricValue.share(ratio).description, why: ["\(part) of \(incidents(whole))"] + details)
  }

  private func judge(metric name: String, atLeast percent: Int64, on evidence: ClaimEvidence) -> ClaimVerdict {
    guard case .share(let ratio)? = evidence.metrics[name] else {
      return ClaimVerdict(self, on: evidence, .notSeen, simulated: "–", why: ["there was none"])
    }
    let isEnough = ratio >= .percent(percent)
    return ClaimVerdict(
      self, on: evidence, isEnough ? .holds : .doesNotHold, simulated: MetricValue.share(ratio).description,
      why: details(of: name, ratio, isEnough, evidence))
  }

  private func details(of name: String, _ ratio: Ratio, _ isEnough: Bool, _ evidence: ClaimEvidence) -> [String] {
    switch name {
    case "availability.serving":
      let lost = Duration.billingMonth - Duration.billingMonth.scaled(by: ratio.numerator, over: ratio.denominator)
      return ["nobody served for \(Figures.human(lost)) in 30 days"]
    case "sync.successRate":
      guard case .count(let failed)? = evidence.metrics["sync.failed"] else { break }
      return ["\(MetricValue.count(failed)) failed"]
    default: break
    }
    return [MetricTable.definition(name)?.help ?? name] + (isEnough ? [] : causeText(evidence.observations))
  }

  private func causeText(_ observations: [ClaimEvidence.Observation]) -> [String] {
    guard let (cause, count) = mostFrequentCause(in: observations) else { return [] }
    return ["what held up most, \(incidents(count)): \(cause)"]
  }
}

extension Incident {
  /// Whether an attempt to get a GPU succeeded.
  fileprivate var isRecovered: Bool { !attempts.isEmpty && fullService != nil }
}

extension ClaimEvidence.Observation {
  /// From the fault to the end of the incident, or of the run.
  fileprivate var elapsed: Duration { (incident.fullService ?? end) - (incident.fault ?? .zero) }
}
