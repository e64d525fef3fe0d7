import Failover

/// A scorecard in the text report: every mark with the figure behind it, and beside the cards of the documents.
struct ScorecardSection {
  let card: Scorecard
  let style: Style

  var lines: [String] {
    ["", "  " + style("Scorecard (rubric '\(card.rubric)')", .heading)] + marks + scriptNote
      + ["", "  " + style("Beside the cards of the documents", .heading)] + published
  }

  private var marks: [String] {
    var table = TextTable([("", .left), ("figure", .right), ("weight", .right), ("mark", .right), ("", .left)])
    for category in card.categories {
      let isMeasured = category.notMeasurable == nil
      table.add(
        [
          category.name, "", isMeasured ? percent(category.weight) : "–", text(category.score),
          category.notMeasurable.map { "not measurable from a run: \($0)" } ?? "",
        ], tone: isMeasured ? .strong : .faint)
      for part in category.components {
        table.add([
          "  " + part.metric, part.value?.description ?? "–", percent(part.weight), text(part.score),
          part.value == nil ? "no figure in this run" : "",
        ])
      }
    }
    table.add(["overall", "", percent(card.coverage), text(card.score), coverageNote], tone: .strong)
    return table.lines(style)
  }

  private var scriptNote: [String] {
    guard card.isScripted else { return [] }
    return ["  " + style("The times and shares of a drill are its script's, and these marks with them.", .warning)]
  }

  private var coverageNote: String {
    card.coverage == .one ? "" : "of what this run has figures for"
  }

  /// A row for every category of any card, this run's first; at the end the mean beside what was published.
  private var published: [String] {
    let cards = PublishedCard.all
    var table = TextTable([("", .left), ("this run", .right)] + cards.map { ($0.name, .right) })
    for name in categories {
      let own = card.categories.first { $0.name == name }?.score
      table.add([name, text(own)] + cards.map { text($0.score(of: name)) })
    }
    table.add(["computed", text(card.score, decimals: 2)] + cards.map { $0.mean.text(decimals: 2) }, tone: .strong)
    table.add(["published", ""] + cards.map { text($0.stated) })
    table.add(["which is", ""] + cards.map(\.verdict.rawValue), tone: .faint)
    return table.lines(style)
      + cards.filter { $0.verdict == .wrong }.map { card in
        let marks = card.marks.map { $0.score.text(decimals: 0) }.joined(separator: ", ")
        let line =
          "\(card.name): \(card.stated) is published, but its categories (\(marks)) average \(card.mean)"
        return "  " + style(line, .warning)
      }
  }

  private var categories: [String] {
    var names = card.categories.map(\.name)
    for name in PublishedCard.all.flatMap(\.marks).map(\.category) where !names.contains(name) { names.append(name) }
    return names
  }

  private func text(_ score: Score?, decimals: Int = 1) -> String { score?.text(decimals: decimals) ?? "–" }

  private func percent(_ weight: Ratio) -> String { MetricValue.share(weight).description }
}

extension Scorecard {
  /// The card for programs; what has no figure is `null`.
  var json: JSONValue {
    [
      "rubric": .text(rubric),
      "score": score.json,
      "coverage": MetricValue.share(coverage).json,
      "isScripted": .literal("\(isScripted)"),
      "categories": .array(categories.map(\.json)),
    ]
  }
}

extension Scorecard.Category {
  fileprivate var json: JSONValue {
    [
      "name": .text(name),
      "weight": MetricValue.share(weight).json,
      "score": score.json,
      "notMeasurable": notMeasurable.map(JSONValue.text) ?? .null,
      "components": .array(
        components.map { part in
          .line([
            "metric": .text(part.metric),
            "unit": (MetricTable.definition(part.metric)?.unit.rawValue).map(JSONValue.text) ?? .null,
            "value": part.value?.json ?? .null, "weight": MetricValue.share(part.weight).json,
            "score": part.score.json,
          ])
        }),
    ]
  }
}

extension PublishedCard {
  /// The card with its mean and what that says of the published mark.
  var json: JSONValue {
    [
      "name": .text(name),
      "marks": .line(.object(marks.map { ($0.category, Score?.some($0.score).json) })),
      "published": Score?.some(stated).json,
      "mean": Score?.some(mean).json,
      "verdict": .text(verdict.rawValue),
    ]
  }
}

extension Score? {
  /// Points, exact; `null` for `nil`.
  fileprivate var json: JSONValue { .optional(map { exactText($0.billionths, decimals: 9) }) }
}
