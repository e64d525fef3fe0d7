import Failover

/// How many of the incidents were over by when: an empirical distribution function for each of several samples.
struct DistributionChart: Chart {
  struct Sample {
    var name: String
    /// In increasing order; never empty.
    let values: [ResultNumber]
    /// How many there were; more than `values` where those are but quantiles.
    let count: Int

    init(_ name: String, _ values: [ResultNumber], count: Int? = nil) {
      self.name = name
      self.count = max(count ?? 0, values.count)
      self.values = values.sorted { $0.billionths < $1.billionths }
    }

    /// By the nearest-rank method, as in the metrics.
    func quantile(_ percent: Int) -> ResultNumber? {
      values.isEmpty ? nil : values[max(0, (percent * values.count + 99) / 100 - 1)]
    }
  }

  var title: String
  var caption: String
  /// What the values are: `time to full service`.
  var quantity: String
  var unit: MetricUnit
  var samples: [Sample]

  private static let (left, top, plotHeight) = (52.0, 10.0, 250.0)
  private var bottom: Double { Self.top + Self.plotHeight }
  private var legend: (Markup, height: Double) {
    SVG.legend(
      samples.enumerated().map { ("l\($0 % 8)", "\($0 + 1) \($1.name) (\($1.count))") }, isLine: true,
      y: bottom + 48)
  }
  var height: Double { bottom + 50 + legend.height }

  var summary: String {
    samples.map { sample in
      "\(sample.name): half within \(sample.quantile(50)?.text(unit) ?? "–"), 95 % within "
        + "\(sample.quantile(95)?.text(unit) ?? "–"), of \(sample.count)"
    }.joined(separator: ". ")
  }

  var drawing: Markup {
    let known = samples.flatMap { $0.values.map(\.double) }
    let axis = Axis(known, unit: unit, mayBeLogarithmic: true)
    let width = SVG.width - Self.left - 14
    func x(_ value: Double) -> Double { Self.left + axis.position(value) * width }
    func y(_ share: Double) -> Double { bottom - share * Self.plotHeight }
    var parts: [Markup] = []
    for percent in [0, 25, 50, 75, 100] {
      let height = y(Double(percent) / 100)
      parts.append(SVG.line(Self.left, height, SVG.width - 14, height, "grid"))
      parts.append(SVG.text("\(percent) %", x: Self.left - 8, y: height + 4, "faint small end"))
    }
    for tick in axis.ticks {
      parts.append(SVG.line(x(tick.value), bottom, x(tick.value), bottom + 5, "axis"))
      parts.append(SVG.text(tick.label, x: x(tick.value), y: bottom + 19, "faint small mid"))
    }
    parts.append(SVG.line(Self.left, bottom, SVG.width - 14, bottom, "axis"))
    let scale = axis.isLogarithmic ? ", by factor" : ""
    parts.append(SVG.text("\(quantity)\(scale)", x: SVG.width - 14, y: bottom + 38, "faint small end"))
    for (index, sample) in samples.enumerated() {
      parts.append(SVG.curve(steps(of: sample, x, y), "curve l\(index % 8)"))
      // A number on the curve, at another height for each, tells curves apart without their colours.
      let percent = 30 + (index * 17) % 60
      if let value = sample.quantile(percent) {
        let (cx, cy) = (x(value.double), y(Double(percent) / 100))
        parts.append(SVG.circle(cx, cy, radius: 9, "s\(index % 8)", tip: sample.name))
        parts.append(SVG.text("\(index + 1)", x: cx, y: cy + 4.5, "onbar small mid"))
      }
    }
    return (parts + [legend.0]).joined()
  }

  /// A step at every value; what is closer than half a unit of the drawing is one step.
  private func steps(
    of sample: Sample, _ x: (Double) -> Double, _ y: (Double) -> Double
  ) -> [(x: Double, y: Double)] {
    var points = [(x: Self.left, y: y(0))]
    let count = Double(sample.values.count)
    for (index, value) in sample.values.enumerated() {
      let place = x(value.double)
      let share = y(Double(index + 1) / count)
      if points.count > 1, place - points[points.count - 1].x < 0.5 {
        points[points.count - 1].y = share
      } else {
        points.append((place, points[points.count - 1].y))
        points.append((place, share))
      }
    }
    points.append((SVG.width - 14, points[points.count - 1].y))
    return points
  }

  var table: Page.Table {
    let percents = [5, 25, 50, 75, 90, 95, 99]
    return Page.Table(
      "\(title): so many per cent are over within",
      [.text(""), .number("number"), .number("shortest")] + percents.map { .number("\($0) %") } + [.number("longest")],
      rows: samples.map { sample in
        [Page.Cell(sample.name), Page.Cell("\(sample.count)"), Page.Cell(sample.values.first, unit)]
          + percents.map { Page.Cell(sample.quantile($0), unit) } + [Page.Cell(sample.values.last, unit)]
      })
  }
}
