import Failover
import Foundation
import Testing

@testable import Scenarios

/// The scenario files of the project.
struct CatalogueTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../scenarios")
    .standardizedFileURL.path(percentEncoded: false)

  static let paths = (try? ScenarioCatalogue.paths([folder])) ?? []

  @Test func `there is a catalogue`() { #expect(Self.paths.count > 3) }

  @Test func `no file of the catalogue is invalid`() throws {
    let (entries, problems) = try ScenarioCatalogue.entries(of: Self.folder)
    #expect(problems.isEmpty)
    #expect(entries.map(\.path) == Self.paths)
  }

  @Test(arguments: paths) func `a scenario opens with what it shows and what to expect`(path: String) throws {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 2)
    #expect(lines.first?.hasPrefix("# ") == true)
    let comment = lines.prefix { $0.hasPrefix("#") }.joined()
    #expect(comment.contains("# Expect"), "\(path)")
  }

  @Test(arguments: paths) func `a scenario runs, and what it expects is what one sees`(path: String) throws {
    guard try !LoadedScenario.needsTrace(path: path) else { return }
    let loaded = try LoadedScenario(path: path)
    #expect(loaded.warnings.isEmpty)
    let run = try Run(loaded.scenario, seed: 1)
    #expect(run.violations.isEmpty)
    #expect(!loaded.scenario.expectations.isEmpty, "it expects nothing")
    for outcome in Expectation.outcomes(in: run) {
      #expect(
        outcome.holds, "\(path): \(outcome.expectation), but it is \(outcome.value?.description ?? "not there")")
    }
  }

  @Test func `every entry of the ledger has an id of its own`() {
    let ids = LedgerEntry.all.map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test func `an expectation that does not hold is told`() throws {
    let text = """
      schemaVersion: 1
      name: quiet
      summary: nothing happens
      duration: 1h
      expect:
        - {metric: check.passed, atLeast: 1000}
        - {metric: mttd.max, atMost: 1s}
        - {events: failoverStarted, equals: 0}
      """
    let file = try Document(bytes: Array(text.utf8), name: "test").read(ScenarioFile.init).value
    let outcomes = Expectation.outcomes(in: try Run(file.scenario, seed: 1))
    #expect(outcomes.map(\.holds) == [false, false, true])
    #expect(outcomes[1].value == nil)
  }

  @Test func `an unknown kind of event is refused where it stands, with the nearest one there is`() {
    func problems(_ line: String) -> [String] {
      let text = "schemaVersion: 1\nname: a\nsummary: b\nduration: 1h\nexpect:\n  - \(line)\n"
      do throws(InvalidFile) {
        _ = try Document(bytes: Array(text.utf8), name: "test").read(ScenarioFile.init)
        return []
      } catch {
        return error.problems.map(\.description)
      }
    }
    #expect(
      problems("{events: noOfer, atLeast: 1}")
        == ["test:6:14: error: expect[0].events: unknown kind of event 'noOfer'; did you mean 'noOffer'?"])
    let far = problems("{events: nothing like it, atLeast: 1}")
    #expect(far.count == 1 && far[0].contains("Known: faultBegan") && far[0].contains("snapshotSaved"))
    #expect(problems("{events: [noOffer], atLeast: 1}").first?.contains("expected the name of a kind of event") == true)
    for name in EventKind.names { #expect(problems("{events: \(name), atLeast: 1}").isEmpty, "\(name)") }
  }

  @Test func `an expectation without a bound, of an unknown metric or in another unit is refused`() {
    for line in ["{metric: mttd.max}", "{metric: mttd.maxx, atMost: 1s}", "{metric: mttd.max, atMost: $1}", "{atMost: 1s}", "{events: noOfer, atLeast: 1}"] {
      let text = "schemaVersion: 1\nname: a\nsummary: b\nduration: 1h\nexpect:\n  - \(line)\n"
      #expect(throws: InvalidFile.self) { try Document(bytes: Array(text.utf8), name: "test").read(ScenarioFile.init) }
    }
  }
}
