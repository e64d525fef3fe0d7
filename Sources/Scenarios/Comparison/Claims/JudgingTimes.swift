import Failover

/// The times of all incidents that say something of a measure, the shortest first; those in which it never came are
/// last.
private struct TimeSample {
  struct Item {
    /// `nil` when it never came.
    var duration: Duration?
    var observation: ClaimEvidence.Observation
  }

  let items: [Item]

  /// - Parameter most: the longest that is allowed. An incident that ended sooner without it decides nothing and is
  ///   left out, as are all such when nothing is too long.
  init(_ measure: Claim.Measure, _ evidence: ClaimEvidence, most: Duration?) {
    let found = evidence.observations.compactMap { observation -> Item? in
      switch measure.reading(of: observation) {
      case .took(let duration): return Item(duration: duration, observation: observation)
      case .never: return Item(duration: nil, observation: observation)
      case .notWithin(let time):
        guard let most, time > most else { return nil }
        return Item(duration: nil, observation: observation)
      case .nothing: return nil
      }
    }
    items = found.enumerated().sorted { a, b in
      let (first, second) = (a.element.duration ?? Self.endless, b.element.duration ?? Self.endless)
      return first == second ? a.offset < b.offset : first < second
    }.map(\.element)
  }

  private static let endless = Duration.nanoseconds(Int64.max)

  /// By the nearest-rank method; `nil` when there is none.
  func item(at percent: Int) -> Item? {
    items.isEmpty ? nil : items[max(0, (percent * items.count + 99) / 100 - 1)]
  }

  func counts(_ bounds: TimeBounds) -> ClaimVerdict.Counts {
    var counts = ClaimVerdict.Counts(sooner: 0, within: 0, later: 0)
    for item in items {
      switch item.duration.map(bounds.position) ?? .later {
      case .sooner: counts.sooner += 1
      case .within: counts.within += 1
      case .later: counts.later += 1
      }
    }
    return counts
  }
}

extension Claim {
  /// So many per cent of the incidents must lie within a range for the claim to hold.
  static let neededPercent = 95

  func judge(_ measure: Measure, _ bounds: TimeBounds, on evidence: ClaimEvidence) -> ClaimVerdict {
    let sample = TimeSample(measure, evidence, most: bounds.most)
    guard let median = sample.item(at: 50), let high = sample.item(at: 95) else { return notSeen(measure, evidence) }
    let counts = sample.counts(bounds)
    let needed = Self.neededPercent * counts.total
    let outcome: ClaimVerdict.Outcome =
      if counts.within * 100 >= needed { .holds } else {
        (counts.within + counts.sooner) * 100 >= needed ? .better : .doesNotHold
      }
    let (middle, upper) = (text(median), text(high))
    let late = Array(sample.items.suffix(counts.later))
    return ClaimVerdict(
      self, on: evidence, outcome, simulated: middle == upper ? middle : "\(middle), p95 \(upper)", counts: counts,
      why: [shares(counts), described("the median", median, measure)]
        + (outcome == .doesNotHold ? causes(of: late, measure) + setting(measure, evidence.strategy) : []))
  }

  func judge(_ measure: Measure, neverMoreThan most: Duration, on evidence: ClaimEvidence) -> ClaimVerdict {
    let bounds = TimeBounds.range(.zero, most)
    let sample = TimeSample(measure, evidence, most: most)
    guard let longest = sample.items.last else { return notSeen(measure, evidence) }
    let counts = sample.counts(bounds)
    let outcome: ClaimVerdict.Outcome = counts.later == 0 ? .holds : .doesNotHold
    let isOne = sample.items.count == 1
    let extent = isOne ? text(longest) : longest.duration == nil ? "never in some" : "up to \(text(longest))"
    let late = Array(sample.items.suffix(counts.later))
    return ClaimVerdict(
      self, on: evidence, outcome, simulated: extent, counts: counts,
      why: [shares(counts), described("the longest", longest, measure)]
        + (outcome == .doesNotHold ? causes(of: late, measure) + setting(measure, evidence.strategy) : []))
  }

  func judge(
    _ statistic: Statistic, of measure: Measure, _ bounds: TimeBounds, on evidence: ClaimEvidence
  ) -> ClaimVerdict {
    let sample = TimeSample(measure, evidence, most: bounds.most)
    guard let shortest = sample.items.first, let median = sample.item(at: 50), let longest = sample.items.last else {
      return notSeen(measure, evidence)
    }
    let item =
      switch statistic {
      case .shortest: shortest
      case .median: median
      case .longest: longest
      }
    let outcome: ClaimVerdict.Outcome =
      switch item.duration.map(bounds.position) ?? .later {
      case .sooner: .better
      case .within: .holds
      case .later: .doesNotHold
      }
    let extent = "between \(text(shortest)) and \(text(longest)), the median is \(text(median))"
    return ClaimVerdict(
      self, on: evidence, outcome, simulated: "\(statistic.rawValue) \(text(item))",
      why: ["\(incidents(sample.items.count)) \(extent)"])
  }

  // MARK: Why

  private func text(_ item: TimeSample.Item) -> String { item.duration.map(Figures.human) ?? "never" }

  /// The time with the largest of its parts.
  private func described(_ name: String, _ item: TimeSample.Item, _ measure: Measure) -> String {
    guard let duration = item.duration else {
      return measure == .dataAge ? "\(name) had no copy at all" : "\(name) never came"
    }
    let part = measure.largestPart(of: item.observation.incident)
    let partText = part.map { ", of which \($0.name) \(Figures.human($0.duration))" } ?? ""
    return "\(name) is \(Figures.human(duration))\(partText)"
  }

  private func shares(_ counts: ClaimVerdict.Counts) -> String {
    let total = counts.total
    if counts.within == total { return total == 1 ? "the one incident is within" : "all \(total) incidents within" }
    let share = Figures.percent(Int64(counts.within), of: Int64(total), decimals: 1)
    let rest = [(counts.sooner, "sooner"), (counts.later, "later")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return (["\(counts.within) of \(incidents(total)) within (\(share))"] + rest).joined(separator: ", ")
  }

  /// What held up most of those that are late.
  private func causes(of items: [TimeSample.Item], _ measure: Measure) -> [String] {
    switch measure {
    case .standbyService, .gpuService, .gpuServiceWithoutMachine, .recovery: break
    case .detection, .failoverStart, .transition, .phase, .warm, .dataAge: return []
    }
    guard let (cause, count) = mostFrequentCause(in: items.map(\.observation)) else { return [] }
    return ["\(count) of those later: \(cause)"]
  }

  /// The cause that held up most of these, and how many.
  func mostFrequentCause(in observations: [ClaimEvidence.Observation]) -> (cause: String, count: Int)? {
    var counts: [String: Int] = [:]
    for cause in observations.flatMap(\.causes) { counts[cause, default: 0] += 1 }
    let best = counts.max { a, b in a.value == b.value ? a.key > b.key : a.value < b.value }
    return best.map { ($0.key, $0.value) }
  }

  /// What in the strategy itself decides it.
  private func setting(_ measure: Measure, _ strategy: Strategy) -> [String] {
    switch measure {
    case .detection, .standbyService:
      let policy = strategy.healthCheck
      guard !policy.methods.isEmpty else { return [] }
      let every = "a check every \(TimeBounds.text(policy.interval))"
      let failures = policy.failureThreshold == 1 ? "1 failure" : "\(policy.failureThreshold) failures in a row"
      return ["\(every), down after \(failures)"]
    case .dataAge:
      // The pass that is under way at the fault is lost: a copy is as old as the beginning of the one before.
      if let standby = strategy.standby, standby.mode == .running {
        return ["a sync begins every \(TimeBounds.text(standby.sync.interval)) and counts once it is over"]
      }
      return strategy.snapshots.map {
        ["a snapshot begins every \(TimeBounds.text($0.interval)) and counts once it is over"]
      } ?? []
    default: return []
    }
  }

  private func notSeen(_ measure: Measure, _ evidence: ClaimEvidence) -> ClaimVerdict {
    let reason =
      switch measure {
      case .gpuServiceWithoutMachine: "no machine was lost"
      case .phase(let name): "no incident has a finished phase \"\(name)\""
      case .warm: "no stopped GPU took over"
      default: "it did not come"
      }
    let count = evidence.observations.count
    return ClaimVerdict(
      self, on: evidence, .notSeen, simulated: "–",
      why: [count == 0 ? "no incident" : "\(reason) in \(incidents(count))"])
  }

  func incidents(_ count: Int) -> String { count == 1 ? "1 incident" : "\(count) incidents" }
}
