import Failover

/// What a figure must keep to: `falseFailovers<0.1/month`, `mttrFull.p95 <= 10min`, `availability>=99.9%`,
/// `cost<$15/month`.
public struct FigureLimit: Sendable {
  public enum Comparator: String, Sendable, Hashable, CaseIterable {
    case atMost = "<=", atLeast = ">=", less = "<", more = ">"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .less: value < bound
      case .more: value > bound
      }
    }
  }

  /// As it was written.
  public let text: String
  public let target: FigureStatistic
  public let comparator: Comparator
  /// Seconds, dollars, a share of 1 or a number, as the figure's unit is; of a monthly figure in 30 days.
  public let bound: Double
  /// Whether it was said to be by the month.
  let isByMonth: Bool
  let location: SourceLocation

  /// - Throws: `InvalidFile` when it is no comparison of a figure with an amount of its unit.
  public init(_ text: String, option: String = "--limit", number: Int = 1) throws(InvalidFile) {
    let location = SourceLocation.option("\(option) \(text)", number: number)
    func problem(_ message: String, expected: String? = nil) -> InvalidFile {
      InvalidFile(Problem(message, at: location, expected: expected))
    }
    guard text.utf8.count <= 200, let place = text.firstIndex(where: { $0 == "<" || $0 == ">" }) else {
      throw problem("expected a figure, <, <=, > or >=, and an amount, such as mttrFull.p95<10min or cost<15/month")
    }
    self.text = text.trimmingSpaces
    self.location = location
    target = try FigureStatistic(String(text[..<place]).trimmingSpaces, at: location)
    var rest = String(text[place...])
    let comparator = Comparator.allCases.first { rest.hasPrefix($0.rawValue) } ?? .less
    self.comparator = comparator
    rest = String(rest.dropFirst(comparator.rawValue.count)).trimmingSpaces
    isByMonth = rest.hasSuffix("/month")
    if isByMonth {
      guard target.figure.isMonthly else { throw problem("\(target.figure.name) is not by the month; leave out /month") }
      rest = String(rest.dropLast("/month".count)).trimmingSpaces
    }
    guard let bound = Self.amount(rest, target.figure.unit) else {
      throw problem(
        "\(quoted(rest)) is no amount of \(target.figure.name)",
        expected: "Expected \(Self.example(target.figure.unit))")
    }
    self.bound = bound
  }

  private static func amount(_ text: String, _ unit: MetricUnit) -> Double? {
    switch unit {
    case .duration: (try? Units.parseDuration(text))?.inSeconds
    case .money: (try? Units.parseMoney(text.hasPrefix("$") ? text : "$" + text)).map { Double($0.nanodollars) / 1e9 }
    case .share, .count, .bytes: (try? Units.parseRatio(text))?.value
    }
  }

  private static func example(_ unit: MetricUnit) -> String {
    switch unit {
    case .duration: "a time such as 90s or 10min"
    case .money: "dollars such as 15 or $15"
    case .share: "a share such as 99.9% or 0.999"
    case .count, .bytes: "a number such as 0.1"
    }
  }

  public func holds(_ value: Double) -> Bool { comparator.holds(value, bound) }

  /// Whether more of the figure brings it nearer to being broken.
  var isUpper: Bool { comparator == .less || comparator == .atMost }

  /// How far a value is beyond the limit, as a part of the limit (of 1 where that is zero); zero when it holds.
  func excess(of value: Double) -> Double {
    holds(value) ? 0 : (value - bound).magnitude / (bound == 0 ? 1 : bound.magnitude)
  }

  /// The probability of a sample at least as far on the *good* side as this one, were the truth on the limit itself:
  /// small when the limit is surely met. One minus that of the bad side, so large when it is surely broken.
  ///
  /// Counts are taken for Poisson's, because a few replications without any say little; everything else has Student's
  /// distribution.
  ///
  /// - Parameter weight: what one event adds to a monthly count of one replication: 30 days over its length.
  func doubt(_ sample: FigureSample, weight: Double) -> (met: Double, broken: Double) {
    if target.figure.unit == .count, target.statistic == .mean, weight > 0 {
      let units = Double(sample.influences.count)
      let (seen, expected) = ((sample.value * units / weight).rounded(), bound * units / weight)
      func atMost(_ k: Double) -> Double { k < 0 ? 0 : 1 - ExactMath.incompleteGamma(k + 1, max(0, expected)) }
      let (few, many) = (atMost(seen), 1 - atMost(seen - 1))
      return isUpper ? (few, many) : (many, few)
    }
    guard let error = sample.standardError else { return (0.5, 0.5) }
    let beyond = (sample.value - bound) * (isUpper ? 1 : -1)
    guard error > 0 else { return holds(sample.value) ? (0, 1) : (1, 0) }
    let below = StudentDistribution(degrees: Double(max(1, sample.influences.count - 1))).cumulative(beyond / error)
    return (below, 1 - below)
  }
}
