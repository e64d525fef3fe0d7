import Foundation
import Testing

@testable import Scenarios

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page taken apart again by an XML parser, which accepts nothing but well-formed markup.
final class ParsedPage: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    /// All text in it, also that of elements in it.
    var text = ""
    /// The names of the elements it is in, the outermost first.
    var parents: [String]
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""
  private(set) var problem: String?
  private var open: [Int] = []

  init(_ html: String) {
    super.init()
    // What is HTML's own; the rest is XML.
    let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>", with: "").utf8))
    parser.delegate = self
    if !parser.parse() {
      problem = "line \(parser.lineNumber), column \(parser.columnNumber): \(parser.parserError.map { "\($0)" } ?? "")"
    }
  }

  func named(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes, parents: open.map { elements[$0].name }))
    open.append(elements.count - 1)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    for index in open { elements[index].text += string }
  }
}

/// Results of every kind, small ones.
enum SamplePages {
  private static let rubric = Result {
    try Rubric.read(path: Written.rubrics.appendingPathComponent("failover.yaml").path)
  }

  /// The documents of the fixtures by name.
  static let documents: Result<[(name: String, document: String)], any Error> = Result {
    let runs = try [
      ("drill", JSONReport.render(Run(Fixture.drill, seed: 1), rubric: rubric.get().rubric)),
      ("operation", JSONReport.render(Run(Fixture.operation, seed: 1))),
      ("rough", JSONReport.render(Run(Fixture.rough, seed: 3, until: .seconds(3600)))),
      ("quiet", JSONReport.render(Run(Fixture.quiet, seed: 1))),
    ]
    return try runs + [
      ("comparison", comparison), ("sweep", sweep), ("tuning", tuning()), ("no tuning", tuning(["mttd<1ms"])),
      ("check", check),
    ]
  }

  /// Two quantities over a grid; with a limit that none meets, nothing is recommended.
  static func tuning(_ limits: [String] = ["cost<$5000", "mttd<30s"]) throws -> String {
    let folder = try SweepFolder()
    let sweep = try folder.sweep(["endpoint.change=1s,2s,4s", "healthCheck.failureThreshold=1,2"], replications: 6)
    let tuning = try Tuning(
      sweep, objective: Objective("mttrDegraded.p95"), limits: limits.map { try FigureLimit($0) })
    return try TuningReport(tuning.run(workers: Workers(1))).render(.json)
  }

  /// Of one scenario something got worse, of one better, one stayed, one has lost a figure, and one cannot be compared.
  static var check: String {
    get throws {
      let scenario = try KnownScenario.load()
      let samples = try SeedSamples(playing: scenario, firstSeed: 1, count: 12, until: nil, workers: Workers(1))
      let baseline = try Baseline(testing: samples)
      func check(_ name: String, _ change: (inout SeedSamples) -> Void) throws -> Check {
        var changed = samples
        change(&changed)
        return Check(
          path: "\(name).json", cell: name, seeds: baseline.seedsText,
          result: .success(
            try Check.Findings(
              baseline, ScenarioIdentity(scenario), changed, limits: [Limit("mttd<2s"), Limit("availability>=1%")])))
      }
      func shift(_ samples: inout SeedSamples, by steps: (Int) -> Int64) {
        for name in ["mttd", "mttrDegraded"] {
          samples.figures[name] = samples.figures[name]?.enumerated().map { seed, values in
            values.map { $0 + steps(seed) }
          }
        }
        samples.phases["detection"] = samples.phases["detection"]?.enumerated().map { $1 + steps($0) }
      }
      let checks = try [
        check("worse") { shift(&$0) { 4_100 + Int64($0) * 7 } }, check("better") { shift(&$0) { -100 - Int64($0) } },
        check("same") { _ in }, check("gone") { $0.figures["mttd"] = nil },
        Check(
          path: "x.json", cell: "x.json", seeds: "",
          result: .failure(NotComparable(path: "x.json", reason: "not there"))),
      ]
      return try CheckReport(checks).render(.json)
    }
  }

  static var comparison: String {
    get throws {
      let entries = try [Fixture.operation, Fixture.rough].map {
        try Replications($0, seeds: 2, until: .seconds(2 * 3600), workers: Workers(1))
      }
      return try ComparisonReport(Comparison(entries, rubric: rubric.get().rubric)).render(.json)
    }
  }

  static var sweep: String {
    get throws {
      let folder = try SweepFolder()
      let sweep = try folder.sweep(
        ["endpoint.change=1s,2s,4s", "endpoint.verify=0s,1s"], replications: 3)
      return try SweepReport(sweep.run(workers: Workers(1)), focus: .all).render(.json)
    }
  }

  static func result(_ document: String, name: String = "x.json") throws -> ResultFile {
    try ResultFile(FileText(bytes: Array(document.utf8), name: name))
  }

  static func page(_ document: String) throws -> String { try HTMLReport.render([result(document)]) }
}
