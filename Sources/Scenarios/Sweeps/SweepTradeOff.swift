import Failover

/// What is paid for a figure over the cells of a sweep, and which cells none beats in both.
struct SweepTradeOff {
  /// What gets worse where the figure gets better.
  let price: FigureStatistic
  let table: SweepTable

  /// The figures that one may have to pay with, in the order in which one would ask.
  private static let prices = ["falseFailovers", "cost.overhead", "cost", "lostWork", "mttrFull"]
  /// The most cells of a front that are listed.
  private static let mostRows = 20

  /// `nil` where nothing is to be paid: one cell is the best in both, or no price differs by more than a fiftieth of
  /// itself.
  init?(_ report: SweepReport, of target: FigureStatistic) {
    guard target.figure.better != .neither else { return nil }
    func value(_ cell: Cell, _ target: FigureStatistic) -> Double? {
      cell.result?[target.figure.name]?[target.statistic]?.value
    }
    func sign(_ target: FigureStatistic) -> Double { target.figure.better == .higher ? -1 : 1 }
    for name in Self.prices where name != target.figure.name {
      guard let price = Figure.named(name).map({ FigureStatistic(figure: $0, statistic: .mean) }) else { continue }
      let paid = report.played.compactMap { value($0, price) }
      guard let least = paid.min(), let most = paid.max(),
        (most - least) * 50 > max(least.magnitude, most.magnitude)
      else { continue }
      let front = ParetoFront(
        report.played.enumerated().compactMap { index, cell in
          guard let x = value(cell, target), let y = value(cell, price) else { return nil }
          return ParetoFront.Point(index: index, x: x * sign(target), y: y * sign(price))
        })
      guard front.points.count > 1 else { continue }
      let cells = front.points.map { report.played[$0.index] }
      let targets = [target, price]
      let units = targets.map { one in
        FigureUnit(one.figure, for: cells.compactMap { value($0, one) }, isScripted: report.isScripted)
      }
      var table = SweepTable(
        title:
          "Trade-off: \(front.points.count) of \(report.played.count) cells are not beaten in both \(target.label) "
          + "and \(price.label)",
        parameters: report.parameterHeadings)
      table.headings += zip(targets, units).map { $1.heading($0.label) } + [""]
      for (point, cell) in zip(front.points, cells).prefix(Self.mostRows) {
        table.rows.append(
          cell.parameters.map(\.value) + zip(targets, units).map { one, unit in value(cell, one).map(unit.text) ?? "–" }
            + [front.knee?.index == point.index ? "knee" : ""])
      }
      self.price = price
      self.table = table
      return
    }
    return nil
  }
}
