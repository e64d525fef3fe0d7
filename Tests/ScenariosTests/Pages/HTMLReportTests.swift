import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct HTMLReportTests {
  private let documents: [(name: String, document: String)]

  init() throws { documents = try SamplePages.documents.get() }

  @Test func `a fleet's page has a row of service for each workspace`() throws {
    let scenario = try Catalogue.load(
      "cpu-standby", ["duration=6h", "fleet={workspaces: 3, standbys: 2}", "interruptions={at: [1h, 3h]}"]
    ).scenario
    let document = try JSONReport.render(Run(scenario, seed: 1))
    let page = ParsedPage(try SamplePages.page(document))
    #expect(page.problem == nil && page.text.contains("Fleet: "))
    #expect(page.elements.contains { $0.name == "text" && $0.text == "workspace 2 service" })
  }

  @Test func `every page is well formed, and nothing in it points outside`() throws {
    for (name, document) in documents {
      let html = try SamplePages.page(document)
      #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
      let page = ParsedPage(html)
      #expect(page.problem == nil, "\(name): \(page.problem ?? "")")
      #expect(page.named("script").isEmpty && page.named("link").isEmpty && page.named("img").isEmpty)
      #expect(page.named("iframe").isEmpty && page.named("object").isEmpty && page.named("form").isEmpty)
      for element in page.elements {
        for (key, value) in element.attributes {
          #expect(!["src", "srcset", "xlink:href", "action", "style"].contains(key) && !key.hasPrefix("on"), "\(name): \(key)")
          if key == "href" { #expect(value.hasPrefix("#"), "\(name): \(value)") }
        }
      }
      #expect(!html.contains("http:") && !html.contains("https:") && !html.contains("url(") && !html.contains("@import"))
    }
  }

  @Test func `links within a page lead somewhere, and ids are used once`() throws {
    for (_, document) in documents {
      let page = ParsedPage(try SamplePages.page(document))
      let ids = page.elements.compactMap { $0.attributes["id"] }
      #expect(Set(ids).count == ids.count && !ids.isEmpty)
      let targets = page.named("a").compactMap { $0.attributes["href"] }
      #expect(targets == ids.map { "#\($0)" })
    }
  }

  @Test func `every drawing says what it is and has a table beside it; every table names its columns`() throws {
    for (name, document) in documents where name != "quiet" {
      let page = ParsedPage(try SamplePages.page(document))
      let drawings = page.named("svg")
      #expect(!drawings.isEmpty, "\(name)")
      #expect(drawings.allSatisfy { $0.attributes["role"] == "img" })
      #expect(page.elements.count { $0.name == "title" && $0.parents.last == "svg" } == drawings.count)
      #expect(page.named("desc").count == drawings.count && page.named("desc").allSatisfy { !$0.text.isEmpty })
      #expect(page.elements.count { $0.name == "table" && $0.parents.suffix(3) == ["figure", "details", "div"] } == drawings.count)
      #expect(page.named("th").allSatisfy { ["col", "row"].contains($0.attributes["scope"]) })
      #expect(page.named("caption").count == page.named("table").count)
    }
  }

  @Test func `every figure of a page is one of its document, shown as it is`() throws {
    for (name, document) in documents {
      let page = ParsedPage(try SamplePages.page(document))
      let numbers = Set(document.matches(of: #/-?\d+(?:\.\d+)?/#).map { String($0.output) })
      let shown = page.named("data")
      #expect(shown.count > 20, "\(name)")
      for figure in shown {
        let value = try #require(figure.attributes["value"])
        // Ends of an interval are a mean less and more half a width, and stand in no document.
        if !numbers.contains(value) { #expect(name == "comparison" && figure.parents.contains("figure"), "\(name): \(value)") }
        #expect(Self.agrees(figure.text, Double(value) ?? .nan), "\(name): '\(figure.text)' for \(value)")
      }
    }
  }

  /// Whether what is read is the number behind it, rounded: a second reading of what people see.
  private static func agrees(_ shown: String, _ value: Double) -> Bool {
    let text = shown.replacing(/^[★✗≥≤<> +]+/, with: "")
    if let bare = Double(text) { return abs(bare - value) <= max(0.0051, abs(value) * 1e-9) }
    if text.hasSuffix(" %"), let number = Double(text.dropLast(2)) { return abs(number / 100 - value) <= 0.000_005_1 }
    if let number = Double(text.replacing(/^(-?)\$/, with: { "\($0.output.1)" })) {
      return abs(number - value) <= (abs(value) < 0.1 ? 0.000_051 : 0.0051)
    }
    let sizes = ["B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15]
    let words = text.split(separator: " ")
    if words.count == 2, let size = sizes[String(words[1])], let number = Double(words[0]) {
      return abs(number * size - value) <= size * 0.0051
    }
    if let match = text.wholeMatch(of: /(\d+)d (\d\d):(\d\d):(\d\d\.\d)/) {
      let (days, hours, minutes, seconds) = (match.1, match.2, match.3, match.4)
      let sum = (Double(days) ?? 0) * 86_400 + (Double(hours) ?? 0) * 3600 + (Double(minutes) ?? 0) * 60 + (Double(seconds) ?? 0)
      return abs(sum - value) <= 0.0501
    }
    let units = ["s": 1.0, "min": 60, "h": 3600, "d": 86_400]
    var (sum, finest, sign) = (0.0, 1.0, 1.0)
    var parts = words[...]
    if let first = parts.first, first.hasPrefix("-") { (sign, parts[parts.startIndex]) = (-1, first.dropFirst()) }
    while parts.count >= 2 {
      guard let number = Double(parts.removeFirst()), let unit = units[String(parts.removeFirst())] else { return false }
      sum += number * unit
      finest = unit
    }
    // Seconds are rounded; minutes and hours beside hours and days are cut.
    return parts.isEmpty && !words.isEmpty && abs(sign * sum - value) <= (finest > 1 ? finest : sum < 9.995 ? 0.0051 : sum < 99.95 ? 0.051 : 0.51)
  }

  @Test func `the headline figures are those of the run, reckoned a second time`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let page = ParsedPage(try SamplePages.page(JSONReport.render(run)))
    let tiles = page.elements.filter { $0.name == "span" && $0.attributes["class"] == "value" }.map(\.text)
    let metrics = Metrics(run)
    let mean = try #require(metrics.timeToFullService.mean)
    let detection = try #require(metrics.timeToDetect.mean)
    #expect(tiles.contains(Figures.human(mean)) && tiles.contains(Figures.human(detection)))
    #expect(tiles.contains(MetricValue.money(metrics.bill.month.total).description))
  }

  @Test func `the shares of a phase bar are the phases' parts of their sum`() throws {
    let run = try Run(Fixture.drill, seed: 1)
    let page = ParsedPage(try SamplePages.page(JSONReport.render(run)))
    let whole = run.phaseTimes.reduce(0.0) { $0 + $1.duration.inSeconds }
    for phase in run.phaseTimes {
      let share = (phase.duration.inSeconds / whole * 1000).rounded() / 10
      #expect(page.text.contains("\(phase.name) \(share) %"), "\(phase.name) \(share)")
    }
  }

  @Test func `bars of the timeline lie where their times say`() throws {
    let run = try Run(Fixture.drill, seed: 1)
    let page = ParsedPage(try SamplePages.page(JSONReport.render(run)))
    // Of service, the bars have the levels' styles; 578 units are the whole length.
    let bars = page.elements.filter { $0.name == "rect" && ["full edge", "degraded edge", "down edge"].contains($0.attributes["class"]) }
    let spans = ServiceSpan.all(in: run.events, until: run.length).filter { $0.duration > .zero }
    #expect(bars.count == spans.count && spans.count > 2)
    for (bar, span) in zip(bars, spans) {
      let x = try #require(Double(bar.attributes["x"] ?? ""))
      let width = try #require(Double(bar.attributes["width"] ?? ""))
      #expect(abs(x - (170 + 578 * span.start.inSeconds / run.length.inSeconds)) <= 0.06)
      #expect(abs(width - max(1.5, 578 * span.duration.inSeconds / run.length.inSeconds)) <= 0.06)
    }
  }

  @Test func `the run's own page and that of its document are the same to the byte, every time`() throws {
    let run = try Run(Fixture.operation, seed: 1)
    let own = try RunReport(run, production: nil, traceSource: nil, style: .plain, details: 0).render(.html)
    #expect(try own == SamplePages.page(JSONReport.render(run)))
    let entries = try [Fixture.operation, Fixture.drill].map { try Replications($0, seeds: 1, until: nil, workers: Workers(1)) }
    let report = ComparisonReport(Comparison(entries))
    #expect(try report.render(.html) == SamplePages.page(report.render(.json)))
  }

  @Test func `a check's page begins with the verdict and names the figure, the phase and the setting`() throws {
    let page = ParsedPage(try SamplePages.page(SamplePages.check))
    let tiles = page.elements.filter { $0.name == "span" && $0.attributes["class"] == "value" }.map(\.text)
    #expect(tiles == ["regressed", "improved", "fine", "regressed", "not comparable"])
    let sections = page.named("section")
    #expect(sections.first?.text.contains("worse (worse.json): regressed; limit broken: mttd.mean < 2s") ?? false)
    #expect(sections.first?.text.contains("where: detection +4.14 s, everything else unchanged") ?? false)
    #expect(sections.first?.text.contains("x.json (x.json): not comparable; not there") ?? false)
    #expect(sections.first?.text.contains("MTTD gone") ?? false)
    // Of the one that got worse: curves of both, and the interval of what moved.
    #expect(sections.dropFirst().first?.text.contains("MTTD, now and in the baseline") ?? false)
    #expect(sections.dropFirst().first?.text.contains("What moved: times") ?? false)
    #expect(sections.dropFirst().first?.text.contains("Which phase it was") ?? false)
  }

  @Test func `a tuning's page marks the recommended setting in its table, on the front and on the map`() throws {
    let document = try SamplePages.tuning()
    let page = ParsedPage(try SamplePages.page(document))
    #expect(page.text.contains("--set endpoint.change=1s --set healthCheck.failureThreshold=1"))
    let labels = page.named("text").map(\.text)
    #expect(
      labels.contains("change 1s, failureThreshold 1 ★")
        && labels.contains { $0.contains("; ★ recommended, ✗ breaks a limit") })
    let none = ParsedPage(try SamplePages.page(SamplePages.tuning(["mttd<1ms"])))
    #expect(none.text.contains("No setting meets the limits") && none.text.contains("breaks mttd<1ms"))
    #expect(!none.text.contains("★"))
  }

  @Test func `every drawing of a page can be had as a picture of its own, which needs nothing else`() throws {
    for (name, document) in documents {
      let result = try SamplePages.result(document)
      let page = ParsedPage(try HTMLReport.render([result]))
      let titles = page.elements.filter { $0.name == "title" && $0.parents.last == "svg" }.map(\.text)
      for title in Set(titles) {
        let picture = try HTMLReport.picture(of: [result], named: title)
        let parsed = ParsedPage(picture)
        #expect(
          parsed.problem == nil && parsed.elements.first?.name == "svg", "\(name), \(title): \(parsed.problem ?? "")")
        #expect(parsed.named("style").count == 1 && parsed.named("rect").first?.attributes["class"] == "paper")
        #expect(
          !picture.contains("url(") && !picture.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
      }
      #expect(throws: InvalidFile.self) { try HTMLReport.picture(of: [result], named: "no such drawing") }
    }
  }

  @Test func `several runs are laid over each other, the first as the baseline`() throws {
    let results = try ["operation", "rough"].map { name in
      try SamplePages.result(#require(documents.first { $0.name == name }).document)
    }
    let html = try HTMLReport.render(results)
    let page = ParsedPage(html)
    #expect(page.problem == nil)
    #expect(html.contains("operation fixture (baseline)") && html.contains("rough fixture, &quot;quoted&quot;"))
    #expect(page.named("polyline").count >= 4)
    #expect(throws: InvalidFile.self) {
      try HTMLReport.render([results[0], SamplePages.result(SamplePages.comparison)])
    }
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "\"\u{301} onload=\"x",
    "<\u{301}b>", "]]>&lt;--><!--", "{{title}}{{{style}}}", String(repeating: "long name ", count: 1000), "a\u{1}b\u{202E}c",
    String(repeating: "\u{4E00}\u{1F469}\u{200D}\u{1F680}", count: 500),
  ]) func `whatever stands in a document stands on the page as text`(hostile: String) throws {
    for (name, document) in documents
    where ["drill", "comparison", "sweep", "tuning", "no tuning", "check"].contains(name) {
      let file = try FileText(bytes: Array(document.utf8), name: "x.json")
      let changed = Self.replacingTexts(of: try JSONReader.value(of: file), by: hostile)
      let page = ParsedPage(try HTMLReport.render(changed))
      #expect(page.problem == nil, "\(name): \(page.problem ?? "")")
      #expect(page.named("script").isEmpty && page.named("img").isEmpty && page.named("b").isEmpty)
      #expect(page.elements.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
      // Layout is the same as without: nothing was taken for markup.
      #expect(page.named("style").count == 1 && page.named("section").count == page.named("h2").count)
    }
  }

  /// Every text of a document but the few that say what kind of thing something is; of a long one, names only, as a
  /// log of novels takes its time.
  private static func replacingTexts(of value: JSONValue, under key: String = "", by text: String) -> JSONValue {
    switch value {
    case .text:
      key == "kind" || key == "life" || (text.utf8.count > 1000 && !["scenario", "track", "name"].contains(key))
        ? value : .text(text)
    case .array(let elements): .array(elements.map { replacingTexts(of: $0, under: key, by: text) })
    case .object(let members): .object(members.map { ($0.key, replacingTexts(of: $0.value, under: $0.key, by: text)) })
    default: value
    }
  }
}
