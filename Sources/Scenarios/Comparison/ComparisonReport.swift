import Failover

/// The formats of a comparison.
public enum ComparisonFormat: String, Sendable, CaseIterable {
  case text, markdown, json, csv, html
}

/// Strategies side by side, as people and programs read it.
public struct ComparisonReport {
  let comparison: Comparison
  let style: Style

  public init(_ comparison: Comparison, style: Style = .plain) {
    self.comparison = comparison
    self.style = style
  }

  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public func render(_ format: ComparisonFormat) throws -> String {
    switch format {
    case .text: text
    case .markdown: markdown
    case .json: try ComparisonDocument(self).json.document()
    case .csv: csv
    case .html: try HTMLReport.render(ComparisonDocument(self).json)
    }
  }

  var names: [String] { comparison.entries.map(\.scenario.name) }

  // MARK: Text

  private var text: String {
    let seeds = "\(comparison.seeds) seed\(comparison.seeds == 1 ? "" : "s") each, the same for all"
    var lines = [style("Strategies side by side", .strong) + "  " + style(seeds, .faint), ""]
    for entry in comparison.entries {
      lines.append("  \(entry.scenario.name): \(entry.scenario.strategy.summary). \(entry.scenario.summary)")
    }
    lines += [""] + figureTable + ["", "  " + style("Who wins on what", .heading)]
    lines += verdicts.map { "  · \($0)" }
    lines += causes + marks + claims + violations
    return lines.joined(separator: "\n") + "\n"
  }

  private var figureTable: [String] {
    var table = TextTable([("", .left)] + names.map { ($0, .right) })
    for figure in comparison.figures {
      let best = figure.best
      table.add(
        [figure.label]
          + figure.values.enumerated().map { index, value in
            (value?.description ?? "–") + (best.contains(index) ? "*" : " ")
          })
    }
    return table.lines(style) + ["  " + style("* the best of its row; times are over all incidents of all seeds", .faint)]
  }

  /// For each figure where one is better: which, and by how much; from the figures alone.
  var verdicts: [String] {
    var wins: [(names: [String], labels: [String])] = []
    for figure in comparison.figures {
      let best = figure.best
      guard !best.isEmpty else { continue }
      let winners = best.map { names[$0] }
      if let index = wins.firstIndex(where: { $0.names == winners }) {
        wins[index].labels.append(figure.label)
      } else {
        wins.append((winners, [figure.label]))
      }
    }
    let sentences = wins.map { "\($0.names.joined(separator: " and ")): \($0.labels.joined(separator: ", "))" }
    return sentences + certainty
  }

  /// How the quickest to full service differs from each other one, with the same seeds.
  private var certainty: [String] {
    guard let quickest = comparison.quickest else { return [] }
    return comparison.differencesFromQuickest.compactMap { index, difference in
      guard let halfWidth = difference.halfWidth else { return nil }
      let mean = Figures.human(.seconds(difference.mean.rounded()))
      let width = Figures.human(.seconds(halfWidth.rounded()))
      let verdict = difference.isClear ? "" : ": no clear winner with so few seeds"
      return "\(names[index]) takes \(mean) ± \(width) longer to full service than \(names[quickest])"
        + " (mean of \(difference.count) paired seeds, 95 %)\(verdict)"
    }
  }

  private var causes: [String] {
    var lines = ["", "  " + style("What held up recoveries", .heading)]
    for entry in comparison.entries {
      let total = Int64(entry.incidents.count)
      let parts = entry.hindrances.prefix(5).map {
        "\($0.cause) \(Figures.percent(Int64($0.incidents), of: total, decimals: 0))"
      }
      lines.append(
        "  · \(entry.scenario.name), \(total) incidents: "
          + (parts.isEmpty ? "nothing but the ordinary way" : parts.joined(separator: "; ")))
    }
    return lines
  }

  private var marks: [String] {
    guard let rubric = comparison.rubric else { return [] }
    let cards = comparison.entries.indices.compactMap(comparison.scorecard)
    var table = TextTable([("", .left), ("weight", .right)] + names.map { ($0, .right) })
    func text(_ score: Score?) -> String { score.map { $0.text(decimals: 1) } ?? "–" }
    for (place, category) in rubric.categories.enumerated() {
      table.add(
        [category.name, category.weight == .zero ? "–" : MetricValue.share(category.weight).description]
          + cards.map { text($0.categories[place].score) })
    }
    table.add(["overall", ""] + cards.map { text($0.score) }, tone: .strong)
    return ["", "  " + style("Marks by rubric '\(rubric.name)', out of 10", .heading)] + table.lines(style)
  }

  private var claims: [String] {
    ClaimsSection(Claim.verdicts(for: comparison.entries), style: style).lines
  }

  private var violations: [String] {
    let broken = comparison.entries.flatMap { entry in
      entry.violations.map { "\(entry.scenario.name), seed \($0.seed): \($0.sentence)" }
    }
    guard !broken.isEmpty else { return [] }
    return ["", "  " + style("What must always hold did not:", .bad)] + broken.prefix(10).map { "    \($0)" }
  }

  // MARK: Markdown, CSV, JSON

  private var markdown: String {
    let head = "| | " + names.joined(separator: " | ") + " |\n|---|" + names.map { _ in "---:|" }.joined() + "\n"
    let rows = comparison.figures.map { figure in
      let best = figure.best
      let cells = figure.values.enumerated().map { index, value in
        let text = value?.description ?? "–"
        return best.contains(index) ? "**\(text)**" : text
      }
      return "| \(figure.label) | \(cells.joined(separator: " | ")) |"
    }
    return head + rows.joined(separator: "\n") + "\n\n" + verdicts.map { "- \($0)" }.joined(separator: "\n") + "\n"
  }

  private var csv: String {
    let head = "metric,unit," + names.map(Self.quotedCell).joined(separator: ",")
    let rows = MetricTable.definitions.map { definition in
      "\(definition.name),\(definition.unit.rawValue),"
        + comparison.entries.map { $0.metrics[definition.name]?.plainNumber ?? "" }.joined(separator: ",")
    }
    return ([head] + rows).joined(separator: "\n") + "\n"
  }

  private static func quotedCell(_ text: String) -> String {
    text.contains { ",\"\n".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
