/// One combination of the values that a sweep varies, and what came of it.
public struct Cell: Sendable, Hashable {
  /// A value that was varied.
  public struct Parameter: Sendable, Hashable {
    public var path: String
    /// As it would be written in the scenario.
    public var value: String

    public init(path: String, value: String) {
      self.path = path
      self.value = value
    }
  }

  public enum Outcome: Sendable, Hashable {
    case played(CellResult)
    /// It could not be played: why, in one or more lines.
    case failed(String)
  }

  /// Its place in the sweep, from 1.
  public var number: Int
  public var parameters: [Parameter]
  public var outcome: Outcome

  public init(number: Int, parameters: [Parameter], outcome: Outcome) {
    self.number = number
    self.parameters = parameters
    self.outcome = outcome
  }

  /// `nil` when it could not be played.
  public var result: CellResult? { if case .played(let result) = outcome { result } else { nil } }
  /// `nil` when it was played.
  public var failure: String? { if case .failed(let message) = outcome { message } else { nil } }

  /// `healthCheck.interval=5s, healthCheck.failureThreshold=2`
  public var label: String { parameters.label }
}

extension [Cell.Parameter] {
  public var label: String { map { "\($0.path)=\($0.value)" }.joined(separator: ", ") }
}

/// What the replications of a cell have shown.
public struct CellResult: Sendable, Hashable, Codable {
  public var replications: Int
  /// Of all replications.
  public var incidents: Int
  /// In how many replications something that must always hold did not, and what that was in the first.
  public var violated: Int
  public var firstViolation: String?
  /// In the order of `Figure.all`.
  public var figures: [FigureSummary]

  public init(_ statistics: ReplicationStatistics) {
    replications = statistics.replications
    incidents = statistics.incidents
    violated = statistics.violated
    firstViolation = statistics.firstViolation
    figures = statistics.summaries
  }

  /// What is said of a figure; `nil` for a name that none has.
  public subscript(figure: String) -> FigureSummary? { figures.first { $0.name == figure } }
}
