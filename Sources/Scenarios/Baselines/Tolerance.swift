import Failover

/// How far a measure may get worse before that counts as a regression.
///
/// ```swift
/// let tolerance = try Tolerance("mttrFull.p95=5%|2s")   // 5 % of the figure or 2 s, whichever is more
/// ```
public struct Tolerance: Sendable {
  public let measure: Measure
  /// A part of the baseline's figure; `nil` when none was given.
  public let part: Double?
  /// In whole steps; `nil` when none was given.
  public let amount: Int64?

  /// Parses `mttrFull.p95=5%`, `mttd=2s` or both parts with `|` between them; without a statistic the mean is meant.
  ///
  /// - Throws: `InvalidFile` when there is no such figure, or a part is neither a percentage nor an amount.
  public init(_ text: String) throws(InvalidFile) {
    let location = SourceLocation.option("--tolerance \(text)", number: 1)
    func problem(_ message: String) -> InvalidFile { InvalidFile(Problem(message, at: location)) }
    let sides = text.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpaces }
    guard sides.count == 2 else { throw problem("expected a figure and a tolerance, such as mttrFull.p95=5%|2s") }
    measure = try Measure(sides[0], at: location)
    var (part, amount): (Double?, Int64?) = (nil, nil)
    for item in sides[1].split(separator: "|", omittingEmptySubsequences: false) {
      let item = String(item).trimmingSpaces
      if item.hasSuffix("%"), part == nil, let ratio = try? Units.parseRatio(item), ratio >= .zero {
        part = ratio.value
      } else if amount == nil, !item.hasSuffix("%"), let steps = Steps.amount(item, measure.figure.unit) {
        amount = steps
      } else {
        throw problem(
          "\(quoted(item)) is no tolerance of \(measure.name); expected a part such as 5%, an amount such as "
            + "\(Steps.example(measure.figure.unit).replacing("%", with: "")), or one of each with | between them")
      }
    }
    self.part = part
    self.amount = amount
  }

  /// In whole steps, for a figure of so many.
  func steps(of figure: Int64) -> Int64 {
    let part = min((part ?? 0) * Double(figure.magnitude), Double(Steps.largest))
    return max(amount ?? 0, Int64(part.rounded()))
  }

  /// Where nobody gives one: the standard error of the baseline's own figure, as another set of seeds would move it by so
  /// much; at most a twentieth of the figure, so that few seeds do not excuse everything. Zero for a single seed, which
  /// is compared exactly.
  static func derived(from series: SeedSeries, _ bootstrap: Bootstrap) -> Int64 {
    guard let value = series.value, let error = bootstrap.standardError(of: series) else { return 0 }
    return Int64(min(error, value.magnitude / 20).rounded(.up))
  }
}

/// What a measure must be, whatever the baseline says.
///
/// ```swift
/// let limit = try Limit("mttrFull.p95<15min")
/// ```
public struct Limit: Sendable {
  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case atMost = "<=", atLeast = ">=", below = "<", above = ">"
  }

  public let measure: Measure
  public let comparison: Comparison
  /// In whole steps.
  let bound: Int64

  /// Parses `mttrFull.p95<15min`, `availability>=99.5%`; without a statistic the mean is meant.
  ///
  /// - Throws: `InvalidFile` when there is no such figure, no comparison, or the bound is in another unit.
  public init(_ text: String) throws(InvalidFile) {
    let location = SourceLocation.option("--limit \(text)", number: 1)
    func problem(_ message: String) -> InvalidFile { InvalidFile(Problem(message, at: location)) }
    guard let place = text.firstIndex(where: { "<>".contains($0) }) else {
      throw problem("expected a figure, a comparison and a bound, such as mttrFull.p95<15min or availability>99.5%")
    }
    let rest = text[place...]
    guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      throw problem("expected one of <, <=, > and >=")
    }
    measure = try Measure(String(text[..<place]).trimmingSpaces, at: location)
    self.comparison = comparison
    let written = String(rest.dropFirst(comparison.rawValue.count)).trimmingSpaces
    guard let bound = Steps.amount(written, measure.figure.unit) else {
      throw problem(
        "\(quoted(written)) is no bound for \(measure.name); expected an amount such as "
          + Steps.example(measure.figure.unit))
    }
    self.bound = bound
  }

  /// As it was meant: `mttrFull.p95 < 15min`.
  public var text: String {
    "\(measure.name) \(comparison.rawValue) \(Steps.value(bound, measure.figure.unit).written)"
  }

  /// - Parameter steps: of the measure; one that has no value holds no limit.
  func holds(_ steps: Int64?) -> Bool {
    guard let steps else { return false }
    return switch comparison {
    case .below: steps < bound
    case .atMost: steps <= bound
    case .above: steps > bound
    case .atLeast: steps >= bound
    }
  }
}
