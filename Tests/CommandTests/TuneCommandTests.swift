import Foundation
import Testing

@Suite struct TuneCommandTests {
  private static let short = [
    "tune", "scenarios/cpu-standby.yaml", "--until", "1d", "--replications", "3", "--vary", "healthCheck.interval=5s,10s",
  ]

  @Test(arguments: [
    ([], 64),
    (["--minimize", "mttx"], 64),
    (["--minimize", "availability"], 64),
    (["--minimize", "mttd", "--maximize", "availability"], 64),
    (["--minimize", "cost"], 64),
    (["--minimize", "mttd", "--limit", "cost"], 64),
    (["--minimize", "mttd", "--limit", "mttd<1/month"], 64),
    (["--minimize", "mttd", "--budget", "0%"], 64),
    (["--minimize", "mttd", "--replications", "1"], 64),
    (["--minimize", "mttd", "--limit", "cost<1/month"], 2),
    (["--minimize", "mttd", "--vary", "healthCheck.failureThreshold=0,2"], 1),
    (["--maximize", "availability", "--limit", "cost<500/month"], 0),
    (["--minimize", "mttd", "--dry-run"], 0),
  ] as [([String], Int32)])
  func `every ending has its exit code`(arguments: [String], status: Int32) throws {
    let outcome = try Command.run(Self.short + ["--quiet"] + arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty == (status == 0 || status == 2))
    #expect(!outcome.errors.contains("Fatal error"))
  }

  @Test(arguments: ["json", "csv", "markdown", "text"])
  func `every format is the same for any number of jobs`(format: String) throws {
    let arguments = Self.short + ["--minimize", "mttd", "--limit", "cost<500", "--format", format, "--quiet"]
    let (first, second) = (try Command.run(arguments + ["--jobs", "1"]), try Command.run(arguments + ["--jobs", "3"]))
    #expect(first.status == 0)
    #expect(first.output == second.output)
    #expect(!first.output.isEmpty)
  }

  @Test func `a tuning that is killed and resumed gives the bytes of an undisturbed one`() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "tune", "scenarios/cpu-standby.yaml", "--until", "4h", "--replications", "40", "--vary",
      "healthCheck.interval=4s..24s:n11", "--minimize", "mttd", "--limit", "cost<500", "--format", "json", "--quiet",
      "--jobs", "2",
    ]
    let expected = try Command.run(arguments).output
    let record = folder.file("record")
    func lines() -> [Substring] {
      ((try? String(contentsOfFile: record, encoding: .utf8)) ?? "").split(separator: "\n")
    }
    for kills in 1...2 {
      let status = try Command.kill(arguments + ["--resume", record, "--output", folder.file("partial")]) {
        lines().count > kills * 3
      }
      #expect(status == -SIGKILL)
    }
    let before = lines().count
    let resumed = try Command.run(arguments + ["--resume", record])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.output == expected)
    #expect(before > 6 && lines().count > before)
    #expect(!FileManager.default.fileExists(atPath: folder.file("partial")))
    // Another objective takes the same replications; another sweep's record is refused.
    #expect(try Command.run(arguments + ["--resume", record, "--against", "rpo"]).status == 0)
    let sweep = ["sweep", "scenarios/cpu-standby.yaml", "--vary", "healthCheck.interval=5s", "--quiet"]
    let refused = try Command.run(sweep + ["--resume", record])
    #expect(refused.status == 64 && refused.errors.contains("the record of another tuning"))
  }
}
