import Failover
import Foundation
import Testing

@testable import Scenarios

@Suite struct RubricTests {
  private let path = Written.rubrics.appendingPathComponent("failover.yaml").path

  @Test func `the repository's rubric is read without a doubt`() throws {
    let (rubric, warnings) = try Rubric.read(path: path)
    #expect(warnings.isEmpty)
    #expect(
      rubric.categories.map(\.name) == [
        "functionality", "reliability", "performance", "data safety", "recovery time", "cost", "observability",
        "resilience", "ease of use", "simplicity",
      ])
    let unmeasured = rubric.categories.filter { if case .notMeasurable = $0.scoring { true } else { false } }
    #expect(unmeasured.map(\.name) == ["ease of use", "simplicity"])
    #expect(unmeasured.allSatisfy { $0.weight == .zero })
  }

  @Test func `its categories are those of the documents' cards`() throws {
    let (rubric, _) = try Rubric.read(path: path)
    let published = Set(PublishedCard.all.flatMap(\.marks).map(\.category))
    #expect(published == Set(rubric.categories.map(\.name)))
  }

  @Test func `the documents' own figures get the documents' own marks`() throws {
    let (rubric, _) = try Rubric.read(path: path)
    let curves = rubric.categories.flatMap { category in
      if case .components(let parts) = category.scoring { parts } else { [Rubric.Component]() }
    }
    func mark(_ metric: String, _ value: MetricValue) -> Score? {
      curves.first { $0.metric == metric }?.curve.score(of: value)
    }
    #expect(mark("mttrFull.mean", .duration(.seconds(60))) == .tenths(100))
    #expect(mark("mttrFull.mean", .duration(.seconds(1200))) == .tenths(70))
    #expect(mark("cost.overhead.month", .money(.cents(1000))) == .tenths(100))
    #expect(mark("cost.overhead.month", .money(.cents(2850))) == .tenths(80))
    #expect(mark("rpo.p95", .duration(.seconds(30))) == .tenths(90))
    #expect(mark("availability.serving", .share(.percent(99))) == .tenths(80))
  }

  @Test func `options are laid over a rubric as over any file`() throws {
    let (rubric, _) = try Rubric.read(path: path, overrides: ["name=mine"])
    #expect(rubric.name == "mine")
    #expect(throws: InvalidFile.self) { try Rubric.read(path: path, overrides: ["nam=mine"]) }
  }

  @Test func `values of every unit are read in their own writing`() throws {
    let text = Written.oneCategory(
      """
      {metric: mttd.mean, weight: 20%, points: [[30s, 10], [1min30s, 7.5]]}, \
      {metric: cost.month, weight: 20%, points: [[$1, 10], [$2.50, 0]]}, \
      {metric: sync.successRate, weight: 20%, points: [[95%, 0], [0.999, 10]]}, \
      {metric: failovers.month, weight: 20%, points: [[0.5, 10], [2, 0]]}, \
      {metric: unsynced.max, weight: 20%, points: [[0, 10], [1.2GB, 0]]}
      """)
    let rubric = try Written.rubric(text).get().rubric
    guard case .components(let parts) = rubric.categories.first?.scoring else {
      Issue.record("none")
      return
    }
    #expect(
      parts.map { $0.curve.others.first?.value } == [
        .duration(.seconds(90)), .money(.cents(250)), .share(ratio(999, 1000)), .count(2), .bytes(.megabytes(1200)),
      ])
    #expect(parts.map(\.curve.first.score) == [.best, .best, .zero, .best, .best])
    #expect(parts[0].curve.others[0].score == .tenths(75))
  }

  @Test(arguments: [
    (
      "metric: mttd.maen, points: [[1s, 10], [2s, 0]]", 49,
      "metric: unknown metric 'mttd.maen'; did you mean 'mttd.mean'?"
    ),
    ("metric: happiness, points: [[1s, 10], [2s, 0]]", 49, "metric: unknown metric 'happiness'. Known: mttd.mean, "),
    (
      "metric: mttd.mean, points: [[1s, 10], [1s, 0]]", 79,
      "points[1]: values must increase from point to point; 1s follows 1s"
    ),
    ("metric: mttd.mean, points: [[1s, 11], [2s, 0]]", 74, "points[0][1]: expected a mark from 0 to 10, found '11'"),
    ("metric: mttd.mean, points: [[1s, -1], [2s, 0]]", 74, "points[0][1]: expected a mark from 0 to 10, found '-1'"),
    ("metric: mttd.mean, points: [[1, 10], [2s, 0]]", 70, "points[0][0]: '1' has no unit; write 1s, 1ms or 1min"),
    (
      "metric: mttd.mean, points: [[$1, 10], [2s, 0]]", 70,
      "points[0][0]: expected a duration such as 30s or 5min, found '$1'"
    ),
    (
      "metric: mttd.mean, points: [[1s, 10, 3], [2s, 0]]", 69,
      "points[0]: expected a value and a mark in brackets; found a list of 3"
    ),
    (
      "metric: mttd.mean, points: [[1s, 10]]", 68,
      "points: expected two or more points, each a value and a mark in brackets: [[10min, 10], …]; found a list of 1"
    ),
    ("metric: mttd.mean, points: 3", 68, "points: expected two or more points"),
    ("metric: sync.successRate, points: [[1/3, 0], [1, 10]]", 77, "points[0]: must not be finer than a billionth"),
  ]) func `each mistake of a component has one message with its place`(component: String, column: Int, message: String)
  {
    let found = Written.problems(Written.oneCategory("{\(component)}"))
    let expected = "r.yaml:4:\(column): error: categories[0].components[0].\(message)"
    #expect(found.count == 1 && found.first?.hasPrefix(expected) == true, "\(found)")
  }

  @Test(arguments: [
    ("{metric: mttd.mean}", "40: error: categories[0].components[0]: 'points' is missing"),
    (
      "{metric: mttd.mean, weight: 60%, points: [[1s, 10], [2s, 0]]}",
      "39: error: categories[0].components: the weights add up to 60%, not 100%"
    ),
    (
      "{metric: mttd.mean, weight: 1/99991, points: [[1s, 10], [2s, 0]]}, "
        + "{metric: mttd.max, weight: 1/99989, points: [[1s, 10], [2s, 0]]}",
      "39: error: categories[0].components: the weights are too fine to be added up; write them in whole per cent"
    ),
    (
      "{metric: sync.successRate, points: [[90%, 10], [1, 0]]}",
      "75: warning: categories[0].components[0].points: sync.successRate is better when it is higher, "
        + "but its marks go the other way"
    ),
  ]) func `each mistake of several components has one message with its place`(components: String, message: String) {
    let found = Written.problems(Written.oneCategory(components))
    #expect(found.count == 1 && found.first?.hasPrefix("r.yaml:4:" + message) == true, "\(found)")
  }

  private static let good = "components: [{metric: mttd.mean, points: [[1s, 10], [2s, 0]]}]"

  @Test(arguments: [
    (
      ["{name: a, weight: 50%, \(good)}", "{name: b, weight: 45%, \(good)}"],
      "4:1: error: categories: the weights add up to 95%, not 100%"
    ),
    (
      ["{name: a, weight: 1/3, \(good)}", "{name: b, weight: 1/3, \(good)}"],
      "4:1: error: categories: the weights add up to 2/3, not 100%"
    ),
    (
      ["{name: a, weight: 50%, \(good)}", "{name: a, weight: 50%, \(good)}"],
      "4:1: error: categories: 'a' is there twice"
    ),
    (
      ["{name: a, \(good)}"],
      "4:3: error: categories[0].weight: is missing; what is measured carries weight, such as 20%"
    ),
    (["{name: a, weight: 0%, \(good)}"], "4:21: error: categories[0].weight: must be greater than 0, found 0"),
    (
      ["{name: a, weight: 100%, notMeasurable: why}"],
      "4:21: error: categories[0].weight: what is not measurable carries no weight"
    ),
    (["{name: a, notMeasurable: why}"], "4:1: error: categories: the weights add up to 0%, not 100%"),
    (
      ["{name: a, weight: 100%}"],
      "4:3: error: categories[0]: expected how it is marked by one of the keys components, notMeasurable"
    ),
    (
      ["{name: a, notMeasurable: why, \(good)}"],
      "4:33: error: categories[0]: only one of 'notMeasurable' or 'components' may be given"
    ),
    (["{name: a, weight: 100%, components: []}"], "4:39: error: categories[0].components: must have at least 1 item"),
  ]) func `each mistake of the categories has one message with its place`(categories: [String], message: String) {
    let found = Written.problems("name: x\nsummary: y\ncategories:\n" + categories.map { "- \($0)\n" }.joined())
    #expect(found.count == 1 && found.first?.hasPrefix("r.yaml:" + message) == true, "\(found)")
  }

  @Test func `a rubric of another version is refused`() {
    let found = Written.problems(
      Written.oneCategory("{metric: mttd.mean, points: [[1s, 10], [2s, 0]]}") + "schemaVersion: 2\n")
    #expect(found == ["r.yaml:5:16: error: schemaVersion: this program reads version 1 of the format"])
  }

  @Test func `the fields of a rubric are listed for help and schema`() {
    let fields = KnownField.all(of: Rubric.init)
    #expect(
      fields.map(\.path) == [
        "schemaVersion", "name", "summary", "categories", "categories[].name", "categories[].weight",
        "categories[].components", "categories[].components[].metric", "categories[].components[].weight",
        "categories[].components[].points", "categories[].notMeasurable",
      ])
    #expect(fields.allSatisfy { !$0.help.isEmpty })
  }

  @Test func `whatever happens to a rubric, it is read or refused`() {
    // Part of each is words, in which a mutation does no harm: some of the files should still be read.
    let words = String(repeating: "# why these points and no others\n", count: 2)
    let seeds = [
      Written.oneCategory("{metric: mttd.mean, points: [[1s, 10], [2s, 0]]}") + words,
      Written.oneCategory(
        "{metric: cost.month, weight: 1/3, points: [[$1, 10], [$2.5, 5], [$9, 0]]}, "
          + "{metric: check.failed, weight: 2/3, points: [[0, 10], [1.5, 0]]}") + words,
      words + "name: x\nsummary: y\ncategories:\n- name: a\n  weight: 100%\n  components:\n  - metric: rpo.p95\n"
        + "    points:\n    - [0s, 10]\n    - [5min, 0]\n- {name: b, notMeasurable: z}\n",
    ].map { Array($0.utf8) }
    var random = TestRandom(state: 7)
    var counts = (read: 0, refused: 0)
    let metrics = MetricTable(events: Written.incident, counts: RoutineCounts(), length: .seconds(2000))
    for _ in 0..<10_000 {
      let text = mutated(seeds.randomElement(using: &random) ?? [], with: seeds, using: &random)
      do throws(InvalidFile) {
        let (rubric, _) = try Document(bytes: text, name: "r.yaml").read(Rubric.init)
        // Whatever is accepted can be used.
        let card = Scorecard(rubric, metrics)
        #expect(card.coverage >= .zero && card.coverage <= .one)
        counts.read += 1
      } catch {
        counts.refused += 1
      }
    }
    #expect(counts.read > 300 && counts.refused > 3_000, "\(counts)")
  }
}
