import Failover
import FailoverSim

/// The same scenario with many combinations of values, each played with the same luck.
///
/// ```swift
/// let sweep = try Sweep(
///   ScenarioSource(path: "scenarios/cpu-standby.yaml"),
///   vary: [Variation("healthCheck.interval=5s,10s,20s")], replications: StoppingRule(limit: 20))
/// let outcome = try sweep.run()
/// ```
public struct Sweep: Sendable {
  public let source: ScenarioSource
  /// The scenario as it is without the cells' values.
  public let base: LoadedScenario
  public let variations: [Variation]
  public let constraint: Constraint?
  public let sampling: CellSampling
  /// What to play, in order.
  public let cells: [[Cell.Parameter]]
  /// Combinations that the constraint leaves out.
  public let excluded: Int
  public let plan: ReplicationPlan
  public let rule: StoppingRule
  /// Ends every operation earlier or later than the scenario says.
  public let until: Duration?

  /// - Throws: `InvalidFile` when the scenario, a variation or the constraint makes no sense; what loading the scenario
  ///   throws.
  public init(
    _ source: ScenarioSource, vary variations: [Variation], constraint: Constraint? = nil,
    sampling: CellSampling = .grid, plan: ReplicationPlan = ReplicationPlan(), replications rule: StoppingRule,
    until: Duration? = nil
  ) throws {
    self.source = source
    self.variations = variations
    self.constraint = constraint
    self.sampling = sampling
    self.plan = plan
    self.rule = rule
    self.until = until
    base = try source.load()
    try Self.check(variations, sampling, source)
    let places = variations.map(\.place)
    for path in constraint?.paths ?? [] where !places.contains(path) && source.value(at: path) == nil {
      throw InvalidFile(
        Problem(
          "the scenario does not say \(quoted(path.description)); vary it or give it with --set",
          at: constraint?.location ?? .file(source.path),
          suggestion: nearest(to: path.description, among: places.map(\.description))))
    }
    (cells, excluded) = try sampling.combinations(of: variations, seed: plan.baseSeed) { cell throws(InvalidFile) in
      try constraint?.holds { place in
        places.firstIndex(of: place).map { cell[$0].value } ?? source.value(at: place)
      } ?? true
    }
    if cells.isEmpty {
      throw InvalidFile(
        Problem(
          excluded > 0 ? "the constraint leaves no cell" : "there is no cell",
          at: constraint?.location ?? .file(source.path)))
    }
  }

  /// What is wrong with the variations whatever their combination.
  private static func check(_ variations: [Variation], _ sampling: CellSampling, _ source: ScenarioSource) throws {
    guard !variations.isEmpty else {
      throw InvalidFile(Problem("nothing is varied", at: .file(source.path)))
    }
    if case .sobol = sampling, variations.count > SobolSequence.maximumDimensions {
      throw InvalidFile(
        Problem(
          "an even spread is had for at most \(SobolSequence.maximumDimensions) values at a time; use random",
          at: variations[SobolSequence.maximumDimensions].location))
    }
    for (index, variation) in variations.enumerated() {
      if let other = variations[..<index].first(where: { $0.place == variation.place }) {
        throw InvalidFile(Problem("'\(other.path)' is varied twice", at: variation.location))
      }
      // A misspelt path makes every cell fail: better said once, before anything is played.
      let values = variation.values ?? [0, 0.5].map(variation.value(at:))
      var failure: (any Error)?
      for value in values.prefix(20) {
        do {
          _ = try source.load([Cell.Parameter(path: variation.path, value: value)])
          failure = nil
          break
        } catch let error as InvalidFile where variations.count > 1 && !error.speaksOfPath {
          // With another value beside it, it may be right.
          failure = nil
          break
        } catch {
          failure = failure ?? error
        }
      }
      if let failure { throw failure }
    }
  }

  /// Which sweep this is, of all there could be: the same for the same files, options and version of the program.
  ///
  /// - Parameter version: of the program: another one may give other figures.
  public func identity(version: String) throws -> String {
    let content = try source.contentHash()
    let settings = [
      version, "\(plan.baseSeed)", "\(plan.isAntithetic)", "\(rule.limit)", "\(String(describing: rule.precision))",
      "\(String(describing: until))", "\(sampling)",
    ] + cells.map(\.label)
    let hash = settings.reduce(content) { StableHash.finalise($0 ^ StableHash.finalise(StableHash.fnv1a64($1.utf8))) }
    return String(hash, radix: 16)
  }
}

extension InvalidFile {
  /// Whether there is no such place in a scenario, whatever the value.
  fileprivate var speaksOfPath: Bool { problems.contains { $0.message.hasPrefix("unknown key") } }
}
