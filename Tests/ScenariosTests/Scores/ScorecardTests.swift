import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct ScorecardTests {
  private let incident = MetricTable(events: Written.incident, counts: RoutineCounts(), length: .seconds(2000))

  private let rubric = """
    name: small
    summary: two categories
    categories:
    - name: speed
      weight: 75%
      components:
      - {metric: mttrFull.mean, weight: 40%, points: [[0s, 10], [200s, 0]]}
      - {metric: mttd.mean, weight: 60%, points: [[0s, 10], [20s, 0]]}
    - name: tidiness
      weight: 25%
      components:
      - {metric: recovery.successRate, weight: 50%, points: [[0%, 0], [100%, 10]]}
      - {metric: invariants.violated, weight: 50%, points: [[0, 10], [1, 0]]}
    - {name: beauty, notMeasurable: no event shows it}
    """

  private func card(_ metrics: MetricTable) throws -> Scorecard {
    Scorecard(try Written.rubric(rubric).get().rubric, metrics)
  }

  /// 100 s of 200 and 10 s of 20 are 5 each; half the attempts succeeded, which is another 5.
  @Test func `every mark is the weighted mean of its parts, with the figure behind each`() throws {
    let rows = incident.rows + [MetricTable.Row(name: "invariants.violated", value: .count(0))]
    let card = try card(MetricTable(rows))
    #expect(card.categories.map(\.score) == [.tenths(50), .tenths(75), nil])
    // 5 · 75 % + 7.5 · 25 %
    #expect(card.score?.billionths == 5_625_000_000)
    #expect(card.coverage == .one)
    #expect(card.categories[0].components.map(\.value) == [.duration(.seconds(100)), .duration(.seconds(10))])
    #expect(card.categories[2].notMeasurable == "no event shows it" && card.categories[2].weight == .zero)
  }

  @Test func `what has no figure is left out, and the card says how much it stands on`() throws {
    let card = try card(incident)
    #expect(card.categories[1].components.map(\.score) == [.tenths(50), nil])
    #expect(card.categories[1].score == .tenths(50))
    #expect(card.score == .tenths(50))
    #expect(card.coverage == ratio(875, 1000))
  }

  @Test func `a category without any figure leaves its weight to the others`() throws {
    let card = try card(MetricTable([.init(name: "recovery.successRate", value: .share(.percent(90)))]))
    #expect(card.categories.map(\.score) == [nil, .tenths(90), nil])
    #expect(card.score == .tenths(90))
    #expect(card.coverage == ratio(125, 1000))
    let nothing = try self.card(MetricTable([]))
    #expect(nothing.score == nil && nothing.coverage == .zero)
  }

  @Test func `the drill and the month get the marks that their figures say`() throws {
    let path = Written.rubrics.appendingPathComponent("failover.yaml").path
    let rubric = try Rubric.read(path: path).rubric
    for run in [try Catalogue.run("report-18.63"), try Catalogue.run("cpu-standby", seed: 2)] {
      let metrics = MetricTable(run)
      let card = Scorecard(rubric, metrics)
      for part in card.categories.flatMap(\.components) { #expect(part.value == metrics[part.metric]) }
      // A second road to the whole: the plain mean of the categories, all of which weigh the same.
      let marks = card.categories.compactMap(\.score).map { Double($0.billionths) / 1e9 }
      let mean = marks.reduce(0, +) / Double(marks.count)
      #expect(abs(Double(try #require(card.score).billionths) / 1e9 - mean) < 1e-8)
      #expect(card.coverage == (run.isDrill ? ratio(875, 1000) : .one))
      let text = ScorecardSection(card: card, style: .plain).lines.joined(separator: "\n")
      #expect(text.contains("a drill are its script's") == run.isDrill)
    }
  }

  @Test func `the text shows every part and never a composite alone`() throws {
    let text = ScorecardSection(card: try card(incident), style: .plain).lines.joined(separator: "\n")
    for part in [
      "Scorecard (rubric 'small')", "mttrFull.mean", "1 min 40 s", "no figure in this run",
      "not measurable from a run: no event shows it", "of what this run has figures for", "87.5 %",
    ] { #expect(text.contains(part), "\(part)\n\(text)") }
    #expect(text.contains("report of 2025-12-19: 8.5 is published, but its categories (9, 8, 7, 6, 9, 9) average 8.0"))
    #expect(text.components(separatedBy: "is published, but").count == 2)
    #expect(text.contains("8.83"))
  }

  @Test func `the card as JSON holds what the card holds`() throws {
    let card = try card(incident)
    let data = Data(try card.json.document().utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["rubric"] as? String == "small")
    #expect(object["score"] as? Double == 5 && object["coverage"] as? Double == 0.875)
    let categories = try #require(object["categories"] as? [[String: Any]])
    #expect(categories.map { $0["name"] as? String } == ["speed", "tidiness", "beauty"])
    #expect(categories[2]["score"] is NSNull && categories[2]["notMeasurable"] as? String == "no event shows it")
    let components = try #require(categories[0]["components"] as? [[String: Any]])
    #expect(components[0]["value"] as? Double == 100 && components[0]["unit"] as? String == "duration")
    #expect(components[1]["weight"] as? Double == 0.6 && components[1]["score"] as? Double == 5)
  }
}

@Suite struct PublishedCardTests {
  /// The documents' figures, written down a second time.
  @Test(
    arguments: zip(
      PublishedCard.all,
      [
        ([9, 8, 7, 6, 9, 9], "8.5", "8.00", PublishedCard.Verdict.wrong), ([10, 10, 10, 9, 7], "9.2", "9.20", .equal),
        ([7, 8, 6, 7, 9], "7.4", "7.40", .equal), ([10, 9, 9, 9, 10, 6], "8.8", "8.83", .rounded),
      ])) func `the published mark is laid beside the mean of its categories`(
      card: PublishedCard, expected: (marks: [Int], stated: String, mean: String, verdict: PublishedCard.Verdict)
    )
  {
    #expect(card.marks.map { Int($0.score.text(decimals: 0)) } == expected.marks)
    #expect(card.stated.text(decimals: 1) == expected.stated)
    #expect(card.mean.text(decimals: 2) == expected.mean)
    #expect(card.verdict == expected.verdict)
  }

  @Test func `only the report's card is wrong`() {
    #expect(PublishedCard.all.filter { $0.verdict == .wrong } == [.standbyReport])
  }

  @Test func `a card as JSON names its verdict`() throws {
    let text = try PublishedCard.standbyReport.json.document()
    #expect(text.contains("\"published\": 8.5") && text.contains("\"mean\": 8,"))
    #expect(text.contains("\"verdict\": \"not the mean\""))
  }
}
