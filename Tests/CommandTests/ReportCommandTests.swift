import Foundation
import Testing

/// Pages as a user gets them.
@Suite struct ReportCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ["run", "scenarios/cpu-standby.yaml", "--until", "2d", "--seed", "2", "--score", "rubrics/failover.yaml"],
    ["run", "scenarios/warm-pool/incident.yaml"],
    ["compare", "scenarios/compare/snapshots.yaml", "scenarios/compare/none.yaml", "--seeds", "2", "--until", "1d", "--quiet"],
    ["sweep", "scenarios/report-18.63.yaml", "--vary", "network.rsync=5MB/s,10MB/s", "--replications", "2", "--quiet"],
    [
      "tune", "scenarios/report-18.63.yaml", "--vary", "network.rsync=5MB/s,10MB/s", "--minimize", "mttrFull",
      "--replications",
      "2", "--quiet"],
    ["check", "--baseline", "baselines/report-18.63.json", "--quiet"],
  ]) func `a page made from a result later is the one that its command makes`(arguments: [String]) throws {
    let document = try Command.run(arguments + ["--format", "json"])
    let page = try Command.run(arguments + ["--format", "html"])
    #expect(document.status == 0 && page.status == 0, "\(page.errors)")
    let later = try Command.run("report", try folder.write(document.output, to: "result.json"))
    #expect(later.status == 0 && later.errors.isEmpty, "\(later.errors)")
    #expect(later.output == page.output && page.output.hasSuffix("</html>\n"))
  }

  @Test func `the page of the drill in reports is the one that is made today`() throws {
    let kept = Command.root.appendingPathComponent("reports/drill-18.63.html")
    let made = try Command.run(
      "run", "scenarios/report-18.63.yaml", "--score", "rubrics/failover.yaml", "--format", "html", "--quiet")
    #expect(
      try made.output == String(contentsOf: kept, encoding: .utf8), "if the change is meant, `make reports` takes it over")
  }

  @Test func `one drawing of a page can be had as a picture`() throws {
    let sweep = try Command.run(
      "sweep", "scenarios/report-18.63.yaml", "--vary", "network.rsync=5MB/s,10MB/s", "--replications", "2", "--quiet",
      "--format", "json")
    let path = try folder.write(sweep.output, to: "sweep.json")
    let picture = try Command.run("report", path, "--format", "svg", "--drawing", "MTTR full, mean")
    #expect(picture.status == 0 && picture.output.hasPrefix("<svg xmlns="), "\(picture.errors)")
    let unknown = try Command.run("report", path, "--format", "svg", "--drawing", "x")
    #expect(unknown.status == 64 && unknown.errors.contains("it has: MTTR full, mean"), "\(unknown.errors)")
    #expect(try Command.run("report", path, "--drawing", "x").status == 64)
  }

  @Test func `what is no result is refused in one line, whatever it is`() throws {
    let run = try Command.run("run", "scenarios/report-18.63.yaml", "--format", "json").output
    let good = try folder.write(run, to: "good.json")
    let bad = [
      "README.md", "scenarios", "/dev/zero", "no-such-file.json", try folder.write("", to: "empty.json"),
      try folder.write(String(run.prefix(2000)), to: "cut.json"), try folder.write("{\"kind\": \"run\"}", to: "bare.json"),
    ]
    for path in bad {
      for arguments in [["report", path], ["report", good, path]] {
        let outcome = try Command.run(arguments)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(path)")
        #expect(outcome.errors.hasPrefix(path) && outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
      }
    }
    #expect(try Command.run("report").status == 64)
  }
}
