import Failover
import Mustache

/// Turns a page into one HTML file that needs nothing but itself: no script, no font, no address outside of it.
struct PageRenderer {
  private let template: MustacheTemplate

  /// - Throws: what `MustacheTemplate` throws when our template is none, which a test would see.
  init() throws { template = try MustacheTemplate(string: PageTemplate.page) }

  /// The same page gives the same bytes.
  func render(_ page: Page) -> String {
    template.render([
      "style": PageTemplate.style,
      "title": Markup(page.title).text,
      "summary": Markup(page.summary).text,
      "facts": page.facts.map { ["name": Markup($0.name).text, "value": Self.content($0.value).text] },
      "hasTiles": !page.tiles.isEmpty,
      "tiles": page.tiles.map(Self.tile),
      "sections": page.sections.enumerated().map { index, section in
        [
          "id": "part-\(index + 1)", "heading": Markup(section.heading).text, "lead": Markup(section.lead).text,
          "hasLead": !section.lead.isEmpty, "blocks": section.blocks.map(Self.block).joined().text,
        ] as [String: Any]
      },
    ] as [String: Any])
  }

  private static func tile(_ tile: Page.Tile) -> [String: Any] {
    [
      "label": Markup(tile.label).text, "value": content(tile.value).text, "note": Markup(tile.note).text,
      "tone": tile.value.tone?.rawValue ?? "plain",
    ]
  }

  // MARK: Blocks

  private static func block(_ block: Page.Block) -> Markup {
    switch block {
    case .paragraph(let text): .element("p", [], Markup(text))
    case .list(let items): .element("ul", [], items.map { .element("li", [], Markup($0)) }.joined())
    case .table(let table): Self.table(table)
    case .chart(let chart): figure(chart)
    case .folded(let summary, let blocks):
      .element(
        "details", [],
        .element("summary", [], Markup(summary)) + .element("div", [("class", "unfolded")], blocks.map(Self.block).joined()))
    }
  }

  /// A drawing, its caption, and folded under it the table of what it shows.
  private static func figure(_ chart: any Chart) -> Markup {
    let drawing = Markup.element(
      "div", [("class", "wide"), ("tabindex", "0"), ("role", "group"), ("aria-label", chart.title)], SVG.drawing(of: chart))
    return .element(
      "figure", [],
      [
        .element("figcaption", [], .element("strong", [], Markup(chart.title)) + Markup(" " + chart.caption)), drawing,
        .element(
          "details", [], .element("summary", [], Markup("The figures of this drawing")) + table(chart.table)),
      ].joined())
  }

  private static func table(_ table: Page.Table) -> Markup {
    let head = zip(table.columns.indices, table.columns).map { index, column in
      Markup.element("th", [("scope", "col")] + alignment(table, index), Markup(column.title))
    }
    let rows = table.rows.map { row in
      Markup.element(
        "tr", [],
        row.enumerated().map { index, cell in
          let tone = cell.tone.map { [("class", $0.rawValue)] } ?? []
          let isHead = index == 0 && table.namesRows
          return Markup.element(
            isHead ? "th" : "td", (isHead ? [("scope", "row")] : []) + merged(alignment(table, index), tone), content(cell))
        }.joined())
    }
    let body = Markup.element("thead", [], .element("tr", [], head.joined())) + .element("tbody", [], rows.joined())
    return .element(
      "div", [("class", "wide"), ("tabindex", "0"), ("role", "group"), ("aria-label", table.caption)],
      .element("table", [], .element("caption", [], Markup(table.caption)) + body))
  }

  private static func alignment(_ table: Page.Table, _ column: Int) -> [(name: String, value: String)] {
    guard column < table.columns.count, table.columns[column].isNumeric else { return [] }
    return [("class", "number")]
  }

  /// One `class` of two.
  private static func merged(
    _ a: [(name: String, value: String)], _ b: [(name: String, value: String)]
  ) -> [(name: String, value: String)] {
    let classes = (a + b).map(\.value)
    return classes.isEmpty ? [] : [("class", classes.joined(separator: " "))]
  }

  /// A figure keeps the number behind it for programs.
  static func content(_ cell: Page.Cell) -> Markup {
    cell.literal.map { .element("data", [("value", $0)], Markup(cell.text)) } ?? Markup(cell.text)
  }
}
