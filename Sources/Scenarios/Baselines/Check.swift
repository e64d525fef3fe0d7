import Failover
import FailoverSim

/// A scenario as it is now beside its baseline.
public struct Check: Sendable {
  /// How the check of one baseline, or of several, ends.
  public enum Status: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Nothing got better or worse, as far as can be told.
    case fine
    /// Something got better and nothing worse.
    case improved
    /// There is no baseline, or it says nothing about this scenario.
    case notComparable
    /// Something got worse, or a limit does not hold.
    case regressed

    public static func < (a: Status, b: Status) -> Bool { a.rawValue < b.rawValue }
  }

  /// What a limit demands and what is there.
  public struct JudgedLimit: Sendable, Hashable {
    /// `mttrFull.p95 < 15min`
    public let text: String
    /// The figure as people read it; `nil` when nothing had a value, which holds no limit.
    public let value: String?
    public let holds: Bool
  }

  /// What came of a comparison.
  public struct Findings: Sendable {
    public var judgements: [Judgement]
    public var limits: [JudgedLimit]
    /// In the order of an incident; only those that there are.
    public var phases: [PhaseChange]
    /// Of each time of an incident, in the order of reports; only those that there are.
    var distributions: [DistributionChange]
    /// What changed in the strategy, `path: old → new`.
    public var strategyChanges: [String]
    /// What else one should know.
    public var notes: [String]
  }

  /// Of the baseline, as it was given.
  public let path: String
  /// The scenario and what is laid over it; the path when there is no baseline.
  public let cell: String
  /// The seeds, for reports.
  public let seeds: String
  public let result: Result<Findings, NotComparable>

  /// Plays the baseline's scenario with its seeds, and compares.
  ///
  /// - Parameters:
  ///   - path: of the baseline.
  ///   - overrides: `path=value` texts, laid over the settings that the baseline was made with.
  /// - Throws: as `LoadedScenario` does; `InvalidFile` when the file is no baseline; `ReplicationError`. That it is missing
  ///   or not comparable is a result, not an error.
  public init(
    _ path: String, overrides: [String] = [], tolerances: [Tolerance] = [], limits: [Limit] = [],
    workers: Workers = Workers(), progress: (@Sendable (Int) -> Void)? = nil
  ) throws {
    self.path = path
    let baseline: Baseline
    do {
      baseline = try Baseline(contentsOf: path)
    } catch let error as NotComparable {
      cell = path
      seeds = ""
      result = .failure(error)
      return
    }
    cell = baseline.cell
    seeds = baseline.seedsText
    if let other = baseline.otherModel(path) {
      result = .failure(other)
      return
    }
    let scenario = try baseline.source.load(besides: path, overrides: overrides).scenario
    let identity = ScenarioIdentity(scenario)
    if let why = baseline.identity.whyOther(identity) {
      result = .failure(NotComparable(path: path, reason: why))
      return
    }
    let samples = try SeedSamples(
      playing: scenario, firstSeed: baseline.firstSeed, count: baseline.seeds, until: baseline.source.until,
      workers: workers, progress: progress)
    result = .success(Findings(baseline, identity, samples, tolerances: tolerances, limits: limits))
  }

  /// A result that was had in another way.
  init(path: String, cell: String, seeds: String, result: Result<Findings, NotComparable>) {
    self.path = path
    self.cell = cell
    self.seeds = seeds
    self.result = result
  }

  public var status: Status {
    guard case .success(let findings) = result else { return .notComparable }
    if findings.limits.contains(where: { !$0.holds }) { return .regressed }
    if findings.judgements.contains(where: { $0.verdict == .regressed }) { return .regressed }
    return findings.judgements.contains { $0.verdict == .improved } ? .improved : .fine
  }
}

extension Baseline {
  /// Why it says nothing about what this program simulates.
  fileprivate func otherModel(_ path: String) -> NotComparable? {
    guard modelVersion != ModelVersion.current else { return nil }
    return NotComparable(
      path: path,
      reason: "it was made with version \(modelVersion) of the simulated world, and this is version "
        + "\(ModelVersion.current): its numbers are not comparable")
  }
}

extension Check.Findings {
  /// Lays what was played beside a baseline of the same scenario and seeds.
  init(
    _ baseline: Baseline, _ identity: ScenarioIdentity, _ samples: SeedSamples, tolerances: [Tolerance] = [],
    limits: [Limit] = []
  ) {
    let bootstrap = Bootstrap(seeds: samples.count, seed: samples.firstSeed)
    let old = baseline.samples
    // The last tolerance that was given for a measure counts.
    let given = Dictionary(tolerances.map { ($0.measure.name, $0) }) { $1 }
    let further = tolerances.map(\.measure).filter { measure in !Measure.judged.contains { $0.name == measure.name } }
    var seen: Set<String> = []
    judgements = (Measure.judged + further).filter { seen.insert($0.name).inserted }.compactMap { measure in
      Judgement(
        measure, from: old.series(measure), to: samples.series(measure), tolerance: given[measure.name],
        stored: baseline.metrics[measure.name]?.tolerance, bootstrap)
    }
    self.limits = limits.map { limit in
      let steps = samples.series(limit.measure)?.value.map { Int64($0.rounded()) }
      return Check.JudgedLimit(
        text: limit.text, value: steps.map { Steps.text($0, limit.measure.figure.unit) }, holds: limit.holds(steps))
    }
    phases = Incident.phaseNames.compactMap { name in
      guard old.phases[name] != nil || samples.phases[name] != nil,
        let before = old.series(phase: name), let after = samples.series(phase: name)
      else { return nil }
      return PhaseChange(name, from: before, to: after, bootstrap)
    }
    distributions = Figure.all.filter { $0.sampling == .incident }.compactMap { figure in
      DistributionChange(figure.name, from: old.figures[figure.name] ?? [], to: samples.figures[figure.name] ?? [])
    }
    strategyChanges = baseline.identity.strategyChanges(to: identity)
    notes = []
    if old.fingerprint != samples.fingerprint, old.figures == samples.figures, old.phases == samples.phases {
      notes.append(
        "the fingerprint changed (\(old.fingerprint) → \(samples.fingerprint)): other things happened, with the same "
          + "figures")
    }
  }

  /// What got worse, or does not hold.
  public var regressions: [Judgement] { judgements.filter { $0.verdict == .regressed } }
  public var improvements: [Judgement] { judgements.filter { $0.verdict == .improved } }

  /// Which part of the incidents it was: `detection +4.1 s, everything else unchanged`; `nil` when there is no incident
  /// to compare.
  public var whereItChanged: String? {
    guard !phases.isEmpty else { return nil }
    let changed = phases.filter(\.isChanged)
    guard !changed.isEmpty else { return "no phase of the incidents changed" }
    let parts = changed.map { "\($0.name) \(Steps.change($0.difference, .duration))" }
    return (parts + (changed.count < phases.count ? ["everything else unchanged"] : [])).joined(separator: ", ")
  }
}

extension PhaseChange {
  fileprivate init?(_ name: String, from old: SeedSeries, to new: SeedSeries, _ bootstrap: Bootstrap) {
    guard let before = old.value, let after = new.value else { return nil }
    self.name = name
    self.before = Int64(before.rounded())
    self.after = Int64(after.rounded())
    let difference = bootstrap.difference(from: old, to: new)
    let low = difference?.low ?? difference?.value ?? 0
    let high = difference?.high ?? difference?.value ?? 0
    let isClear = low > 0 || high < 0
    self.low = difference?.low.map { Int64($0.rounded()) }
    self.high = difference?.high.map { Int64($0.rounded()) }
    isChanged = isClear && (self.after - self.before).magnitude > UInt64(Tolerance.derived(from: old, bootstrap))
  }
}
