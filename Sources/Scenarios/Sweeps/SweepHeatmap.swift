import Failover

/// A figure over two varied quantities, as shades of grey with the numbers beside them.
struct SweepHeatmap {
  let title: String
  private let unit: FigureUnit
  /// The quantity down the side, and the one along the top.
  private let side: (name: String, values: [String])
  private let top: (name: String, values: [String])
  /// By row and column; `nil` where there is no figure.
  private let values: [[Double?]]
  private let better: MetricDefinition.Better

  /// `nil` unless exactly two quantities were varied over a grid.
  init?(_ report: SweepReport, of target: FigureStatistic) {
    let variations = report.outcome.sweep.variations
    guard variations.count == 2, variations.allSatisfy(\.isNumeric),
      let first = variations[0].values, let second = variations[1].values, first.count > 1, second.count > 1
    else { return nil }
    // The longer one goes down: there is more room.
    let isTurned = second.count > first.count
    side = isTurned ? (variations[1].path, second) : (variations[0].path, first)
    top = isTurned ? (variations[0].path, first) : (variations[1].path, second)
    guard case .grid = report.outcome.sweep.sampling, top.values.count <= 12 else { return nil }
    var found: [[String]: Double] = [:]
    for cell in report.played {
      let key = cell.parameters.map(\.value)
      found[isTurned ? key.reversed() : key] = cell.result?[target.figure.name]?[target.statistic]?.value
    }
    guard !found.isEmpty else { return nil }
    let top = top.values
    values = side.values.map { row in top.map { found[[row, $0]] } }
    unit = FigureUnit(target.figure, for: Array(found.values), isScripted: report.isScripted)
    better = target.figure.better
    title = unit.heading("\(target.figure.label) \(target.statistic.rawValue)")
      + ": \(side.name) down, \(self.top.name) across"
  }

  private static let shades = ["  ", "░░", "▒▒", "▓▓", "██"]

  func lines(_ style: Style) -> [String] {
    let known = values.joined().compactMap(\.self)
    guard let least = known.min(), let most = known.max() else { return [] }
    // Equal steps of the value, or of its order of magnitude where that spans more than one.
    let isLogarithmic = least > 0 && most > 10 * least
    func position(_ value: Double) -> Double { isLogarithmic ? ExactMath.log(value) : value }
    let span = position(most) - position(least)
    func shade(_ value: Double) -> String {
      let part = span > 0 ? (position(value) - position(least)) / span : 0
      return Self.shades[min(4, max(0, Int(part * 5)))]
    }
    var table = TextTable([("", .right)] + top.values.map { ($0, .right) })
    for (name, row) in zip(side.values, values) {
      table.add([name] + row.map { $0.map { "\(unit.text($0)) \(shade($0))" } ?? "–" })
    }
    let ends = better == .higher ? ("worst", "best") : ("best", "worst")
    let note = better == .neither ? ("least", "most") : ends
    let scale = "  shades from \(unit.text(least)) (\(note.0)) to \(unit.text(most)) (\(note.1))"
      + (isLogarithmic ? ", by factor" : "")
    return table.lines(style) + [style(scale, .faint)]
  }
}
