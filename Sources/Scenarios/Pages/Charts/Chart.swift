import Failover

/// A drawing on a page, and the same in words and figures for those who do not see it.
protocol Chart {
  /// What it shows, in a few words.
  var title: String { get }
  /// How to read it, in a sentence.
  var caption: String { get }
  /// What there is to see, for those who do not.
  var summary: String { get }
  /// The height of the drawing; its width is always `SVG.width`.
  var height: Double { get }
  var drawing: Markup { get }
  /// Everything that is drawn.
  var table: Page.Table { get }
}

/// The pieces that drawings are made of.
enum SVG {
  /// The width of every drawing, in its own units; on a page it is as wide as there is room.
  static let width = 760.0

  static func drawing(of chart: any Chart) -> Markup {
    .element(
      "svg", [("viewBox", "0 0 \(number(width)) \(number(chart.height))"), ("role", "img")],
      [
        Markup.element("title", [], Markup(chart.title)), Markup.element("desc", [], Markup(chart.summary)), chart.drawing,
      ].joined())
  }

  /// A drawing as a file of its own, light or dark as the reader's system is, on the colour of a page.
  static func file(of chart: any Chart) -> String {
    let margin = 14.0
    let (width, height) = (Self.width + 2 * margin, chart.height + 2 * margin)
    let paper = Markup.element(
      "rect",
      [
        ("x", number(-margin)), ("y", number(-margin)), ("width", number(width)), ("height", number(height)),
        ("class", "paper"),
      ])
    let box = "\(number(-margin)) \(number(-margin)) \(number(width)) \(number(height))"
    return Markup.element(
      "svg",
      [("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", box), ("width", number(width)), ("height", number(height)),
        ("role", "img")],
      [
        Markup.element("title", [], Markup(chart.title)), Markup.element("desc", [], Markup(chart.summary)),
        // Ours, and without any character that markup would need to escape.
        Markup(
          safe:
            "<style>\n\(PageTemplate.colours)\n\(PageTemplate.drawing)\nsvg .paper { fill: var(--paper); }\n</style>"),
        paper, chart.drawing,
      ].joined()
    ).text + "\n"
  }

  /// A coordinate with at most one decimal.
  static func number(_ value: Double) -> String {
    guard value.isFinite, let tenths = Int64(exactly: (value * 10).rounded()) else { return "0" }
    return Figures.trimmed(tenths, per: 10, decimals: 1)
  }

  /// - Parameter tip: what is shown when somebody points at it.
  static func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: String, tip: String = "", radius: Double = 0
  ) -> Markup {
    var attributes = [
      ("x", number(x)), ("y", number(y)), ("width", number(max(0, width))), ("height", number(max(0, height))),
      ("class", style),
    ]
    if radius > 0 { attributes.append(("rx", number(radius))) }
    return .element("rect", attributes, tipped(tip))
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> Markup {
    .element(
      "line", [("x1", number(x1)), ("y1", number(y1)), ("x2", number(x2)), ("y2", number(y2)), ("class", style)])
  }

  static func circle(_ x: Double, _ y: Double, radius: Double, _ style: String, tip: String = "") -> Markup {
    .element("circle", [("cx", number(x)), ("cy", number(y)), ("r", number(radius)), ("class", style)], tipped(tip))
  }

  /// A line through points.
  static func curve(_ points: [(x: Double, y: Double)], _ style: String) -> Markup {
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return .element("polyline", [("points", text), ("class", style)])
  }

  static func text(_ text: String, x: Double, y: Double, _ style: String = "") -> Markup {
    .element(
      "text", [("x", number(x)), ("y", number(y))] + (style.isEmpty ? [] : [("class", style)]), Markup(text))
  }

  private static func tipped(_ tip: String) -> Markup? {
    tip.isEmpty ? nil : .element("title", [], Markup(tip))
  }

  // MARK: Room for text

  /// About how wide text is in the drawings' letters: a drawing cannot ask. Latin letters of 13 units are 7 wide on
  /// average; others may take twice that.
  static func textWidth(_ text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x500 ? 7 : ($1.value < 0x2E80 ? 8 : 14)) }
  }

  /// The text, or as much of its beginning as there is room for.
  static func fitted(_ text: String, width: Double) -> String {
    // No drawing is wide enough for more; a name of a million letters need not be measured.
    let start = text.prefix(200)
    if start.count == text.count, textWidth(text) <= width { return text }
    var result = ""
    var used = 8.0
    for letter in start {
      used += textWidth(String(letter))
      guard used <= width else { break }
      result.append(letter)
    }
    return result + "…"
  }

  /// Swatches with names, in as many lines as they take.
  ///
  /// - Returns: the drawing, and how high it is.
  static func legend(_ items: [(style: String, name: String)], isLine: Bool = false, y: Double) -> (Markup, height: Double) {
    var (x, line) = (0.0, 0.0)
    var parts: [Markup] = []
    for item in items {
      let name = fitted(item.name, width: 330)
      let swatch = isLine ? 34.0 : 16.0
      let width = swatch + 6 + textWidth(name) + 18
      if x > 0, x + width > SVG.width { (x, line) = (0, line + 20) }
      let top = y + line
      parts.append(
        isLine
          ? Self.line(x, top + 8, x + swatch, top + 8, "curve \(item.style)")
          : rectangle(x: x, y: top + 2, width: 13, height: 13, item.style, radius: 2))
      parts.append(text(name, x: x + swatch + 6, y: top + 13))
      x += width
    }
    return (parts.joined(), items.isEmpty ? 0 : line + 20)
  }
}
