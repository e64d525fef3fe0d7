import Failover

/// A figure by which strategies are laid side by side.
struct ComparedFigure: Sendable {
  var label: String
  /// One figure a strategy, in their order; `nil` where it has none.
  var values: [MetricValue?]
  var better: MetricDefinition.Better
  /// How sure the difference between the best and each other one is: the mean over seeds of the paired difference is
  /// clear of zero. `nil` where that is not known.
  var isClear: [Bool]?

  /// The places of the best figures: several when they are equal; none when nothing is better or all are equal.
  var best: [Int] {
    let known = values.enumerated().compactMap { index, value in value.map { (index, $0) } }
    guard better != .neither, known.count > 1, let first = known.first else { return [] }
    let best = known.dropFirst().reduce(first.1) { best, item in
      let isMore = item.1.exceeds(best)
      let isLess = best.exceeds(item.1)
      return (better == .higher ? isMore : isLess) ? item.1 : best
    }
    let places = known.filter { $0.1 == best }.map(\.0)
    return places.count == known.count ? [] : places
  }
}

extension Comparison {
  /// What is compared, by name in the table of metrics; the label says the unit where the figure does not.
  private static let figures: [(label: String, metric: String)] = [
    ("MTTD p50", "mttd.p50"), ("MTTD p95", "mttd.p95"),
    ("MTTR degraded p50", "mttrDegraded.p50"), ("MTTR degraded p95", "mttrDegraded.p95"),
    ("MTTR full p50", "mttrFull.p50"), ("MTTR full p95", "mttrFull.p95"),
    ("RPO p50", "rpo.p50"), ("RPO p95", "rpo.p95"),
    ("available, GPU", "availability.full"), ("available, any", "availability.serving"),
    ("lost work, mean", "lostWork.mean"), ("lost work, money", "lostWork"),
    ("not copied, all", "unsynced.total"), ("training goodput", "training.goodput"),
    ("GPUs lost", "interruptions"), ("false failovers", "falseFailovers"),
    ("recovery attempts ok", "recovery.successRate"),
    ("protection a month", "cost.overhead.month"), ("all a month", "cost.month"),
  ]

  var figures: [ComparedFigure] {
    var rows = Self.figures.compactMap { label, metric -> ComparedFigure? in
      let values = entries.map { $0.metrics[metric] }
      guard values.contains(where: { $0 != nil }), let definition = MetricTable.definition(metric) else { return nil }
      return ComparedFigure(label: label, values: values, better: definition.better)
    }
    if baseline != nil {
      let prices = entries.indices.map { overheadPerHourGained($0).map { MetricValue.money($0.perHour) } }
      rows.append(ComparedFigure(label: "$ an hour gained", values: prices, better: .lower))
    }
    if rubric != nil {
      let marks = entries.indices.map { index in
        scorecard(index)?.score.flatMap { Ratio($0.billionths, over: 1_000_000_000) }.map(MetricValue.count)
      }
      rows.append(ComparedFigure(label: "mark of 10", values: marks, better: .higher))
    }
    return rows
  }

  /// The one that is back at full service the soonest on average; `nil` where none is sooner.
  var quickest: Int? {
    ComparedFigure(label: "", values: entries.map { $0.metrics["mttrFull.mean"] }, better: .lower).best.first
  }

  /// How much longer each other one takes to full service than the quickest, with the same seeds, in seconds.
  var differencesFromQuickest: [(index: Int, difference: MeanEstimate)] {
    guard let quickest else { return [] }
    return entries.indices.filter { $0 != quickest }.compactMap { index in
      pairedDifference(\.meanTimeToFullService, of: index, from: quickest).map { (index, $0) }
    }
  }

  /// The mean over the seeds of how much one entry's figure is above another's, with the same seed.
  func pairedDifference(
    _ metric: KeyPath<MetricInputs, Double?>, of index: Int, from other: Int
  ) -> MeanEstimate? {
    let pairs = zip(entries[index].runs, entries[other].runs)
    return MeanEstimate(
      pairs.compactMap { a, b in
        guard let a = a[keyPath: metric], let b = b[keyPath: metric] else { return nil }
        return a - b
      })
  }
}

extension MetricInputs {
  /// Seconds; `nil` without a completed recovery.
  var meanTimeToFullService: Double? { metrics.timeToFullService.mean?.inSeconds }
  /// From 0 to 1; `nil` when nothing was served.
  var shareOfFullService: Double? {
    metrics.availability.total > .zero ? metrics.availability.share(\.full) : nil
  }
}
