import Failover
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import Scenarios

@Suite struct CheckReportTests {
  /// The known scenario, laid beside itself with later checks.
  private static func findings(
    _ change: (inout SeedSamples) -> Void, limits: [String] = [], tolerances: [String] = []
  ) throws -> Check.Findings {
    let scenario = try KnownScenario.load()
    let samples = try SeedSamples(playing: scenario, firstSeed: 1, count: 10, until: nil, workers: Workers())
    var changed = samples
    change(&changed)
    return Check.Findings(
      try Baseline(testing: samples), ScenarioIdentity(scenario), changed, tolerances: try tolerances.map { try Tolerance($0) },
      limits: try limits.map { try Limit($0) })
  }

  private static func slower(_ samples: inout SeedSamples) {
    samples.figures["mttd"] = samples.figures["mttd"]?.map { $0.map { $0 + 4_100 } }
    samples.figures["mttrDegraded"] = samples.figures["mttrDegraded"]?.map { $0.map { $0 + 4_100 } }
    samples.phases["detection"] = samples.phases["detection"]?.map { $0 + 4_100 }
  }

  private func report(_ findings: Check.Findings, cell: String = "known") -> CheckReport {
    CheckReport([Check(path: "b/known.json", cell: cell, seeds: "10 seeds from 1", result: .success(findings))])
  }

  @Test func `the figure and the phase that did it are named, and that nothing else did`() throws {
    let findings = try Self.findings(Self.slower)
    #expect(findings.whereItChanged == "detection +4.10 s, everything else unchanged")
    #expect(findings.regressions.map(\.name).contains("mttd.mean"))
    let report = report(findings)
    #expect(report.status == .regressed)
    for format in CheckFormat.allCases {
      let text = try report.render(format)
      // A page calls figures by their headings.
      #expect(text.contains(format == .html ? "MTTD" : "mttd.mean") && text.contains("known"), "\(format)")
      #expect(text.contains("detection +4.10 s, everything else unchanged"), "\(format)")
    }
  }

  @Test func `what did not change is fine, and another fingerprint alone is a note`() throws {
    let same = report(try Self.findings { _ in })
    #expect(same.status == .fine)
    #expect(try same.render(.text).contains("no change"))
    #expect(try !same.render(.text).contains("note"))
    let other = report(try Self.findings { $0.fingerprint = "0123456789abcdef" })
    #expect(other.status == .fine)
    #expect(try other.render(.text).contains("note: the fingerprint changed"))
  }

  @Test func `what got better comes with the command that keeps it`() throws {
    let findings = try Self.findings { samples in
      samples.figures["mttd"] = samples.figures["mttd"]?.map { $0.map { $0 - 100 } }
    }
    let report = report(findings)
    #expect(report.status == .improved)
    #expect(try report.render(.text).contains("simulate-failover baseline update b/known.json"))
    #expect(try report.render(.markdown).contains("`simulate-failover baseline update b/known.json`"))
  }

  @Test func `a limit that does not hold is a regression, named with what is there`() throws {
    let findings = try Self.findings({ _ in }, limits: ["mttd<400ms", "mttd<1s", "mttrFull.p95<15min"])
    #expect(findings.limits.map(\.holds) == [false, true, false])
    let report = report(findings)
    #expect(report.status == .regressed)
    let text = try report.render(.text)
    #expect(text.contains("limit broken: mttd.mean < 400ms, and it is 0.50 s"))
    #expect(text.contains("limit broken: mttrFull.p95 < 15min, and it is missing"))
  }

  @Test func `a tolerance allows a regression, and may ask for a figure the baseline does not judge`() throws {
    let tolerances = Measure.judged.filter { $0.figure.unit == .duration }.map { "\($0.name)=5s" } + ["mttd.p99=5s"]
    let findings = try Self.findings(Self.slower, tolerances: tolerances)
    #expect(findings.regressions.isEmpty)
    #expect(findings.judgements.contains { $0.name == "mttd.p99" && $0.verdict == .noChange })
  }

  @Test func `the worst of several decides`() throws {
    let fine = try report(Self.findings { _ in }).checks
    let worse = try report(Self.findings(Self.slower)).checks
    let missing = [Check(path: "x", cell: "x", seeds: "", result: .failure(NotComparable(path: "x", reason: "gone")))]
    #expect(CheckReport(fine + missing).status == .notComparable)
    #expect(CheckReport(missing + worse + fine).status == .regressed)
    #expect(CheckReport(fine).status == .fine)
    #expect(CheckReport(missing + worse + fine).verdict == "1 regressed, 1 not comparable, 1 fine")
  }

  @Test func `the page of a build begins with the verdict, folds the rest and stays below 1 MB`() throws {
    let one = try report(Self.findings(Self.slower)).checks
    let text = try CheckReport(one).render(.markdown)
    #expect(text.hasPrefix("## Failover check: 1 regressed\n\n- **known**: regressed · mttd.mean +4.10 s"))
    #expect(text.contains("<details>") && text.hasSuffix("</details>\n\n"))
    let many = try CheckReport(Array(repeating: one, count: 3_000).flatMap { $0 }).render(.markdown)
    #expect((500_000...1_000_000).contains(many.utf8.count), "\(many.utf8.count)")
    #expect(many.contains("more checks are left out"))
  }

  @Test(arguments: ["<b>&\"'", "a|b", "]]>", "new\nline", "é\u{1}\u{FFFE}"])
  func `hostile names break no format`(name: String) throws {
    let report = report(try Self.findings(Self.slower), cell: name)
    let xml = XMLParser(data: Data(try report.render(.junit).utf8))
    #expect(xml.parse(), "\(String(describing: xml.parserError))")
    _ = try JSONSerialization.jsonObject(with: Data(try report.render(.json).utf8))
    let rows = try report.render(.markdown).split(separator: "\n")
    #expect(!rows.contains { $0.contains("<b>") })
    #expect(rows[1].hasPrefix("- **"))
  }

  @Test func `every figure is a case of its suite, and the failed ones are counted`() throws {
    let findings = try Self.findings(Self.slower, limits: ["mttd<1s"])
    let counter = CaseCounter()
    let parser = XMLParser(data: Data(try report(findings).render(.junit).utf8))
    parser.delegate = counter
    #expect(parser.parse())
    #expect(counter.cases == findings.judgements.count + 1)
    #expect(counter.failures == findings.regressions.count + 1)
    #expect(counter.suite?["failures"] == "\(counter.failures)")
    #expect(counter.suite?["tests"] == "\(counter.cases)")
  }
}

@Suite struct WorkflowFileTests {
  @Test(arguments: [".github/workflows/check.yml", ".github/actions/check/action.yml"])
  func `the files for GitHub are valid YAML without repeated keys`(path: String) throws {
    _ = try Document(contentsOf: StoredReplications.root + "/" + path)
  }

  @Test func `every input of the action reaches its script by the environment`() throws {
    let folder = StoredReplications.root + "/.github/actions/check/"
    let action = try String(contentsOfFile: folder + "action.yml", encoding: .utf8)
    let script = try String(contentsOfFile: folder + "check.sh", encoding: .utf8)
    for name in ["program", "baselines", "tolerances", "limits", "strict"] {
      #expect(action.contains("\(name.uppercased()): ${{ inputs.\(name) }}"))
      #expect(script.contains("${\(name.uppercased())"))
    }
    #expect(!script.contains("${{"))
  }
}

private final class CaseCounter: NSObject, XMLParserDelegate {
  var cases = 0
  var failures = 0
  var suite: [String: String]?

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    switch name {
    case "testsuite": suite = attributes
    case "testcase": cases += 1
    case "failure": failures += 1
    default: break
    }
  }
}
