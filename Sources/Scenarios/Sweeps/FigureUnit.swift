import Failover

/// In what a figure is shown: one unit for a whole column, so that its numbers can be compared at a glance.
struct FigureUnit: Sendable, Hashable {
  /// Such as `min`, `%` or `$ a month`; empty for a bare number.
  let name: String
  /// How many of it are one second, dollar, whole or thing.
  private let factor: Double
  private let decimals: Int

  /// - Parameters:
  ///   - values: what is to be shown, in the figure's own unit.
  ///   - isScripted: a drill has no months.
  init(_ figure: Figure, for values: [Double], isScripted: Bool) {
    let largest = values.map(\.magnitude).max() ?? 0
    let period = figure.isMonthly ? (isScripted ? "a run" : "a month") : ""
    switch figure.unit {
    case .duration where largest >= 600: (name, factor, decimals) = ("min", 1.0 / 60, 2)
    case .duration: (name, factor, decimals) = ("s", 1, largest >= 100 ? 1 : 2)
    case .money:
      (name, factor, decimals) = (period.isEmpty ? "$" : "$ \(period)", 1, largest < 1 ? 4 : 2)
    case .share: (name, factor, decimals) = ("%", 100, 3)
    case .count, .bytes: (name, factor, decimals) = (period, 1, 2)
    }
  }

  func text(_ value: Double) -> String {
    let power = Double(Int(clamping: powerOfTen(decimals) ?? 1))
    let scaled = (value * factor * power).rounded()
    guard let whole = Int64(exactly: scaled) else { return "–" }
    return fixedDecimals(whole, per: Int64(power), decimals: decimals)
  }

  /// `24.10 ±0.31`; without the margin where it is unknown, and a dash for nothing.
  func text(_ estimate: Estimate?) -> String {
    guard let estimate else { return "–" }
    return text(estimate.value) + (estimate.margin.map { " ±\(text($0))" } ?? "")
  }

  /// `24.10 (23.81–24.39)`
  func interval(_ estimate: Estimate?) -> String {
    guard let estimate else { return "–" }
    guard estimate.low != nil || estimate.high != nil else { return text(estimate.value) }
    return "\(text(estimate.value)) (\(estimate.low.map(text) ?? "?")–\(estimate.high.map(text) ?? "?"))"
  }

  /// `MTTD, s`
  func heading(_ label: String) -> String { name.isEmpty ? label : "\(label), \(name)" }
}
