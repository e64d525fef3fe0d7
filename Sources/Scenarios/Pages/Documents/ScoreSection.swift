import Failover

/// The marks by a rubric, with the figures behind each.
enum ScoreSection {
  /// `nil` where no rubric was asked for.
  static func section(_ root: ResultNode) throws -> Page.Section? {
    guard let card = try root.optional("score") else { return nil }
    let categories = try card.elements("categories")
    let bars = try categories.map { category in
      let why = try category.optional("notMeasurable")?.text()
      return BarChart.Row(
        name: try category.text("name"), value: try category.optionalNumber("score"),
        note: try why ?? (category.optionalNumber("score") == nil ? "no figure in this run" : ""))
    }
    var rows: [[Page.Cell]] = []
    for category in categories {
      for part in try category.elements("components") {
        let unit = MetricUnit(rawValue: try part.text("unit")) ?? .count
        rows.append([
          .init(try category.text("name")), .init(try part.text("metric")), .init(try part.optionalNumber("value"), unit),
          .init(try part.optionalNumber("weight"), .share), .init(try part.optionalNumber("score"), .count),
        ])
      }
    }
    let overall = try card.optionalNumber("score")?.text(.count) ?? "–"
    let scripted = try card.optional("isScripted").map { _ in try card.flag("isScripted") } ?? false
    return .init(
      heading: "Marks",
      lead: "By the rubric '\(try card.text("rubric"))': \(overall) of 10, over \(try card.number("coverage").text(.share)) of "
        + "its weight." + (scripted ? " The times and shares of a drill are its script's, and these marks with them." : ""),
      blocks: [
        .chart(BarChart(title: "Marks by category", caption: "Out of 10.", unit: .count, rows: bars, limit: 10)),
        .table(
          .init(
            "The figures behind the marks",
            [.text("category"), .text("figure"), .number("is"), .number("weight"), .number("mark")], rows: rows)),
      ])
  }
}
