import Failover

/// What a scenario's author says one should see in a run of it: a figure, and the least or the most it may be.
public struct Expectation: Sendable, Hashable {
  /// A metric's name, or `events.KIND` for how often a kind of event is in the log.
  public var figure: Figure
  public var atLeast: MetricValue?
  public var atMost: MetricValue?

  public enum Figure: Sendable, Hashable {
    case metric(String)
    /// How many events of this kind there are.
    case events(String)

    public var name: String {
      switch self {
      case .metric(let name): name
      case .events(let kind): "events.\(kind)"
      }
    }
  }

  /// The figure in one run, and whether it is as expected.
  public struct Outcome: Sendable, Hashable {
    public var expectation: Expectation
    /// `nil` when the run has no such figure.
    public var value: MetricValue?

    /// A figure that is not there is not as expected.
    public var holds: Bool {
      guard let value else { return false }
      let isTooSmall = expectation.atLeast.map { $0.exceeds(value) } ?? false
      let isTooLarge = expectation.atMost.map { value.exceeds($0) } ?? false
      return !isTooSmall && !isTooLarge
    }
  }

  /// Looks at a run.
  public func outcome(in run: Run, _ metrics: MetricTable) -> Outcome {
    switch figure {
    case .metric(let name): Outcome(expectation: self, value: metrics[name])
    case .events(let kind):
      Outcome(
        expectation: self,
        value: .count(run.workspaces.reduce(0) { $0 + $1.events.count { $0.kind.name == kind } }))
    }
  }

  /// All expectations of a run's scenario, in the order of the file.
  public static func outcomes(in run: Run) -> [Outcome] {
    guard !run.scenario.expectations.isEmpty else { return [] }
    let metrics = MetricTable(run)
    return run.scenario.expectations.map { $0.outcome(in: run, metrics) }
  }
}

extension Expectation: CustomStringConvertible {
  /// Such as `mttd.max at most 30.4s`.
  public var description: String {
    if let atLeast, atLeast == atMost { return "\(figure.name) exactly \(atLeast.written)" }
    let bounds = [atLeast.map { "at least \($0.written)" }, atMost.map { "at most \($0.written)" }]
    return "\(figure.name) \(bounds.compactMap { $0 }.joined(separator: " and "))"
  }
}
