import Failover

/// How closely a figure is to be known before replicating ends.
///
/// ```swift
/// let precision = try Precision("mttrFull.p95=5%")
/// ```
public struct Precision: Sendable, Hashable {
  /// How far either end of the 95 % interval may be from the figure.
  public enum Margin: Sendable, Hashable {
    /// A part of the figure.
    case relative(Double)
    /// Seconds, dollars, a share of 1 or a number, as the figure's unit is.
    case absolute(Double)
  }

  public let figure: String
  public let statistic: Statistic
  public let margin: Margin

  public init(figure: String, statistic: Statistic, margin: Margin) {
    self.figure = figure
    self.statistic = statistic
    self.margin = margin
  }

  /// Parses `mttrFull.p95=5%` or `mttd=0.5s`; without a statistic the mean is meant.
  ///
  /// - Throws: `InvalidFile` when there is no such figure or the margin is not above zero.
  public init(_ text: String, option: String = "--until-precision") throws(InvalidFile) {
    let location = SourceLocation.option("\(option) \(text)", number: 1)
    func problem(_ message: String) -> InvalidFile { InvalidFile(Problem(message, at: location)) }
    let parts = text.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpaces }
    guard parts.count == 2 else { throw problem("expected a figure and a margin, such as mttrFull.p95=5%") }
    let target = try FigureStatistic(parts[0], at: location)
    figure = target.figure.name
    statistic = target.statistic
    if parts[1].hasSuffix("%"), let ratio = try? Units.parseRatio(parts[1]), ratio > .zero {
      margin = .relative(ratio.value)
    } else if let amount = Self.amount(parts[1], target.figure.unit), amount > 0 {
      margin = .absolute(amount)
    } else {
      throw problem("\(quoted(parts[1])) is no margin; expected a part of the figure such as 5%, or an amount above zero")
    }
  }

  private static func amount(_ text: String, _ unit: MetricUnit) -> Double? {
    switch unit {
    case .duration: (try? Units.parseDuration(text))?.inSeconds
    case .money: (try? Units.parseMoney(text)).map { Double($0.nanodollars) / 1e9 }
    case .share, .count, .bytes: (try? Units.parseRatio(text))?.value
    }
  }

  /// Whether the figure is known that closely.
  public func isReached(in statistics: ReplicationStatistics) -> Bool {
    isReached(by: statistics.estimate(statistic, of: figure))
  }

  func isReached(by estimate: Estimate?) -> Bool {
    guard let estimate, let distance = estimate.margin else { return false }
    return switch margin {
    case .relative(let part): distance <= part * estimate.value.magnitude
    case .absolute(let amount): distance <= amount
    }
  }
}

/// A figure and what is reckoned of its values, by a name such as `mttrFull.p95`.
public struct FigureStatistic: Sendable {
  public let figure: Figure
  public let statistic: Statistic

  public init(figure: Figure, statistic: Statistic) {
    self.figure = figure
    self.statistic = statistic
  }

  /// - Throws: `InvalidFile` when no figure has the name.
  public init(_ name: String, at location: SourceLocation) throws(InvalidFile) {
    if let figure = Figure.named(name) {
      self.init(figure: figure, statistic: .mean)
      return
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if let last = parts.last, let statistic = Statistic(rawValue: String(last)),
      let figure = Figure.named(parts.dropLast().joined(separator: "."))
    {
      self.init(figure: figure, statistic: statistic)
      return
    }
    let known = Figure.names + Figure.all.flatMap { figure in Statistic.allCases.map { "\(figure.name).\($0.rawValue)" } }
    throw InvalidFile(
      Problem(
        "no figure is called \(quoted(name))", at: location, suggestion: nearest(to: name, among: known),
        expected: "Known: \(Figure.names.joined(separator: ", ")), each with .mean, .p5, .p50, .p95 or .p99"))
  }

  /// `mttrFull.p95`
  public var name: String { "\(figure.name).\(statistic.rawValue)" }

  /// For headings: `MTTR full p95`; of a mean, the figure's own label.
  var label: String { statistic == .mean ? figure.label : "\(figure.label) \(statistic.rawValue)" }
}

/// When to stop replicating: after a fixed number, or as soon as a figure is known closely enough.
///
/// Looking after every replication would stop too early too often, by the chance that few values happen to lie close
/// together (Y. S. Chow, H. Robbins, Annals of Mathematical Statistics 36, 1965). So it looks first after
/// `StoppingRule.firstLook` replications and then each time their number has grown by a twentieth: it never plays more than
/// a twentieth too many.
public struct StoppingRule: Sendable, Hashable {
  /// Intervals of fewer replications are not to be trusted.
  public static let firstLook = 30

  /// Play no more than this; exactly this many where no precision is asked for.
  public let limit: Int
  public let precision: Precision?

  /// - Parameter limit: at least 1.
  public init(limit: Int, precision: Precision? = nil) {
    self.limit = max(1, limit)
    self.precision = precision
  }

  /// How many replications there should be when the next look is taken; an even number, so that no pair is torn apart,
  /// unless the limit is odd.
  public func nextLook(after count: Int) -> Int {
    guard precision != nil else { return limit }
    let next = count < Self.firstLook ? Self.firstLook : count + max(2, count / 20)
    return min(limit, next + next % 2)
  }

  /// Whether enough has been seen.
  public func isSatisfied(by statistics: ReplicationStatistics) -> Bool {
    if statistics.replications >= limit { return true }
    guard let precision, statistics.replications >= min(Self.firstLook, limit) else { return false }
    return precision.isReached(in: statistics)
  }
}
