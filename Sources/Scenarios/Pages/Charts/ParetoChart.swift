import Failover

/// Choices by two figures of which less is better. Those that none beats in both are the front; one of them is
/// recommended: the nearest to where both would be at their best, each counted in the front's own span.
struct ParetoChart: Chart {
  struct Choice {
    var name: String
    var x: ResultNumber
    var y: ResultNumber
    /// What the table says of it, instead of whether another beats it.
    var note: String?
    /// Whether it may not be chosen, such as for a limit that it breaks.
    var isOut = false
  }

  let title: String
  let caption: String
  let x: (name: String, unit: MetricUnit)
  let y: (name: String, unit: MetricUnit)
  let choices: [Choice]
  /// Places of the choices on the front, by x.
  let front: [Int]
  /// The place of the recommended choice; `nil` where there is nothing to choose from.
  let recommended: Int?

  init(
    _ title: String, caption: String, x: (name: String, unit: MetricUnit), y: (name: String, unit: MetricUnit),
    _ choices: [Choice]
  ) {
    (self.title, self.caption, self.x, self.y, self.choices) = (title, caption, x, y, choices)
    front = Self.front(of: choices)
    recommended = Self.knee(of: choices, front)
  }

  /// A front that was found elsewhere, by somebody who knows of limits or wants more of a figure.
  ///
  /// - Parameters:
  ///   - front: places of choices, in the order in which the line through them goes.
  ///   - recommended: a place, on the front or not.
  init(
    _ title: String, caption: String, x: (name: String, unit: MetricUnit), y: (name: String, unit: MetricUnit),
    _ choices: [Choice], front: [Int], recommended: Int?
  ) {
    (self.title, self.caption, self.x, self.y, self.choices) = (title, caption, x, y, choices)
    self.front = front.filter(choices.indices.contains)
    self.recommended = recommended.flatMap { choices.indices.contains($0) ? $0 : nil }
  }

  /// Whom no other is as good as in both and better in one.
  private static func front(of choices: [Choice]) -> [Int] {
    let order = choices.indices.sorted { a, b in
      (choices[a].x.billionths, choices[a].y.billionths, a) < (choices[b].x.billionths, choices[b].y.billionths, b)
    }
    var front: [Int] = []
    for place in order {
      // From left to right a choice is on the front when it is lower than all before it; equals stand together.
      guard let last = front.last else {
        front.append(place)
        continue
      }
      let (choice, lowest) = (choices[place], choices[last])
      let isEqual = choice.x.billionths == lowest.x.billionths && choice.y.billionths == lowest.y.billionths
      if choice.y.billionths < lowest.y.billionths || isEqual { front.append(place) }
    }
    return front
  }

  private static func knee(of choices: [Choice], _ front: [Int]) -> Int? {
    func scaled(_ value: @escaping (Choice) -> Int128) -> (Int) -> Double {
      let values = front.map { Double(value(choices[$0])) }
      let (least, most) = (values.min() ?? 0, values.max() ?? 0)
      return { most > least ? (Double(value(choices[$0])) - least) / (most - least) : 0 }
    }
    let (x, y) = (scaled { $0.x.billionths }, scaled { $0.y.billionths })
    func distance(_ place: Int) -> Double { x(place) * x(place) + y(place) * y(place) }
    return front.min { distance($0) < distance($1) }
  }

  private static let (left, top, plotHeight) = (84.0, 30.0, 280.0)
  private var bottom: Double { Self.top + Self.plotHeight }
  var height: Double { bottom + 74 }

  var summary: String {
    let names = front.map { choices[$0].name }.joined(separator: ", ")
    let choice = recommended.map { place in
      " Recommended: \(choices[place].name), with \(x.name) \(choices[place].x.text(x.unit)) and \(y.name) "
        + "\(choices[place].y.text(y.unit))."
    }
    return "\(choices.count) choices; none beats \(names).\(choice ?? "")"
  }

  var drawing: Markup {
    // What may not be chosen is drawn where it finds room beside what may.
    let eligible = choices.filter { !$0.isOut }
    let framing = eligible.count > 1 ? eligible : choices
    let across = Axis(framing.map(\.x.double), unit: x.unit, mayBeLogarithmic: true)
    let up = Axis(framing.map(\.y.double), unit: y.unit, mayBeLogarithmic: true)
    func isInside(_ choice: Choice) -> Bool {
      (across.low...across.high).contains(choice.x.double) && (up.low...up.high).contains(choice.y.double)
    }
    let width = SVG.width - Self.left - 14
    func px(_ choice: Choice) -> Double { Self.left + across.position(choice.x.double) * width }
    func py(_ choice: Choice) -> Double { bottom - up.position(choice.y.double) * Self.plotHeight }
    var parts: [Markup] = []
    for tick in across.ticks {
      let place = Self.left + across.position(tick.value) * width
      parts.append(SVG.line(place, Self.top, place, bottom, "grid"))
      parts.append(SVG.text(tick.label, x: place, y: bottom + 17, "faint small mid"))
    }
    for tick in up.ticks {
      let place = bottom - up.position(tick.value) * Self.plotHeight
      parts.append(SVG.line(Self.left, place, SVG.width - 14, place, "grid"))
      parts.append(SVG.text(tick.label, x: Self.left - 8, y: place + 4, "faint small end"))
    }
    parts.append(SVG.rectangle(x: Self.left, y: Self.top, width: width, height: Self.plotHeight, "frame"))
    parts.append(SVG.text("\(x.name) →", x: SVG.width - 14, y: bottom + 36, "faint small end"))
    parts.append(SVG.text("↑ \(y.name)", x: 4, y: Self.top - 12, "faint small"))
    parts.append(SVG.curve(front.map { (px(choices[$0]), py(choices[$0])) }, "front"))
    let onFront = Set(front)
    for (place, choice) in choices.enumerated() where isInside(choice) {
      let isFront = onFront.contains(place)
      let tip = "\(choice.name): \(x.name) \(choice.x.text(x.unit)), \(y.name) \(choice.y.text(y.unit))"
      parts.append(
        SVG.circle(
          px(choice), py(choice), radius: isFront ? 6 : 4, isFront ? "s0 edge" : choice.isOut ? "frame" : "s5 edge",
        tip: tip))
      if place == recommended { parts.append(SVG.circle(px(choice), py(choice), radius: 10.5, "frame")) }
    }
    parts.append(labels(choices.indices.filter { isInside(choices[$0]) }, px, py))
    let beyond = choices.count { !isInside($0) }
    let out = "breaks a limit" + (beyond > 0 ? "; \(beyond) are beyond this drawing" : "")
    let (legend, _) = SVG.legend(
      [("s0", "none is better in both"), ("s5", "others")] + (choices.contains(where: \.isOut) ? [("frame", out)] : [])
        + (recommended == nil ? [] : [("none", "ringed, ★: recommended")]), y: bottom + 50)
    return (parts + [legend]).joined()
  }

  /// Names beside points, as far as they find room: first the recommended one, then the front, then the others.
  ///
  /// - Parameter shown: places of the choices that are drawn.
  private func labels(_ shown: [Int], _ px: (Choice) -> Double, _ py: (Choice) -> Double) -> Markup {
    typealias Box = (x: Double, y: Double, width: Double)
    var taken: [Box] = shown.map { (px(choices[$0]) - 7, py(choices[$0]) + 6, 14) }
    var parts: [Markup] = []
    let (onFront, drawn) = (Set(front), Set(shown))
    let others = shown.filter { !onFront.contains($0) && !choices[$0].isOut }
    let order = [recommended].compactMap(\.self) + front.filter { $0 != recommended } + others.prefix(40)
    for place in order where drawn.contains(place) {
      let choice = choices[place]
      let name = SVG.fitted(choice.name, width: 260) + (place == recommended ? " ★" : "")
      let width = SVG.textWidth(name)
      let tries: [Box] = [
        (px(choice) + 13, py(choice) + 4.5, width), (px(choice) - 13 - width, py(choice) + 4.5, width),
        (px(choice) - width / 2, py(choice) - 14, width), (px(choice) - width / 2, py(choice) + 24, width),
      ]
      let free = tries.first { box in
        box.x > Self.left + 2 && box.x + box.width < SVG.width - 12 && box.y > Self.top + 12 && box.y < bottom - 2
          && !taken.contains {
            abs($0.y - box.y) < 14 && $0.x < box.x + box.width + 2 && box.x < $0.x + $0.width + 2
          }
      }
      guard let free else { continue }
      taken.append(free)
      parts.append(SVG.text(name, x: free.x, y: free.y, place == recommended ? "strong small halo" : "small halo"))
    }
    return parts.joined()
  }

  var table: Page.Table {
    Page.Table(
      title, [.text("choice"), .number(x.name), .number(y.name), .text("")],
      rows: choices.enumerated().map { place, choice in
        [
          Page.Cell(choice.name), Page.Cell(choice.x, x.unit), Page.Cell(choice.y, y.unit),
          place == recommended
            ? Page.Cell("★ recommended", tone: .good)
            : choice.note.map { Page.Cell($0) }
              ?? (front.contains(place)
                ? Page.Cell("none is better in both") : Page.Cell("beaten in both", tone: .faint)),
        ]
      })
  }
}
