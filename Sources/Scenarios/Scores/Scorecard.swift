import Failover

/// A run marked by a rubric: the whole, its categories, their components, and the figure behind each.
///
/// What a run has no figure for (no incident, no monthly rate in a drill) is left out, and the weights of the rest
/// count for more; `coverage` says how much of the rubric the mark stands on.
public struct Scorecard: Sendable, Hashable {
  public struct Component: Sendable, Hashable {
    public let metric: String
    /// `nil` when the run has no such figure.
    public let value: MetricValue?
    /// Its part of the category's mark, as the rubric has it.
    public let weight: Ratio
    public let score: Score?
  }

  public struct Category: Sendable, Hashable {
    public let name: String
    /// Its part of the whole mark, as the rubric has it; zero when it cannot be measured.
    public let weight: Ratio
    /// Why no run says anything about it; `nil` for all that can be measured.
    public let notMeasurable: String?
    public let components: [Component]
    /// `nil` when no component has a figure.
    public let score: Score?
  }

  /// The rubric's name.
  public let rubric: String
  public let categories: [Category]
  /// The mean of the categories by their weights; `nil` when none of them has a mark.
  public let score: Score?
  /// The weight of what could be marked, components within categories included: from 0 to 1, to a billionth.
  public let coverage: Ratio
  /// The figures are a drill's, whose times and shares are those of its script.
  public let isScripted: Bool

  public init(_ rubric: Rubric, _ metrics: MetricTable) {
    self.rubric = rubric.name
    isScripted = metrics.isScripted
    categories = rubric.categories.map { Category($0, metrics) }
    let marked = categories.compactMap { category in category.score.map { (score: $0, weight: category.weight) } }
    score = Score.mean(marked)
    // What is missing is added up, not what is there, so that a full coverage is exactly one.
    let missing = categories.reduce(Int64(0)) { $0 + $1.missingBillionths }
    coverage = Ratio(max(0, 1_000_000_000 - missing), over: 1_000_000_000) ?? .zero
  }
}

extension Scorecard.Category {
  fileprivate init(_ category: Rubric.Category, _ metrics: MetricTable) {
    name = category.name
    weight = category.weight
    switch category.scoring {
    case .notMeasurable(let why):
      notMeasurable = why
      components = []
      score = nil
    case .components(let parts):
      notMeasurable = nil
      components = parts.map { Scorecard.Component($0, metrics) }
      score = Score.mean(components.compactMap { part in part.score.map { (score: $0, weight: part.weight) } })
    }
  }

  /// The part of the whole mark that no figure of the run stands behind, in billionths.
  fileprivate var missingBillionths: Int64 {
    let missing = components.filter { $0.score == nil }.map(\.weight)
    guard let share = CommonDenominator(missing)?.total else { return 0 }
    let product = Int128(weight.numerator) * Int128(share.numerator) * 1_000_000_000
    let whole = Int128(weight.denominator) * Int128(share.denominator)
    return Int64((product * 2 + whole) / (whole * 2))
  }
}

extension Scorecard.Component {
  fileprivate init(_ component: Rubric.Component, _ metrics: MetricTable) {
    metric = component.metric
    weight = component.weight
    value = metrics[component.metric]
    score = value.flatMap(component.curve.score)
  }
}
