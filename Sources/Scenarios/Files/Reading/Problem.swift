/// One thing that is wrong, or doubtful, in a file or an option.
public struct Problem: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, CaseIterable { case error, warning }

  public var severity: Severity
  public var location: SourceLocation
  /// What is wrong, without a full stop: `unknown key 'intervall'`.
  public var message: String
  /// The nearest valid name, where one is near.
  public var suggestion: String?
  /// What would be right here, as a sentence without a full stop: `Known here: interval, timeout`.
  public var expected: String?

  public init(
    _ message: String, at location: SourceLocation, suggestion: String? = nil, expected: String? = nil,
    severity: Severity = .error
  ) {
    self.severity = severity
    self.location = location
    self.message = message
    self.suggestion = suggestion
    self.expected = expected
  }
}

extension Problem: CustomStringConvertible {
  /// One line: `x.yaml:12:5: error: unknown key 'intervall'; did you mean 'interval'? Known here: interval`.
  public var description: String {
    var text = "\(location): \(severity): \(message)"
    if let suggestion { text += "; did you mean '\(suggestion)'?" }
    if let expected { text += (suggestion == nil ? ". " : " ") + expected }
    return text
  }
}

/// A file (and the options laid over it) that cannot be used, with everything that is wrong with it.
public struct InvalidFile: Error, Sendable, Hashable {
  /// All problems, warnings included, by location; never empty.
  public let problems: [Problem]
  /// How many more there were than `ProblemList.limit`.
  public let omitted: Int

  public init(_ problem: Problem) {
    problems = [problem]
    omitted = 0
  }

  init(_ list: ProblemList) {
    problems = list.sorted
    omitted = list.omitted
  }
}

extension InvalidFile: CustomStringConvertible {
  /// One problem a line.
  public var description: String {
    let lines = problems.map(\.description)
    return (omitted == 0 ? lines : lines + ["and \(omitted) more"]).joined(separator: "\n")
  }
}

/// Problems as they are found; each counts once, and a hostile file cannot make the list grow without end.
struct ProblemList: Sendable {
  static let limit = 100

  private(set) var problems: [Problem] = []
  private(set) var omitted = 0
  private var seen: Set<Problem> = []

  mutating func append(_ problem: Problem) {
    guard problems.count < Self.limit else {
      omitted += 1
      return
    }
    // An alias makes one written value appear in several places; its problem is still one problem.
    if seen.insert(problem).inserted { problems.append(problem) }
  }

  mutating func append(contentsOf list: ProblemList) {
    list.problems.forEach { append($0) }
    omitted += list.omitted
  }

  var hasErrors: Bool { omitted > 0 || problems.contains { $0.severity == .error } }

  /// By location; in the order found where locations are equal.
  var sorted: [Problem] {
    let order = problems.indices.sorted { a, b in
      let (left, right) = (problems[a].location, problems[b].location)
      return left < right || (!(right < left) && a < b)
    }
    return order.map { problems[$0] }
  }
}
