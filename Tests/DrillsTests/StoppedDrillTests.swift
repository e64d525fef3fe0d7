import Foundation
import Lab
import Testing

/// Drills that are stopped or killed, and what is given back by whoever comes after.
@Suite struct StoppedDrillTests {
  private static let story = Story.cpuStandby

  @Test(.needsLab, arguments: [SIGINT, SIGTERM], ["instance runs at", "the workspace has been filled", "failover: "])
  func `a drill that is asked to stop gives everything back`(_ number: Int32, _ moment: String) async throws {
    try await Stage.with(Self.story.scenario, set: Self.story.changes) { stage in
      let program = try DrillProgram(stage.arguments, environment: stage.environment)
      #expect(try await program.waits(for: [moment]))
      program.signal(number)
      let outcome = try await program.outcome()
      #expect(outcome.status == 130, "\(outcome.errors)")
      #expect(outcome.told.last == "stopped; everything that was rented has been given back", "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(try await stage.leftovers() == [], "\(outcome.errors)")
      #expect(try await program.leftovers() == [])
    }
  }

  @Test(.needsLab) func `what a killed drill has left is listed, and given back by clean`() async throws {
    try await Stage.with(Self.story.scenario, set: Self.story.changes) { stage in
      let program = try DrillProgram(stage.arguments, environment: stage.environment)
      #expect(try await program.waits(for: ["the workspace has been filled", "snapshot failoversim-"]))
      program.signal(SIGKILL)
      _ = try await program.outcome()
      let left = try await stage.leftovers()
      #expect(left.contains { $0.hasPrefix("instance ") } && left.contains { $0.hasPrefix("machine ") }, "\(left)")
      func clean(_ options: String...) async throws -> DrillProgram.Outcome {
        try await DrillProgram.run(
          ["clean", "--config", stage.settingsFile] + options, environment: stage.environment).0
      }
      let listed = try await clean("--dry-run")
      #expect(listed.status == 0, "\(listed.errors)")
      for kind in ["instance", "machine", "snapshot"] {
        #expect(listed.output.contains("would give back \(kind) "), "\(listed.output)")
      }
      // What a sync or a snapshot of the killed process had begun may have come to its end; nothing goes away.
      let still = try await stage.leftovers().filter { !$0.hasPrefix("process") && !$0.hasPrefix("object") }
      #expect(still == left.filter { !$0.hasPrefix("process") && !$0.hasPrefix("object") })
      let cleaned = try await clean()
      #expect(cleaned.status == 0, "\(cleaned.errors)")
      func things(_ outcome: DrillProgram.Outcome, _ verb: String) -> [String] {
        outcome.output.split(separator: "\n").filter { $0.hasPrefix(verb) }.map { String($0.dropFirst(verb.count)) }.sorted()
      }
      #expect(things(cleaned, "gave back ") == things(listed, "would give back "), "\(cleaned.output)")
      #expect(try await stage.leftovers() == [])
      let again = try await clean()
      #expect(again.status == 0 && again.output.contains("nothing was left"), "\(again.output)")
      #expect(try await program.leftovers() == [])
    }
  }

  @Test(.needsLab) func `a lab drill that is killed leaves no process, link, mount or file`() async throws {
    let known = Set(Lab.directories)
    let program = try DrillProgram(
      [Self.story.scenario, "--lab", "--interrupt-after", "1s"] + Self.story.changes.flatMap { ["--set", $0] })
    #expect(try await program.waits(for: ["the workspace has been filled"]))
    // Other tests have labs, too: this one's says the program's number.
    let mine = Lab.directories.filter { directory in
      let owner = (try? String(contentsOfFile: directory + "/owner", encoding: .utf8)) ?? ""
      return owner.hasPrefix("\(program.identifier) ")
    }
    let directory = try #require(mine.first)
    #expect(!known.contains(directory) && mine.count == 1)
    program.signal(SIGKILL)
    _ = try await program.outcome()
    // A connection to a host whose link is gone ends when ssh has heard nothing for nine seconds.
    let running = try await program.leftovers(within: .seconds(25))
    #expect(running == [])
    for _ in 0..<500 where FileManager.default.fileExists(atPath: directory) {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(!FileManager.default.fileExists(atPath: directory))
    let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
    #expect(!mounts.contains(directory + "/"))
    let number = directory.split(separator: "/").last.map(String.init) ?? ""
    let links = try FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")
    #expect(!links.contains { $0 == "fl\(number)" || $0.hasPrefix("fl\(number)-") }, "\(links)")
    #expect(program.temporaryFiles == [])
    let (cleaned, _) = try await DrillProgram.run(["clean"])
    #expect(cleaned.status == 0)
    #expect(!cleaned.output.contains(directory), "\(cleaned.output)")
  }
}
