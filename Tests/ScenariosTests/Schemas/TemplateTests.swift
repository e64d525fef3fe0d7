import Failover
import FailoverSim
import Foundation
import Testing

@testable import Scenarios

@Suite struct TemplateTests {
  private let text = ScenarioTemplate.text(schema: "scenario.schema.json")

  private func read(_ text: String) throws -> (scenario: Scenario, warnings: [Problem]) {
    let (file, warnings) = try Document(bytes: Array(text.utf8), name: "template").read(ScenarioFile.init)
    return (file.scenario, warnings)
  }

  @Test func `the first line is the editor's`() {
    #expect(text.hasPrefix("# yaml-language-server: $schema=scenario.schema.json\n"))
    #expect(!ScenarioTemplate.text(schema: nil).contains("yaml-language-server"))
  }

  @Test func `the written file is valid without a warning and plays like one that says nothing`() throws {
    let (scenario, warnings) = try read(text)
    #expect(warnings.isEmpty, "\(warnings)")
    let short = try read(
      "{name: a, summary: b, duration: 30d, interruptions: {lifetimes: {exponential: {mean: 1d}}}}").scenario
    let week = Duration.seconds(7 * 86_400)
    var incidents = 0
    for seed in [UInt64(1), 2] {
      let (long, brief) = try (Run(scenario, seed: seed, until: week), Run(short, seed: seed, until: week))
      #expect(long.fingerprint == brief.fingerprint)
      #expect(long.violations.isEmpty)
      incidents += Incident.all(in: long.events).count
      #expect(Metrics(long).bill.whole == Metrics(brief).bill.whole)
    }
    #expect(incidents > 5)
  }

  @Test func `the file with every line in use is valid, too`() throws {
    let whole = ScenarioTemplate.uncommented(text)
    #expect(whole.count < text.count)
    _ = try read(whole)
    guard Validator.isThere else { return }
    let problems = try Validator.problems(of: [text, whole], suffix: "yaml", by: FileKind.scenario.schema())
    #expect(problems == ["", ""])
  }

  @Test func `each line alone can be used`() throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var tried = 0
    for index in lines.indices {
      let changed = ScenarioTemplate.uncommented(lines[index])
      guard changed != lines[index] else { continue }
      var copy = lines
      copy[index] = changed
      // A field of a section that is commented out needs its section.
      if changed.hasPrefix(" ") {
        let head = try #require(lines[..<index].lastIndex { !$0.hasPrefix(" ") })
        // What a section cannot do without comes first in it.
        for index in [head, head + 1] { copy[index] = ScenarioTemplate.uncommented(lines[index]) }
      } else if lines[index + 1].hasPrefix(" ") {
        copy[index + 1] = ScenarioTemplate.uncommented(lines[index + 1])
      }
      do { _ = try read(copy.joined(separator: "\n")) } catch { Issue.record("\(changed): \(error)") }
      tried += 1
    }
    #expect(tried > 40)
  }

  @Test func `everything that is to be in it is`() { #expect(ScenarioTemplate.unwritten == []) }

  @Test func `every section of a scenario is there`() {
    let outline = FileOutline(of: ScenarioFile.init)
    let keys = outline.fields[".", default: []].map(\.key)
    // What a drill, a fleet of people or a catalogue needs; and a line that only belongs to manual recovery.
    let others = ["script", "approval", "reference", "monitoring", "ledger", "production"]
    for key in keys where !others.contains(key) {
      #expect(text.contains("\n\(key):") || text.contains("\n#\(key):"), "\(key)")
    }
  }

  @Test func `a copied scenario keeps its text behind one editor's line`() throws {
    let path = Catalogue.folder.appendingPathComponent("cpu-standby.yaml").path
    let file = try FileText(contentsOf: path)
    let copy = ScenarioTemplate.text(of: file, schema: "s.json")
    #expect(copy == "# yaml-language-server: $schema=s.json\n" + file.text)
    let again = try FileText(bytes: Array(copy.utf8), name: "copy")
    #expect(ScenarioTemplate.text(of: again, schema: "s.json") == copy)
    #expect(ScenarioTemplate.text(of: again, schema: nil) == file.text)
  }
}
