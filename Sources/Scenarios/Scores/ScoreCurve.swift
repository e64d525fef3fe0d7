import Failover

/// How a figure becomes a mark: straight lines between given points, level beyond the first and the last.
public struct ScoreCurve: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public let value: MetricValue
    public let score: Score
    /// The value in whole steps of its unit.
    let steps: Int64

    /// `nil` when the value is finer than a billionth.
    init?(_ value: MetricValue, _ score: Score) {
      guard let steps = value.wholeSteps else { return nil }
      self.value = value
      self.score = score
      self.steps = steps
    }

    private init(steps: Int64) {
      value = .count(.zero)
      score = .zero
      self.steps = steps
    }

    /// Nothing is worth nothing: stands in for a point that could not be read.
    static let origin = Point(steps: 0)
  }

  public let first: Point
  /// Each of a greater value than the one before it.
  public let others: [Point]

  /// - Parameter others: strictly increasing in value, from `first` on, and of the same unit.
  init(_ first: Point, _ others: [Point]) {
    self.first = first
    self.others = others
  }

  /// The mark of a figure, rounded to a billionth of a point from the exact quotient; `nil` for a figure of another
  /// unit than the points have.
  public func score(of value: MetricValue) -> Score? {
    guard value.unit == first.value.unit else { return nil }
    let (numerator, denominator) = value.steps
    func isBelow(_ point: Point) -> Bool { numerator < Int128(point.steps) * denominator }
    if isBelow(first) { return first.score }
    var low = first
    for high in others {
      if isBelow(high) {
        let offset = numerator - Int128(low.steps) * denominator
        let width = (Int128(high.steps) - Int128(low.steps)) * denominator
        return between(low.score, high.score, at: UInt128(offset), of: UInt128(width))
      }
      low = high
    }
    return low.score
  }

  /// The mark `offset / width` of the way from one to another. The product has more than 128 bits where the figure is a
  /// share of nanoseconds, so it is kept in two words.
  private func between(_ low: Score, _ high: Score, at offset: UInt128, of width: UInt128) -> Score {
    let rise = high.billionths - low.billionths
    let (quotient, rest) = width.dividingFullWidth(offset.multipliedFullWidth(by: UInt128(rise.magnitude)))
    let rounded = Int64(rest >= width - rest ? quotient + 1 : quotient)
    return Score(billionths: low.billionths + (rise < 0 ? -rounded : rounded)) ?? low
  }

  /// Whether marks never fall, or never rise, while the figure grows.
  func isMonotonic(_ direction: MetricDefinition.Better) -> Bool {
    let scores = [first.score] + others.map(\.score)
    return switch direction {
    case .higher: zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 }
    case .lower: zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 }
    case .neither: true
    }
  }
}
